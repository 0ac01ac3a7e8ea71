import assert from 'node:assert/strict';
import { Dir, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import { shownName } from '../../../src/workspace/logPlaces.ts';
import type { FoundSessions } from '../../../src/sessions/findSessions.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { aesZip } from '../archive/aesZip.ts';
import { freshFolders } from '../freshFolders.ts';
import { bytesOf, sessionZip } from './sessionSamples.ts';

describe('findSessions', function () {
  this.timeout(120_000);
  this.slow(5000);
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const know = (...passwords: string[]): Promise<void> =>
    app.run('usePasswords', { passwords: passwords.map(bytesOf) });
  const find = (id: string, sessions?: string): Promise<FoundSessions> =>
    app.run('findSessions', { root: folders.root, id, sessions });
  const paths = ({ found }: FoundSessions): string[] => found.map(({ file }) => shownName(file));
  const put = (path: string, ids: Readonly<Record<string, string>>, password = 'one'): string =>
    folders.put(path, sessionZip({ password, ids }));

  afterEach(async () => {
    mock.restoreAll();
    await app.run('forgetPasswords', {});
  });

  async function counted(id: string): Promise<Omit<FoundSessions, 'notSearched'>> {
    const { notSearched, ...counts } = await find(id);
    assert.equal(notSearched.length, counts.unopened + counts.unreadable);
    return counts;
  }

  it('finds an id of any kind, whole and exact', async () => {
    await know('one');
    const ids = { user_id: 'anna', session_id: 's-1', chat_id: 'c-1', message_id: 'm-1', request_id: 'r-1' };
    put('session_logs/u/c/m.zip', ids);
    put('session_logs/u/c/m2.zip', { user_id: 'anna2', chat_id: 'C-1' });
    for (const id of Object.values(ids)) {
      const { found, ...counts } = await counted(id);
      assert.deepEqual(
        found.map(({ file }) => [file.folder, file.name]),
        [['session_logs/u/c', 'm.zip']],
      );
      assert.deepEqual(found[0]?.ids, ids);
      assert.deepEqual(counts, { searched: 2, unopened: 0, unreadable: 0 });
    }
    for (const id of ['ann', 'ANNA', 'jsonl', 'constructor', ''])
      assert.deepEqual((await find(id)).found, [], id);
  });

  it('finds the later ones of several requests', async () => {
    await know('one');
    const meta = JSON.stringify({ request_id: 'r-1', request_ids: ['r-1', 'r-2'] });
    folders.put('session_logs/u/m.zip', aesZip([{ name: 'meta.json', text: meta }], { password: 'one' }));
    assert.deepEqual(paths(await find('r-2')), ['session_logs/u/m.zip']);
  });

  it('searches 200 archives of two passwords, and tells how far it is', async () => {
    for (let index = 0; index < 200; index += 1) {
      const ids = { user_id: `u-${String(index)}`, request_id: index % 80 === 7 ? 'wanted' : 'other' };
      put(`session_logs/u${String(index % 7)}/c/m${String(index)}.zip`, ids, index % 2 === 0 ? 'one' : 'two');
    }
    await know('none', 'one', 'two');
    const result = await find('wanted');
    assert.deepEqual(paths(result), [
      'session_logs/u0/c/m7.zip',
      'session_logs/u3/c/m87.zip',
      'session_logs/u6/c/m167.zip',
    ]);
    assert.deepEqual([result.searched, result.unopened, result.unreadable], [200, 0, 0]);
    assert.deepEqual(result.notSearched, []);
    await app.run('forgetPasswords', {});
    await know('two');
    assert.equal((await find('wanted')).unopened, 100);
  });

  it('tells how far it is and can be called off', async () => {
    const zip = sessionZip({ password: 'one', ids: {} });
    for (let index = 0; index < 600; index += 1) folders.put(`session_logs/u/m${String(index)}.zip`, zip);
    await know('x', 'y', 'z', 'one');
    // It tells a few times a second; a fast machine may need less than that for all of them.
    let time = Date.now();
    mock.method(Date, 'now', () => (time += 5));
    const controller = new AbortController();
    const reports: AppReport[] = [];
    const finding = app.run(
      'findSessions',
      { root: folders.root, id: 'x' },
      {
        signal: controller.signal,
        onReport(report) {
          reports.push(report);
          controller.abort();
        },
      },
    );
    await assert.rejects(finding, { code: 'cancelled' });
    assert.equal(reports.length, 1);
    const [report] = reports;
    assert.ok(report?.kind === 'progress' && report.progress.total === 600 && report.progress.done < 600);
    assert.match(report.progress.name, /^m\d+\.zip$/);
  });

  it('is called off also among archives that are none', async () => {
    folders.put('session_logs/x.zip', 'no zip');
    const finding = app.run('findSessions', { root: folders.root, id: 'x' }, { signal: AbortSignal.abort() });
    await assert.rejects(finding, { code: 'cancelled' });
  });

  it('counts what it cannot open or read', async () => {
    await know('one');
    put('session_logs/locked.zip', {}, 'other');
    folders.put('session_logs/damaged.zip', 'no zip');
    folders.put('session_logs/foreign.zip', aesZip([{ name: 'x', text: '' }], { password: 'one' }));
    folders.put(
      'session_logs/text.zip',
      aesZip([{ name: 'meta.json', text: 'no JSON' }], { password: 'one' }),
    );
    put('session_logs/u/sound.zip', { user_id: 'anna' });
    mkdirSync(join(folders.root, 'session_logs/folder.zip'));
    symlinkSync('u/sound.zip', join(folders.root, 'session_logs/link.zip'));
    symlinkSync('u', join(folders.root, 'session_logs/v'));
    const result = await find('anna');
    assert.deepEqual(paths(result), ['session_logs/u/sound.zip']);
    assert.deepEqual([result.searched, result.unopened, result.unreadable], [1, 1, 3]);
    const left = result.notSearched.map(({ name }) => name);
    assert.deepEqual(left, ['damaged.zip', 'foreign.zip', 'locked.zip', 'text.zip'], 'each is named');
    await app.run('forgetPasswords', {});
    assert.deepEqual(await counted('anna'), { found: [], searched: 0, unopened: 3, unreadable: 2 });
  });

  it('also looks into session archives in logs and below, and passes over others', async () => {
    await know('one');
    put('logs/m.zip', { user_id: 'anna' });
    put('logs/sub/m.zip', { user_id: 'anna' });
    folders.put('logs/damaged.zip', 'no zip');
    folders.put('logs/x.zip', aesZip([{ name: 'x', text: '' }], { password: 'one' }));
    const result = await find('anna');
    assert.deepEqual(paths(result), ['m.zip', 'logs/sub/m.zip']);
    assert.deepEqual([result.searched, result.unreadable], [2, 0]);
  });

  it('passes over none, however many files there are', async () => {
    await know('one');
    put('session_logs/many/below/m.zip', { user_id: 'anna' });
    const many = join(folders.root, 'session_logs/many');
    symlinkSync('x', join(many, 'link'));
    const link = readdirSync(many, { withFileTypes: true }).find(({ name }) => name === 'link')!;
    // As many as a listing for the view looks at, in front of the folder's own. To make them would take seconds.
    let more = 100_000;
    const read = Object.getOwnPropertyDescriptor(Dir.prototype, 'readSync')!.value as Dir['readSync'];
    mock.method(Dir.prototype, 'readSync', function (this: Dir) {
      return this.path === many && more-- > 0 ? link : read.call(this);
    });
    assert.deepEqual(paths(await find('anna')), ['session_logs/many/below/m.zip']);
    assert.ok(more < 0, 'all were looked at');
  });

  it('finds nothing where there is nothing', async () => {
    assert.deepEqual(await counted('x'), { found: [], searched: 0, unopened: 0, unreadable: 0 });
  });

  it('looks where it is told to', async () => {
    await know('one');
    folders.policy({ sessions: { dir: 'mine' } });
    put('mine/m.zip', { user_id: 'anna' });
    put('session_logs/m.zip', { user_id: 'anna' });
    put('../state/else/u/m.zip', { user_id: 'anna' });
    assert.deepEqual(paths(await find('anna')), ['mine/m.zip']);
    assert.deepEqual(paths(await find('anna', 'session_logs')), ['session_logs/m.zip']);
    const elsewhere = await find('anna', join(folders.state, 'else'));
    assert.deepEqual(paths(elsewhere), ['../state/else/u/m.zip']);
    put('here.zip', { user_id: 'anna' });
    assert.equal(paths(await find('anna', '.'))[0], './here.zip');
    await assert.rejects(find('anna', 'none'), { code: 'workspace-not-a-folder' });
    symlinkSync('mine', join(folders.root, 'link'));
    await assert.rejects(find('anna', 'link'), { code: 'workspace-not-a-folder' });
  });
});
