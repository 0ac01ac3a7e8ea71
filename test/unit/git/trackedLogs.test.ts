import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure } from '../../../src/base/failure.ts';
import { commitOfLogs, trackedFiles, untrackFiles } from '../../../src/git/trackedLogs.ts';
import { freshFolders } from '../freshFolders.ts';
import { gitRepository } from '../gitRepository.ts';
import { onDisk } from '../onDisk.ts';

describe('logs that Git tracks', function () {
  this.timeout(120_000);
  const folders = freshFolders();
  const { git, repository } = gitRepository(folders);
  const workspace = (): string => join(folders.root, 'packages/app');
  const put = (path: string, content = 'x'): void => {
    folders.put(`packages/app/${path}`, content);
    git(workspace(), 'add', '--force', '--', `:(literal)${path}`);
  };
  const commit = (): void => {
    git(folders.root, 'commit', '--quiet', '--allow-empty', '-m', 'x');
  };
  const tracked = (): string[] => git(workspace(), 'ls-files', '-z').split('\0').filter(Boolean);
  const untrack = async (...managed: string[]): Promise<void> => {
    const before = onDisk(workspace());
    await untrackFiles(workspace(), managed, folders.environment);
    assert.deepEqual(onDisk(workspace()), before);
  };

  beforeEach(() => {
    repository(folders.root);
    mkdirSync(workspace(), { recursive: true });
  });

  it('are untracked in the managed folders alone, whatever their names and states; the disk stays as it is', async () => {
    const others = ['a[1]/x.log', 'logs.txt', 'logs/.gitkeep', 'logs/deep/.gitignore', 'other/logs/api.log'];
    for (const path of others) put(path);
    for (const path of ['logs/api.log', 'logs/deep/-n', 'logs/a\nb', 'logs/*', 'logs/changed', 'logs/both'])
      put(path);
    put('a1/x.log');
    commit();
    await untrack('a[1]');
    assert.ok(!tracked().includes('a[1]/x.log') && tracked().includes('a1/x.log'));
    put('logs/added');
    folders.put('packages/app/logs/changed', 'changed');
    // The staged content then differs from both the commit and the disk.
    put('logs/both', 'staged');
    folders.put('packages/app/logs/both', 'changed');
    folders.put('packages/app/logs/free', 'never tracked');
    await untrack('logs', 'a1', 'nothing');
    assert.deepEqual(tracked(), others.slice(1));
    assert.equal(readFileSync(join(workspace(), 'logs/both'), 'utf8'), 'changed');
    await untrack('logs', 'a1');
    assert.deepEqual(tracked(), others.slice(1));
  });

  it('are untracked by the thousand', async () => {
    for (let number = 0; number < 5000; number += 1)
      folders.put(`packages/app/logs/${String(number)}.log`, 'x');
    git(workspace(), 'add', '-f', '.');
    await untrack('logs');
    assert.deepEqual(tracked(), []);
  });

  it('stay tracked while another Git has the index, which is said', async () => {
    put('logs/api.log');
    folders.put('.git/index.lock', '');
    await assert.rejects(
      untrackFiles(workspace(), ['logs'], folders.environment),
      (error) => isFailure(error, 'git-refused') && error.data.detail.includes('index.lock'),
    );
    assert.deepEqual(tracked(), ['logs/api.log']);
  });

  it('are not those behind a link that bears the folder’s name', async () => {
    folders.put('packages/app/real/api.log', 'x');
    symlinkSync('real', join(workspace(), 'logs'));
    git(workspace(), 'add', '-f', '.');
    assert.deepEqual(await trackedFiles(workspace(), ['logs'], folders.environment), {
      kind: 'told',
      value: [],
    });
    await untrack('logs');
    assert.deepEqual(tracked(), ['logs', 'real/api.log']);
  });

  it('untracking runs no program that the repository names', async () => {
    put('logs/api.log');
    const proof = join(folders.state, 'ran');
    const program = join(folders.state, 'post-index-change');
    writeFileSync(program, `#!/bin/sh\ntouch '${proof}'\n`);
    chmodSync(program, 0o755);
    git(folders.root, 'config', 'core.hooksPath', folders.state);
    git(folders.root, 'config', 'core.fsmonitor', program);
    await untrack('logs');
    assert.equal(existsSync(proof), false);
    git(folders.root, 'add', '-f', 'packages');
    assert.equal(existsSync(proof), true, 'it would run if nobody switched it off');
  });

  describe('in the history', () => {
    const found = async (...managed: string[]): Promise<string | undefined> => {
      const told = await commitOfLogs(workspace(), managed, folders.environment);
      return told.kind === 'told' ? told.value : told.kind;
    };

    it('are found on any branch and in stashes, also once they are gone', async () => {
      commit();
      put('logs/.gitkeep');
      put('logs2/api.log');
      commit();
      assert.equal(await found('logs'), undefined);
      git(folders.root, 'checkout', '-q', '-b', 'other');
      put('logs/api.log');
      commit();
      git(folders.root, 'rm', '-q', '--cached', '-r', 'packages/app/logs');
      commit();
      git(folders.root, 'checkout', '-q', '-f', '-');
      assert.match(String(await found('logs')), /^[0-9a-f]{40}$/);
      assert.equal(await found('sessions'), undefined);
      put('sessions/1.zip');
      git(folders.root, 'stash', '-q');
      assert.match(String(await found('sessions')), /^[0-9a-f]{40}$/);
    });

    it('are asked of a repository without a commit, of none, and without Git', async () => {
      assert.equal(await found('logs'), undefined);
      const path = folders.environment.PATH;
      folders.environment.PATH = folders.state;
      assert.equal(await found('logs'), 'no-git');
      folders.environment.PATH = path;
      mkdirSync(join(folders.state, 'elsewhere'));
      assert.deepEqual(await commitOfLogs(join(folders.state, 'elsewhere'), ['logs'], folders.environment), {
        kind: 'no-repository',
      });
    });

    it('starts no program: neither gpg nor a fetch of what a partial clone lacks', async () => {
      put('a.txt');
      commit();
      const proof = join(folders.state, 'ran');
      const program = join(folders.state, 'program');
      writeFileSync(program, `#!/bin/sh\ntouch '${proof}'\nexit 1\n`);
      chmodSync(program, 0o755);
      const clone = join(folders.state, 'clone');
      git(folders.root, 'config', 'uploadpack.allowFilter', 'true');
      git(
        folders.state,
        '-c',
        'protocol.file.allow=always',
        'clone',
        '-q',
        '--no-checkout',
        '--filter=tree:0',
        `file://${folders.root}`,
        clone,
      );
      git(clone, 'config', 'remote.origin.url', 'ssh://example.invalid/x');
      git(clone, 'config', 'core.sshCommand', program);
      git(clone, 'config', 'log.showSignature', 'true');
      git(clone, 'config', 'gpg.program', program);
      const told = await commitOfLogs(clone, ['logs'], folders.environment);
      assert.notEqual(told.kind, 'told');
      assert.equal(existsSync(proof), false);
    });
  });
});
