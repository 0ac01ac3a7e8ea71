import assert from 'node:assert/strict';
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { identify } from '../../../src/files/identity.ts';
import type { LogFile } from '../../../src/files/logFile.ts';
import type { LockState } from '../../../src/sessions/archiveMember.ts';
import { aesZip } from '../archive/aesZip.ts';
import { freshFolders } from '../freshFolders.ts';

const meta = [{ name: 'meta.json', text: '{}' }];

describe('probeArchives', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const know = (password: string): Promise<void> =>
    app.run('addPassword', { password: Buffer.from(password) });

  function archive(path: string, content: Uint8Array | string): LogFile {
    const full = folders.put(`session_logs/${path}`, content);
    const file = identify(dirname(full), basename(full));
    assert.ok(file !== undefined);
    return { ...file, folder: join('session_logs', dirname(path)) };
  }
  const probe = (...files: LogFile[]): Promise<LockState[]> =>
    app.run('probeArchives', { root: folders.root, files });
  /** The lock of the archive's row. */
  async function shown(folder: string): Promise<LockState | false | undefined> {
    const parent = { kind: 'folder', path: `session_logs/${folder}` } as const;
    const { rows } = await app.run('logRows', { root: folders.root, parent, from: 0, count: 5 });
    return rows[0]?.kind === 'archive' && rows[0].lock;
  }
  afterEach(() => app.run('forgetPasswords', {}));

  it('opens nothing without a password', async () => {
    assert.deepEqual(await probe(archive('u/c/m.zip', 'no zip')), ['unknown']);
  });

  it('tells which archives a known password opens, in their order', async () => {
    const files = [
      archive('u/c/a.zip', aesZip(meta, { password: 'one' })),
      archive('u/c/b.zip', aesZip(meta, { password: 'two' })),
      archive('u/c/damaged.zip', 'no zip'),
      archive('u/c/empty.zip', Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)])),
    ];
    await know('one');
    assert.deepEqual(await probe(...files), ['open', 'locked', 'locked', 'none']);
    await know('two');
    assert.deepEqual(await probe(...files), ['open', 'open', 'locked', 'none']);
    await app.run('forgetPasswords', {});
    assert.deepEqual(await probe(...files), ['unknown', 'unknown', 'unknown', 'none']);
  });

  it('ends when it is cancelled', async () => {
    await know('one');
    const files = [archive('u/c/a.zip', aesZip(meta, { password: 'one' }))];
    const { signal } = new AbortController();
    const cancelled = AbortSignal.abort();
    await assert.rejects(app.run('probeArchives', { root: folders.root, files }, { signal: cancelled }), {
      code: 'cancelled',
    });
    assert.deepEqual(await app.run('probeArchives', { root: folders.root, files }, { signal }), ['open']);
  });

  it('tells archives of other programs', async () => {
    const samples = join(import.meta.dirname, '../../fixtures/zips');
    const folder = join(folders.root, 'session_logs');
    mkdirSync(folder);
    const names = ['yauzl/success/linux-info-zip.zip', 'yauzl/success/traditional-encryption.zip'];
    const files = names.map((name, index) => {
      const target = `${String(index)}.zip`;
      cpSync(join(samples, name), join(folder, target));
      return { ...identify(folder, target), folder: 'session_logs' } as LogFile;
    });
    await know('one');
    assert.deepEqual(await probe(...files), ['none', 'locked']);
  });

  it('remembers what was found, for the rows, too, as long as the file is the same', async () => {
    const file = archive('u/c/m.zip', aesZip(meta, { password: 'one' }));
    await app.run('overview', { root: folders.root });
    await know('one');
    assert.equal(await shown('u/c'), 'unknown');
    assert.deepEqual(await probe(file), ['open']);
    assert.equal(await shown('u/c'), 'open');
    // Opened again, it would be found damaged.
    const path = join(folders.root, 'session_logs/u/c/m.zip');
    writeFileSync(path, Buffer.alloc(file.bytes));
    utimesSync(path, new Date(), new Date(file.modified));
    const same = { ...file, modified: identify(dirname(path), 'm.zip')?.modified ?? 0 };
    assert.deepEqual(await probe(file), ['open']);
    assert.deepEqual(await probe({ ...same, modified: same.modified - 1 }), ['unknown']);
    await app.run('forgetPasswords', {});
    assert.equal(await shown('u/c'), 'unknown');
  });

  it('opens none that changed, is gone, or lies behind a link or elsewhere', async () => {
    const one = (name: string): LogFile => archive(name, aesZip(meta, { password: 'one' }));
    const files = [one('u/c/changed.zip'), one('u/c/gone.zip'), one('v/c/linked.zip')];
    const outside = identify(dirname(folders.put('else/x.zip', aesZip(meta, { password: 'one' }))), 'x.zip');
    writeFileSync(
      join(folders.root, 'session_logs/u/c/changed.zip'),
      aesZip(meta, { password: 'other one' }),
    );
    rmSync(join(folders.root, 'session_logs/u/c/gone.zip'));
    renameSync(join(folders.root, 'session_logs/v'), join(folders.root, 'w'));
    symlinkSync(join(folders.root, 'w'), join(folders.root, 'session_logs/v'));
    await know('one');
    assert.deepEqual(await probe(...files, { ...outside, folder: 'else' } as LogFile), [
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});
