import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isFailure } from '../../../src/base/failure.ts';
import { derivedWorkspaceId, openStateFolder, stateBase } from '../../../src/workspace/stateFolder.ts';
import { freshFolders } from '../freshFolders.ts';

const home = homedir();

describe('stateBase', () => {
  const bases: [platform: string, environment: Record<string, string>, base: string][] = [
    ['linux', { XDG_STATE_HOME: '/x' }, '/x/workspace-logs'],
    ['linux', {}, `${home}/.local/state/workspace-logs`],
    ['linux', { XDG_STATE_HOME: '' }, `${home}/.local/state/workspace-logs`],
    ['linux', { XDG_STATE_HOME: 'relative' }, `${home}/.local/state/workspace-logs`],
    ['darwin', {}, `${home}/Library/Application Support/workspace-logs`],
    ['darwin', { XDG_STATE_HOME: '/x' }, '/x/workspace-logs'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/workspace-logs'],
    ['win32', {}, `${home}/.local/state/workspace-logs`],
  ];
  for (const [platform, environment, base] of bases)
    it(`${platform} ${JSON.stringify(environment)}: ${base.replace(home, '~')}`, () => {
      assert.equal(stateBase(environment, platform), base);
    });
});

describe('openStateFolder', () => {
  const folders = freshFolders();
  const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
  const age = (path: string, seconds: number): void => {
    const time = Date.now() / 1000 - seconds;
    utimesSync(path, time, time);
  };

  it('is named by the id and eight digits of the real path’s SHA-256', () => {
    const hash = createHash('sha256').update(realpathSync(folders.root)).digest('hex');
    const { path } = openStateFolder(folders.root, 'my-id', stateBase(folders.environment));
    assert.equal(path, join(folders.state, 'workspace-logs', `my-id-${hash.slice(0, 8)}`));
    assert.equal(derivedWorkspaceId(folders.root), hash.slice(0, 12));
  });

  it('is the same behind a link to the workspace', () => {
    const link = join(folders.state, 'link');
    symlinkSync(folders.root, link);
    assert.equal(
      openStateFolder(link, 'a', stateBase(folders.environment)).path,
      openStateFolder(folders.root, 'a', stateBase(folders.environment)).path,
    );
  });

  it('is made by the first write, for its owner alone, whatever the umask', () => {
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    assert.deepEqual(readdirSync(folders.state), []);
    assert.equal(state.read('x'), undefined);
    assert.deepEqual(readdirSync(folders.state), []);
    const umask = process.umask(0);
    try {
      state.write('x', { a: 1 });
    } finally {
      process.umask(umask);
    }
    assert.equal(mode(join(folders.state, 'workspace-logs')), '700');
    assert.equal(mode(state.path), '700');
    assert.equal(mode(join(state.path, 'x.json')), '600');
    assert.deepEqual(readdirSync(state.path), ['x.json']);
    assert.deepEqual(state.read('x'), { a: 1 });
  });

  it('closes folders that were open to others', () => {
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    mkdirSync(state.path, { recursive: true });
    chmodSync(state.path, 0o755);
    chmodSync(join(state.path, '..'), 0o755);
    state.write('x', 1);
    assert.equal(mode(join(state.path, '..')), '700');
    assert.equal(mode(state.path), '700');
  });

  it('keeps the last of several writes', () => {
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    state.write('x', 1);
    state.write('x', 2);
    state.write('y', 3);
    assert.deepEqual([state.read('x'), state.read('y')], [2, 3]);
  });

  it('sweeps what a killed write of any value left', () => {
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    state.write('one', 1);
    writeFileSync(join(state.path, 'other.json.tmp-0123456789abcdef'), '{');
    state.write('one', 2);
    assert.deepEqual(readdirSync(state.path), ['one.json']);
  });

  it('keeps workspaces apart', () => {
    const other = join(folders.root, 'other');
    mkdirSync(other);
    openStateFolder(folders.root, 'a', stateBase(folders.environment)).write('x', 1);
    assert.equal(openStateFolder(other, 'a', stateBase(folders.environment)).read('x'), undefined);
  });

  it('remembers under a new id what it knew of the path', () => {
    openStateFolder(folders.root, 'old', stateBase(folders.environment)).write('x', 1);
    assert.equal(openStateFolder(folders.root, 'new', stateBase(folders.environment)).read('x'), 1);
  });

  it('reads what was written last, whichever id the policy had then and has now', () => {
    const [a, b] = ['a', 'b'].map((id) => openStateFolder(folders.root, id, stateBase(folders.environment)));
    a!.write('x', 'first');
    age(join(a!.path, 'x.json'), 60);
    b!.write('x', 'second');
    assert.equal(a!.read('x'), 'second');
    assert.equal(b!.read('x'), 'second');
  });

  it('reads nothing from a damaged record', () => {
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    state.write('x', 1);
    writeFileSync(join(state.path, 'x.json'), '{');
    assert.equal(state.read('x'), undefined);
  });

  it('says when it cannot be used, and leaves nothing behind', () => {
    writeFileSync(join(folders.state, 'workspace-logs'), 'a file is in the way');
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    const saysSo = (error: unknown): boolean =>
      isFailure(error, 'state-unwritable') &&
      error.data.path === state.path &&
      error.data.detail.includes('workspace-logs');
    assert.throws(() => {
      state.write('x', 1);
    }, saysSo);
    assert.throws(() => state.read('x'), saysSo);
    assert.equal(readFileSync(join(folders.state, 'workspace-logs'), 'utf8'), 'a file is in the way');
  });

  it('ends where nothing can be made', () => {
    // Node's own way of making folders with their parents never returns there.
    const state = openStateFolder(folders.root, 'a', '/proc/nothing/workspace-logs');
    assert.throws(
      () => {
        state.write('x', 1);
      },
      (error: unknown) => isFailure(error, 'state-unwritable'),
    );
  });
});
