import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { listZips, relistZips, type ZipFolders } from '../../../src/files/zipFolders.ts';
import { freshFolders } from '../freshFolders.ts';

const sessions = { path: 'sessions' };
const logs = { path: 'logs', isBelowOnly: true };

/** The paths of what was found. */
function pathsOf({ folders }: ZipFolders): string[] {
  return [...folders.values()]
    .flatMap(({ zips }) => zips)
    .map(({ folder = '', name }) => `${folder}/${name}`)
    .sort();
}

describe('listZips', () => {
  const folders = freshFolders();
  const list = (most?: number): string[] => pathsOf(listZips(folders.root, [sessions], most));

  it('finds zips at up to six levels, whatever their names', () => {
    const long = `${'x'.repeat(240)}.zip`;
    const names = [
      'a.zip',
      'u/c/m.ZIP',
      'u/CON/😀.zip',
      'u/a.b.c/.zip',
      'u/c/a\u0007\u202eb.zip',
      `u/${long}`,
    ];
    const deep = ['1/2/3/4/5/6/in.zip', '1/2/3/4/5/6/7/out.zip'];
    for (const name of [...names, ...deep]) folders.put(`sessions/${name}`, 'x');
    const expected = [...names, '1/2/3/4/5/6/in.zip'].map((name) => `sessions/${name}`).sort();
    assert.deepEqual(list(), expected);
  });

  it('tells what a file is known by', () => {
    folders.put('sessions/u/m.zip', '123');
    const [zip] = listZips(folders.root, [sessions]).folders.get('sessions/u')?.zips ?? [];
    assert.deepEqual([zip?.name, zip?.folder, zip?.bytes], ['m.zip', 'sessions/u', 3]);
    assert.ok(zip !== undefined && zip.inode > 0 && zip.modified > 0);
  });

  it('leaves out other files, unfinished ones, links and pipes', () => {
    for (const name of ['a.zip.tmp', 'b.txt', 'zip', 'elsewhere/x.zip']) folders.put(`sessions/${name}`, 'x');
    folders.put('outside/y.zip', 'x');
    symlinkSync(join(folders.root, 'outside'), join(folders.root, 'sessions/folder'));
    symlinkSync(join(folders.root, 'outside/y.zip'), join(folders.root, 'sessions/link.zip'));
    execFileSync('mkfifo', [join(folders.root, 'sessions/pipe.zip')]);
    assert.deepEqual(list(), ['sessions/elsewhere/x.zip']);
  });

  it('follows no link on the way to a folder', () => {
    folders.put('real/sessions/a.zip', 'x');
    symlinkSync(join(folders.root, 'real'), join(folders.root, 'linked'));
    assert.deepEqual(pathsOf(listZips(folders.root, [{ path: 'linked/sessions' }])), []);
    assert.deepEqual(pathsOf(listZips(folders.root, [{ path: 'real/sessions' }])), ['real/sessions/a.zip']);
  });

  it('leaves out the files of a folder that others look after', () => {
    for (const path of ['logs/api.2026-01-01.log.zip', 'logs/old/x.zip', 'logs/sessions/u/m.zip'])
      folders.put(path, 'x');
    const both = listZips(folders.root, [{ path: 'logs/sessions' }, logs]);
    assert.deepEqual(pathsOf(both), ['logs/old/x.zip', 'logs/sessions/u/m.zip']);
  });

  it('stops after so many entries and says so', () => {
    for (const name of ['a', 'b', 'c']) folders.put(`sessions/${name}.zip`, 'x');
    assert.equal(listZips(folders.root, [sessions], 3).isWhole, true);
    const part = listZips(folders.root, [sessions], 2);
    assert.deepEqual([pathsOf(part).length, part.isWhole], [2, false]);
  });

  it('has nothing to tell of what is missing or no folder', () => {
    assert.deepEqual(list(), []);
    folders.put('sessions', 'x');
    assert.deepEqual(list(), []);
  });

  for (const what of ['opendirSync', 'lstatSync'] as const)
    it(`goes on where something vanishes right before ${what}`, () => {
      folders.put('sessions/u/c/1.zip', 'x');
      folders.put('sessions/v/d/2.zip', 'x');
      const real = fs[what];
      const vanishing = (path: string, ...others: []): unknown => {
        if (/[/\\]u[/\\]/.test(path))
          rmSync(join(folders.root, 'sessions/u'), { recursive: true, force: true });
        return (real as (path: string, ...others: []) => unknown)(path, ...others);
      };
      Object.assign(fs, { [what]: vanishing });
      syncBuiltinESMExports();
      try {
        assert.deepEqual(list(), ['sessions/v/d/2.zip']);
      } finally {
        Object.assign(fs, { [what]: real });
        syncBuiltinESMExports();
      }
    });

  it('lists 10,000 archives', () => {
    for (let chat = 0; chat < 100; chat += 1)
      for (let message = 0; message < 100; message += 1)
        folders.put(`sessions/u/c${String(chat)}/${String(message)}.zip`, '');
    assert.equal(list().length, 10_000);
  }).timeout(60_000);
});

describe('relistZips', () => {
  const folders = freshFolders();
  let before: ZipFolders;
  const relist = (...changed: string[]): string[] => {
    before = relistZips(folders.root, [sessions, logs], before, changed);
    return pathsOf(before);
  };
  beforeEach(() => {
    folders.put('sessions/u/c/1.zip', 'x');
    folders.put('sessions/u/d/2.zip', 'x');
    before = listZips(folders.root, [sessions, logs]);
  });

  it('looks into the changed folders alone', () => {
    folders.put('sessions/u/c/new.zip', 'x');
    folders.put('sessions/u/d/unseen.zip', 'x');
    assert.deepEqual(relist('sessions/u/c'), [
      'sessions/u/c/1.zip',
      'sessions/u/c/new.zip',
      'sessions/u/d/2.zip',
    ]);
    assert.equal(relist('sessions/u').length, 3);
  });

  it('finds what came with a new folder, and below one that nobody knows', () => {
    folders.put('sessions/u/e/f/3.zip', 'x');
    assert.ok(relist('sessions/u').includes('sessions/u/e/f/3.zip'));
    folders.put('sessions/v/w/4.zip', 'x');
    assert.ok(relist('sessions/v/w').includes('sessions/v/w/4.zip'));
    rmSync(join(folders.root, 'sessions/v'), { recursive: true });
    assert.ok(!relist('sessions').includes('sessions/v/w/4.zip'));
    folders.put('logs/old/5.zip', 'x');
    assert.ok(relist('logs/old').includes('logs/old/5.zip'));
  });

  it('forgets a folder that went with all that was below it', () => {
    rmSync(join(folders.root, 'sessions/u/c'), { recursive: true });
    assert.deepEqual(relist('sessions/u'), ['sessions/u/d/2.zip']);
    rmSync(join(folders.root, 'sessions'), { recursive: true });
    assert.deepEqual(relist('sessions'), []);
    folders.put('sessions/u/c/1.zip', 'x');
    assert.deepEqual(relist('sessions/u/c'), ['sessions/u/c/1.zip']);
  });

  it('follows no link that took the place of a folder', () => {
    renameSync(join(folders.root, 'sessions/u'), join(folders.root, 'outside'));
    symlinkSync(join(folders.root, 'outside'), join(folders.root, 'sessions/u'));
    assert.deepEqual(relist('sessions/u/c', 'sessions/u/d'), []);
  });

  it('counts what is gone no more towards the bound', () => {
    before = listZips(folders.root, [sessions], 5);
    assert.equal(before.isWhole, true);
    rmSync(join(folders.root, 'sessions/u/d'), { recursive: true });
    writeFileSync(join(folders.root, 'sessions/u/c/3.zip'), 'x');
    writeFileSync(join(folders.root, 'sessions/u/c/4.zip'), 'x');
    const now = relistZips(folders.root, [sessions], before, ['sessions/u', 'sessions/u/c'], 5);
    assert.deepEqual([pathsOf(now).length, now.isWhole], [3, true]);
  });

  it('minds no folder that is none of the places', () => {
    folders.put('other/x.zip', 'x');
    assert.equal(relist('other', '.').length, 2);
  });
});
