import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { RecordingPreview } from '../../../src/setup/previewRecording.ts';
import { isFailure } from '../../../src/base/failure.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

describe('previewRecording', () => {
  const folders = freshFolders();
  const preview = (recording: Readonly<Record<string, unknown>> = {}): Promise<RecordingPreview> => {
    const edits = Object.entries(recording).map(([key, value]) => ({ key: `recording.${key}`, value }));
    return inlineApp(folders.environment).run('previewRecording', { root: folders.root, edits });
  };
  const lines = (count: number, path: (index: number) => string, extra: object = {}): string =>
    Array.from({ length: count }, (_, index) =>
      entryLine(new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(), { path: path(index), ...extra }),
    ).join('');

  it('has nothing to judge without logs, policy or entries, and changes nothing', async () => {
    const nothing = {
      considered: 0,
      kept: 0,
      byCategory: { writes: 0, auth: 0, deployments: 0, errors: 0 },
      dead: [],
      rows: [],
    };
    assert.deepEqual(await preview(), nothing);
    folders.put('logs/api.log', '');
    folders.put('logs/worker.log', entryLine('2026-01-01T00:00:00Z'));
    const before = onDisk(folders.root);
    assert.deepEqual(await preview(), nothing);
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('judges by the values of the form, not by those on disk', async () => {
    folders.policy({ recording: { exclude: ['**'], level: 'NONE' } });
    folders.put(
      'logs/api.log',
      [
        entryLine('2026-01-01T00:00:00Z', { method: 'POST', path: '/login', status: 401 }),
        entryLine('2026-01-01T00:00:01Z', { path: '/health?x' }),
        entryLine('2026-01-01T00:00:02Z', { path: '/api/deployments/1', status: 500 }),
        entryLine('2026-01-01T00:00:03Z', { path: '/%68ealth', status: 503 }),
      ].join(''),
    );
    const { rows, ...counts } = await preview({
      log: ['errors'],
      exclude: ['/health'],
      level: 'METADATA',
    });
    assert.deepEqual(counts, {
      considered: 4,
      kept: 2,
      byCategory: { writes: 1, auth: 1, deployments: 1, errors: 3 },
      dead: [],
    });
    assert.deepEqual(
      rows.map(({ path, verdict }) => [path, verdict]),
      [
        ['/%68ealth', 'excluded'],
        ['/api/deployments/1', 'recorded'],
        ['/health?x', 'excluded'],
        ['/login', 'recorded'],
      ],
    );
    assert.equal(rows[0]?.time, Date.parse('2026-01-01T00:00:03Z'));
    assert.equal((await preview({ log: ['errors'], exclude: [], level: 'METADATA' })).kept, 3);
    assert.equal((await preview({ log: ['writes'], exclude: [], level: 'METADATA' })).kept, 1);
  });

  it('keeps nothing at the level NONE, and says so', async () => {
    folders.put(
      'logs/api.log',
      lines(3, () => '/a'),
    );
    const { kept, dead, rows } = await preview({ level: 'NONE' });
    assert.equal(kept, 0);
    assert.deepEqual(dead, [{ code: 'level-none' }]);
    assert.deepEqual(new Set(rows.map(({ verdict }) => verdict)), new Set(['level']));
  });

  it('looks at the last 1,000, and shows the newest', async () => {
    folders.put(
      'logs/api.log',
      lines(1500, (index) => (index < 500 ? '/old' : `/new/${String(index)}`)),
    );
    const { considered, kept, rows } = await preview({ exclude: ['/old'] });
    assert.deepEqual([considered, kept], [1000, 1000]);
    assert.equal(rows.length, 15);
    assert.equal(rows[0]?.path, '/new/1499');
  });

  it('goes on in the newest rotated files, and never in archives or other logs', async () => {
    folders.put(
      'logs/api.log',
      lines(10, () => '/active'),
    );
    folders.put(
      'logs/api.9.log',
      lines(400, () => '/nine'),
    );
    folders.put(
      'logs/api.10.log',
      lines(500, () => '/ten'),
    );
    folders.put(
      'logs/api.8.log',
      lines(500, () => '/eight'),
    );
    folders.put(
      'logs/api.2026-01-01.log.zip',
      lines(500, () => '/archive'),
    );
    folders.put(
      'logs/audit.log',
      lines(500, () => '/audit'),
    );
    const count = async (path: string): Promise<number> => 1000 - (await preview({ exclude: [path] })).kept;
    assert.equal((await preview()).considered, 1000);
    assert.deepEqual(
      await Promise.all(['/active', '/ten', '/nine', '/eight', '/archive', '/audit'].map(count)),
      [10, 500, 400, 90, 0, 0],
    );
  });

  it('passes over what is no entry', async () => {
    const good = entryLine('2026-01-01T00:00:00Z', { path: '/good' });
    folders.put(
      'logs/api.log',
      [
        'text\n',
        '\n',
        '[]\n',
        'null\n',
        '{"method":"GET","path":"/x"}\n',
        '{"method":"GET","path":7,"status":200}\n',
        '{"method":"-","path":"-","status":0,"category":"recorder","dropped":3}\n',
        good.slice(0, 60) + good,
        good.replace('\n', '\r\n'),
        Buffer.from([0xff, 0xfe, 0x0a]).toString('latin1'),
        good.slice(0, 60),
      ].join(''),
    );
    const { considered, rows } = await preview();
    assert.equal(considered, 2);
    assert.ok(rows.every(({ path }) => path === '/good'));
  });

  it('takes a last line without its end', async () => {
    folders.put('logs/api.log', entryLine('2026-01-01T00:00:00Z').trimEnd());
    assert.equal((await preview()).considered, 1);
  });

  it('reads lines of any length across its blocks, whole or not at all', async () => {
    const long = { request_object: 'é'.repeat(70_000) };
    folders.put(
      'logs/api.log',
      lines(20, (index) => `/${String(index)}`, long),
    );
    const { considered, rows } = await preview();
    assert.equal(considered, 20);
    assert.deepEqual(
      rows.map(({ path }) => path),
      Array.from({ length: 15 }, (_, index) => `/${String(19 - index)}`),
    );
  });

  it('reads 4 MB at most', async () => {
    const long = { request_object: 'x'.repeat(100_000) };
    folders.put(
      'logs/api.log',
      lines(30, () => '/active', long),
    );
    folders.put(
      'logs/api.1.log',
      lines(30, () => '/one', long),
    );
    assert.equal((await preview()).considered, 41);
    folders.put('logs/api.log', `${'x'.repeat(5_000_000)}\n`);
    assert.equal((await preview()).considered, 0);
  });

  it('follows no link, and is no more than a workspace can tell', async () => {
    const elsewhere = folders.put(
      'elsewhere.log',
      lines(3, () => '/a'),
    );
    mkdirSync(folders.logs, { recursive: true });
    symlinkSync(elsewhere, join(folders.logs, 'api.log'));
    assert.equal((await preview()).considered, 0);
  });

  it('fails with the code of what is wrong', async () => {
    folders.put('logs', 'a file');
    await assert.rejects(preview(), (error) => isFailure(error, 'logs-not-a-folder'));
  });

  it('carries no more of a path than is shown', async () => {
    folders.put(
      'logs/api.log',
      lines(1, () => `/${'x'.repeat(5000)}`),
    );
    assert.equal((await preview()).rows[0]?.path.length, 500);
  });
});
