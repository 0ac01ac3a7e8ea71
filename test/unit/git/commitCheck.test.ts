import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isFailure } from '../../../src/base/failure.ts';
import {
  commitCheckState,
  installCommitCheck,
  locateHook,
  removeCommitCheck,
  type CommitCheckState,
} from '../../../src/git/commitCheck.ts';
import { lineOf } from '../../../src/git/hookText.ts';
import { sample, size } from '../../chance.ts';
import { freshFolders } from '../freshFolders.ts';
import { gitRepository, type GitRun } from '../gitRepository.ts';
import { onDisk } from '../onDisk.ts';

describe('the pre-commit check', function () {
  this.timeout(60_000);
  const folders = freshFolders();
  const { git, repository, tryGit } = gitRepository(folders);

  const hook = (): string => join(folders.root, '.git/hooks/pre-commit');
  const text = (): string => readFileSync(hook(), 'latin1');
  const install = async (root = folders.root, managed = ['logs']): Promise<boolean> =>
    installCommitCheck(await locateHook(root, managed, folders.environment));
  const remove = async (root = folders.root): Promise<string | undefined> =>
    removeCommitCheck(await locateHook(root, ['logs'], folders.environment));
  const look = async (root = folders.root, managed = ['logs']): Promise<CommitCheckState> =>
    commitCheckState(await locateHook(root, managed, folders.environment));
  const commit = (folder = folders.root, ...args: string[]): GitRun =>
    tryGit(folder, 'commit', '--quiet', '-m', 'x', ...args);
  const put = (path: string, content = 'x'): void => {
    folders.put(path, content);
    git(folders.root, 'add', '--force', '--', path);
  };
  const writeHook = (content: string, mode = 0o755): void => {
    mkdirSync(join(folders.root, '.git/hooks'), { recursive: true });
    writeFileSync(hook(), content, { encoding: 'latin1', mode });
    chmodSync(hook(), mode);
  };
  const isStopped = (run: GitRun, ...files: string[]): void => {
    assert.equal(run.status, 1, run.stderr);
    assert.match(run.stderr, /^workspace-logs: this commit would add or change log files:\n/);
    for (const file of files) assert.ok(run.stderr.includes(`\n  ${file}\n`), run.stderr);
  };

  beforeEach(() => {
    repository(folders.root);
    folders.put('.gitignore', 'logs/\n');
  });

  it('stops a forced add, says how to go on, and --no-verify passes it', async () => {
    assert.deepEqual(await look(), { state: 'absent', path: hook() });
    assert.equal(await install(), true);
    assert.equal(statSync(hook()).mode & 0o777, 0o755);
    assert.deepEqual(await look(), { state: 'installed', path: hook() });
    put('a.txt');
    put('logs/api.log');
    isStopped(commit(), 'logs/api.log');
    // Before the first commit there is nothing to restore from.
    assert.match(commit().stderr, /git rm -r --cached -- ':\(top,literal\)logs\/'\n/);
    assert.equal(commit(folders.root, '--no-verify').status, 0);
    put('logs/api.log', 'changed');
    const run = commit();
    isStopped(run, 'logs/api.log');
    const [, command = ''] = /To take them out of it: {2}git (.*)\n/.exec(run.stderr) ?? [];
    assert.equal(command, "restore --staged -- ':(top,literal)logs/'");
    git(folders.root, 'restore', '--staged', '--', ':(top,literal)logs/');
    assert.equal(readFileSync(join(folders.root, 'logs/api.log'), 'utf8'), 'changed');
    put('a.txt', 'changed');
    assert.equal(commit().status, 0);
  });

  const passing: [what: string, change: () => void][] = [
    [
      'deletes tracked logs, which is untracking',
      () => {
        git(folders.root, 'rm', '-q', '--cached', 'logs/old.log');
      },
    ],
    [
      'adds what keeps the folder',
      () => {
        put('logs/.gitkeep');
        put('logs/deep/.keep');
        put('logs/.gitignore', '*');
      },
    ],
    [
      'adds logs of others',
      () => {
        put('sub/logs/api.log');
        put('logs.txt');
        put('mylogs/api.log');
      },
    ],
    [
      'leaves tracked logs as they are',
      () => {
        put('a.txt');
      },
    ],
  ];
  for (const [what, change] of passing)
    it(`passes a commit that ${what}`, async () => {
      put('logs/old.log');
      assert.equal(commit().status, 0);
      await install();
      change();
      const run = commit();
      assert.deepEqual([run.status, run.stderr], [0, '']);
    });

  const stopped: [what: string, change: () => void, file: string][] = [
    [
      'renames a file into the logs',
      () => {
        mkdirSync(folders.logs, { recursive: true });
        git(folders.root, 'mv', '-f', 'old.txt', 'logs/old.txt');
      },
      'logs/old.txt',
    ],
    [
      'renames a log',
      () => {
        git(folders.root, 'mv', '-f', 'logs/old.log', 'logs/new.log');
      },
      'logs/new.log',
    ],
    [
      'adds in a folder of the logs',
      () => {
        put('logs/deep/er/x.log');
      },
      'logs/deep/er/x.log',
    ],
    [
      'makes a log executable',
      () => {
        git(folders.root, 'update-index', '--chmod=+x', 'logs/old.log');
      },
      'logs/old.log',
    ],
    [
      'adds a name of two lines, a quote and a colour',
      () => {
        put('logs/a\nb"\u001b[31m é.log');
      },
      String.raw`"logs/a\nb\"\033[31m é.log"`,
    ],
    [
      'adds a name like an option',
      () => {
        put('logs/-n');
      },
      'logs/-n',
    ],
  ];
  for (const [what, change, file] of stopped)
    it(`stops a commit that ${what}`, async () => {
      put('logs/old.log', 'old log');
      put('old.txt', 'old text');
      assert.equal(commit().status, 0);
      await install();
      git(folders.root, 'config', 'color.ui', 'always');
      change();
      isStopped(commit(), file);
    });

  it('stops “commit -a” and “commit PATH”, whose index is another', async () => {
    put('logs/old.log');
    put('a.txt');
    assert.equal(commit().status, 0);
    await install();
    folders.put('logs/old.log', 'changed');
    folders.put('a.txt', 'changed');
    isStopped(commit(folders.root, '-a'), 'logs/old.log');
    isStopped(commit(folders.root, '--', 'logs/old.log'), 'logs/old.log');
    assert.equal(commit(folders.root, '--', 'a.txt').status, 0);
  });

  it('names the first ten of many files, and reads what --literal-pathspecs would change', async () => {
    await install();
    for (let number = 10; number < 40; number += 1) folders.put(`logs/${String(number)}.log`, 'x');
    git(folders.root, 'add', '-f', 'logs');
    for (const options of [[], ['--literal-pathspecs'], ['--noglob-pathspecs'], ['--icase-pathspecs']]) {
      const run = tryGit(folders.root, ...options, 'commit', '-m', 'x');
      isStopped(run, 'logs/10.log', 'logs/19.log', 'and more');
      assert.equal(run.stderr.match(/\.log\n/g)?.length, 10);
    }
  });

  it('said twice changes nothing; what was changed in it is put right', async () => {
    await install();
    const before = onDisk(folders.root);
    assert.equal(await install(), false);
    assert.deepEqual(onDisk(folders.root), before);
    writeHook(text().replace('--no-renames', ''));
    assert.deepEqual(await look(), { state: 'outdated', path: hook(), isOurs: true });
    assert.equal(await install(), true);
    assert.deepEqual(onDisk(folders.root), before);
    chmodSync(hook(), 0o644);
    assert.deepEqual(await look(), { state: 'not-executable', path: hook(), isOurs: true });
    assert.equal(await install(), true);
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('is outdated once other folders are managed', async () => {
    await install();
    assert.equal((await look(folders.root, ['logs', 'sessions/a'])).state, 'outdated');
    await install(folders.root, ['logs', 'sessions/a']);
    put('sessions/a/1.zip');
    isStopped(commit(), 'sessions/a/1.zip');
  });

  it('is removed with the hook that was made for it', async () => {
    assert.equal(await remove(), undefined);
    await install();
    assert.equal(await remove(), hook());
    assert.deepEqual(readdirSync(join(folders.root, '.git/hooks')), []);
    assert.equal(await remove(), undefined);
  });

  const shells: [what: string, content: string][] = [
    ['sh', '#!/bin/sh\necho ran >ran\nexit 0\n'],
    ['sh that ends at the first failure', '#!/bin/sh -eu\necho ran >ran\n'],
    ['bash', '#!/bin/bash\nset -euo pipefail\nif [[ 1 == 1 ]]; then echo ran >ran; fi\nexit 0\n'],
    ['env bash', '#!/usr/bin/env bash\necho ran >ran\n'],
    ['env -S bash -e', '#!/usr/bin/env -S bash -e\necho ran >ran\n'],
    ['a blank in front', '#! /bin/sh\necho ran >ran\n'],
    ['no line end at the end', '#!/bin/sh\necho ran >ran'],
    ['exec', '#!/bin/sh\nexec sh -c "echo ran >ran"\n'],
    ['a here-document with our words', "#!/bin/sh\ncat >ran <<'E'\n# >>> workspace-logs: .\nE\n"],
    ['another encoding', '#!/bin/sh\n# caf\xe9 \xff\xfe\necho ran >ran\n'],
    ['CRLF in comments', '#!/bin/sh\n# one\r\necho ran >ran\n'],
  ];
  /** A hook of others as earlier versions wrote it: with the check right behind its first line. */
  const writeEdited = async (content: string, mode = 0o755): Promise<void> => {
    rmSync(hook(), { force: true });
    await install();
    const block = text().replace('#!/bin/sh\n', '');
    const [first = ''] = content.split('\n');
    writeHook(`${first}\n${block}${content.slice(first.length + 1)}`, mode);
  };
  const isRefused = async (why: string): Promise<void> => {
    const before = onDisk(folders.root);
    await assert.rejects(install(), (error) => isFailure(error, 'hook-foreign') && error.data.what === why);
    assert.deepEqual(onDisk(folders.root), before);
  };

  for (const [what, content] of sample(shells, 4, 'commitCheck shells'))
    it(`is in a hook of others only since earlier versions wrote it there, and can be removed: ${what}`, async () => {
      writeHook(content, 0o750);
      assert.equal((await look()).state, 'add-line');
      await isRefused('of-others');
      await writeEdited(content, 0o750);
      assert.equal((await look()).state, 'installed');
      assert.equal(await install(), false);
      put('logs/api.log');
      isStopped(commit(), 'logs/api.log');
      assert.equal(existsSync(join(folders.root, 'ran')), false);
      git(folders.root, 'rm', '-q', '--cached', 'logs/api.log');
      put('a.txt');
      assert.deepEqual(commit(), { status: 0, stdout: '', stderr: '' });
      assert.equal(existsSync(join(folders.root, 'ran')), true);
      assert.deepEqual(await look(folders.root, ['other']), {
        state: 'outdated',
        path: hook(),
        isOurs: false,
      });
      assert.equal(await remove(), hook());
      assert.equal(text(), content);
      assert.equal(statSync(hook()).mode & 0o777, 0o750);
    });

  it('leaves a hook of others in CRLF byte for byte when it is removed', async () => {
    const content = '#!/bin/sh\r\necho a\r\n\r\nexit 0\r\n';
    await writeEdited(content);
    // An editor may have given our lines such ends, too.
    writeHook(text().replace(/\r?\n/g, '\r\n'));
    assert.deepEqual(await look(), { state: 'outdated', path: hook(), isOurs: false });
    await isRefused('of-others');
    await remove();
    assert.equal(text(), content);
  });

  it('does not switch on a hook that others switched off', async () => {
    await writeEdited('#!/bin/sh\nexit 1\n', 0o644);
    assert.deepEqual(await look(), { state: 'not-executable', path: hook(), isOurs: false });
    await isRefused('of-others');
    assert.equal(statSync(hook()).mode & 0o777, 0o644);
  });

  it('is written into a hook of ours with blank lines, and into a first line alone', async () => {
    for (const content of ['#!/bin/sh\n', '#!/bin/sh\n\n\n']) {
      writeHook(content, 0o644);
      assert.equal((await look()).state, 'absent');
      assert.equal(await install(), true);
      assert.deepEqual(await look(), { state: 'installed', path: hook() });
      assert.equal(await remove(), hook());
      assert.equal(existsSync(hook()), false);
    }
  });

  it('takes no half of a block for a block', async () => {
    for (const content of [
      '#!/bin/sh\n# >>> workspace-logs: .\necho mine\n',
      '#!/bin/sh\n# <<< workspace-logs: .\necho mine\n',
      '#!/bin/sh\n# >>> workspace-logs: .\necho mine\n# <<< workspace-logs: other\n',
      `#!/bin/sh\n# >>> workspace-logs: .\n${'\n'.repeat(size(100_000, 1_000_000))}`,
    ]) {
      writeHook(content);
      assert.equal((await look()).state, 'add-line');
      assert.equal(await remove(), undefined);
      await isRefused('of-others');
      await writeEdited(content);
      await remove();
      assert.equal(text(), content);
    }
  });

  const lineFor = (...managed: string[]): string => lineOf({ workspace: '', folders: managed });
  const foreign: [what: string, make: () => void, why: string][] = [
    [
      'a script of others',
      () => {
        writeHook('#!/bin/sh\nexit 0\n');
      },
      'of-others',
    ],
    [
      'an empty file',
      () => {
        writeHook('');
      },
      'of-others',
    ],
    [
      'a program of another language',
      () => {
        writeHook('#!/usr/bin/env python3\nprint(1)\n');
      },
      'of-others',
    ],
    [
      'a shell of another kind',
      () => {
        writeHook('#!/usr/bin/fish\n');
      },
      'of-others',
    ],
    [
      'a script without a first line that names its shell',
      () => {
        writeHook('echo a\n');
      },
      'of-others',
    ],
    [
      'a binary',
      () => {
        writeHook('\x7fELF\x00\x01#!/bin/sh\n');
      },
      'of-others',
    ],
    [
      'a script of a megabyte and more',
      () => {
        writeHook(`#!/bin/sh\n${'#'.repeat(1_048_576)}\n`);
      },
      'of-others',
    ],
    [
      'a link',
      () => {
        writeHook('');
        rmSync(hook());
        folders.put('hook.sh', '#!/bin/sh\n');
        symlinkSync('../../hook.sh', hook());
      },
      'not-a-file',
    ],
    [
      'a folder',
      () => {
        mkdirSync(hook(), { recursive: true });
      },
      'not-a-file',
    ],
    [
      'core.hooksPath in the work tree, as husky has it',
      () => {
        folders.put('.husky/_/pre-commit', '#!/bin/sh\n');
        git(folders.root, 'config', 'core.hooksPath', '.husky/_');
      },
      'shared-folder',
    ],
    [
      'core.hooksPath of the person',
      () => {
        git(folders.root, 'config', '--global', 'core.hooksPath', '~/hooks');
      },
      'shared-folder',
    ],
    [
      'core.hooksPath in a folder whose name begins as the repository’s does',
      () => {
        git(folders.root, 'config', 'core.hooksPath', '.git-hooks');
      },
      'shared-folder',
    ],
    [
      'no hooks at all',
      () => {
        git(folders.root, 'config', 'core.hooksPath', '/dev/null');
      },
      'shared-folder',
    ],
    [
      'a folder of hooks that is a link elsewhere',
      () => {
        mkdirSync(join(folders.state, 'hooks'));
        symlinkSync(join(folders.state, 'hooks'), join(folders.root, '.git/hooks'));
      },
      'shared-folder',
    ],
  ];
  for (const [what, make, why] of foreign)
    it(`refuses ${what}, changes nothing, and gives the line for it`, async () => {
      make();
      const before = onDisk(folders.root);
      await assert.rejects(
        install(),
        (error) =>
          isFailure(error, 'hook-foreign') && error.data.what === why && error.data.line === lineFor('logs'),
      );
      assert.deepEqual(onDisk(folders.root), before);
      const state = await look();
      assert.ok(state.state === 'add-line');
      assert.equal(state.line, lineFor('logs'));
      assert.equal(await remove(), undefined);
      assert.deepEqual(onDisk(folders.root), before);
    });

  it('gives a line that stops in any hook what the check stops', () => {
    const own = join(folders.state, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'pre-commit'), `#!/bin/sh\n${lineFor('logs')}\n`, { mode: 0o755 });
    git(folders.root, 'config', 'core.hooksPath', own);
    put('logs/.gitkeep');
    put('a.txt');
    assert.equal(commit().status, 0);
    put('logs/api.log');
    assert.equal(commit().status, 1);
    assert.equal(commit(folders.root, '--no-verify').status, 0);
    git(folders.root, 'rm', '-q', '--cached', 'logs/api.log');
    assert.equal(commit().status, 0);
  });

  /** Programs that write hooks, what they leave in a repository, and where a command for the hook lasts. */
  const managers: [
    what: string,
    hook: string,
    text: string,
    lasting: string,
    wrap: (line: string) => string,
  ][] = [
    [
      'husky 9',
      '.husky/_/pre-commit',
      '#!/usr/bin/env sh\n. "$(dirname "$0")/h"',
      '.husky/pre-commit',
      String,
    ],
    ['husky 9 elsewhere', 'a/.husky/_/pre-commit', '#!/usr/bin/env sh\n', 'a/.husky/pre-commit', String],
    [
      'husky 8',
      '.husky/pre-commit',
      '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\n',
      '.husky/pre-commit',
      String,
    ],
    [
      'a program whose folder Git ignores',
      'tools/hooks/made/pre-commit',
      '#!/bin/sh\n. "$(dirname "$0")/../pre-commit"\n',
      'tools/hooks/pre-commit',
      String,
    ],
    [
      'lefthook in a folder that Git ignores',
      'made/pre-commit',
      '#!/bin/sh\ncall_lefthook run "pre-commit" "$@"\n',
      'lefthook.yml',
      (line) => `pre-commit:\n  commands:\n    logs:\n      run: ${line}\n`,
    ],
    ['husky 4', '.git/hooks/pre-commit', '#!/bin/sh\n# husky\n', 'package.json', JSON.stringify],
    [
      'lefthook',
      '.git/hooks/pre-commit',
      '#!/bin/sh\ncall_lefthook run "pre-commit" "$@"\n',
      'lefthook.yml',
      (line) => `pre-commit:\n  commands:\n    logs:\n      run: ${line}\n`,
    ],
    [
      'pre-commit',
      '.git/hooks/pre-commit',
      '#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n',
      '.pre-commit-config.yaml',
      (line) => `repos:\n  - entry: ${line}\n`,
    ],
    [
      'simple-git-hooks',
      '.git/hooks/pre-commit',
      '#!/bin/sh\nif [ "$SKIP_SIMPLE_GIT_HOOKS" = "1" ]; then exit 0; fi\nx\n',
      'package.json',
      (line) => JSON.stringify({ 'simple-git-hooks': { 'pre-commit': line } }, null, 2),
    ],
    ['a person', '.git/hooks/pre-commit', '#!/bin/sh\necho a\n', '.git/hooks/pre-commit', String],
  ];
  for (const [what, path, content, lasting, wrap] of managers)
    it(`names the place where a line lasts, and sees it there: ${what}`, async () => {
      if (!path.startsWith('.git/')) git(folders.root, 'config', 'core.hooksPath', join(path, '..'));
      const used = folders.put(path, content);
      chmodSync(used, 0o755);
      if (path.includes('made/')) folders.put(`${path}/../.gitignore`, '*\n');
      const place = join(folders.root, lasting);
      if (place !== used) folders.put(lasting, '');
      const state = await look();
      assert.ok(state.state === 'add-line', state.state);
      const elsewhere = place === used ? undefined : place;
      assert.deepEqual([state.path, state.place, state.isFleeting], [used, elsewhere, undefined]);
      await assert.rejects(
        install(),
        (error) => isFailure(error, 'hook-foreign') && error.data.place === elsewhere,
      );
      const { line } = state;
      if (place !== used) {
        folders.put(path, `${content}\n${line}\n`);
        assert.deepEqual(await look(), { ...state, isFleeting: true });
        folders.put(path, content);
      }
      folders.put(lasting, wrap(`# ${line}`));
      if (wrap === String) assert.equal((await look()).state, 'add-line');
      folders.put(lasting, `${place === used ? content : ''}\n${wrap(line)}\n`);
      assert.deepEqual(await look(), { state: 'installed', path: place });
      if (place !== used) return;
      chmodSync(used, 0o644);
      assert.deepEqual(await look(), { state: 'not-executable', path: used, isOurs: false });
    });

  it('takes core.hooksPath inside the repository’s own folder', async () => {
    git(folders.root, 'config', 'core.hooksPath', '.git/my hooks');
    assert.equal(await install(), true);
    assert.deepEqual(readdirSync(join(folders.root, '.git/my hooks')), ['pre-commit']);
    put('logs/api.log');
    isStopped(commit(), 'logs/api.log');
  });

  it('says that Git runs another hook since core.hooksPath was set, and can still be removed', async () => {
    await install();
    git(folders.root, 'config', 'core.hooksPath', '.husky');
    const state = await look();
    assert.ok(state.state === 'unused');
    assert.deepEqual([state.path, state.used], [hook(), join(folders.root, '.husky/pre-commit')]);
    assert.equal(await remove(), hook());
  });

  const names = [
    'packages/app',
    'two words',
    "it's",
    '-n',
    'a"b$(c)`d`',
    'a*b[1]?',
    'é😀',
    'a%b\\c',
    ' x ',
    '#x',
    ':y',
    '\t\r',
  ];
  const severalLines = ['a\nb', 'a\n# <<< workspace-logs: .\nb'];
  for (const name of [
    ...sample(names, 4, 'commitCheck names'),
    ...sample(severalLines, 1, 'commitCheck names of lines'),
  ])
    it(`looks at the logs of the workspace ${JSON.stringify(name)} alone`, async () => {
      const root = join(folders.root, name);
      mkdirSync(join(root, 'logs'), { recursive: true });
      await install(root);
      assert.equal((await look(root)).state, 'installed');
      assert.equal((await look()).state, 'absent');
      assert.equal(await install(root), false);
      put('logs/api.log');
      put('other/logs/api.log');
      assert.deepEqual(commit(), { status: 0, stdout: '', stderr: '' });
      writeFileSync(join(root, 'logs/api.log'), 'x');
      git(root, 'add', '-f', 'logs/api.log');
      const run = commit();
      assert.equal(run.status, 1);
      assert.match(run.stderr, /logs\/api\.log/);
      const [, command = ''] = /To take them out of it: {2}(.*)\n/.exec(run.stderr) ?? [];
      writeFileSync(join(folders.state, 'undo.sh'), `${command}\n`);
      git(root, '-c', `alias.x=!sh '${join(folders.state, 'undo.sh')}'`, 'x');
      assert.equal(git(folders.root, 'diff', '--cached', '--name-only'), '');
      assert.equal(await remove(root), hook());
      assert.equal(existsSync(hook()), false);
    });

  it('has a block for each workspace of a repository', async () => {
    const [a, b] = ['a', 'a/b'].map((name) => join(folders.root, name));
    for (const root of [a, b]) mkdirSync(join(root!, 'logs'), { recursive: true });
    for (const root of [folders.root, a, b]) await install(root);
    for (const root of [folders.root, a, b]) assert.equal(await install(root), false);
    for (const path of ['logs/x', 'a/logs/x', 'a/b/logs/x']) {
      put(path);
      isStopped(commit(), path);
      git(folders.root, 'rm', '-q', '--cached', path);
    }
    await remove(a);
    put('a/logs/x');
    assert.equal(commit().status, 0);
    assert.equal((await look(b)).state, 'installed');
    await remove();
    await remove(b);
    assert.equal(existsSync(hook()), false);
  });

  it('serves all worktrees, installed from any', async () => {
    put('a.txt');
    assert.equal(commit().status, 0);
    const tree = join(folders.state, 'tree');
    git(folders.root, 'worktree', 'add', '-q', tree);
    await install(tree);
    assert.equal((await look()).state, 'installed');
    mkdirSync(join(tree, 'logs'));
    writeFileSync(join(tree, 'logs/api.log'), 'x');
    git(tree, 'add', '-f', 'logs');
    isStopped(commit(tree), 'logs/api.log');
  });

  it('tells another worktree, whose branch may know nothing of it, why it stops a commit', async () => {
    put('a.txt');
    assert.equal(commit().status, 0);
    const tree = join(folders.state, 'tree');
    git(folders.root, 'worktree', 'add', '-q', tree);
    for (const root of [folders.root, tree]) {
      mkdirSync(join(root, 'app/logs'), { recursive: true });
      writeFileSync(join(root, 'app/logs/api.log'), 'x');
      git(root, 'add', '-f', 'app/logs');
    }
    folders.put('app/.workspace-logs.json', '{"version":1}');
    await install(join(folders.root, 'app'));
    const [here, there] = [commit(), commit(tree)];
    isStopped(here, 'app/logs/api.log');
    isStopped(there, 'app/logs/api.log');
    const reason = /^This working tree has no \.workspace-logs\.json: .* from another one, .*\.$/m;
    assert.doesNotMatch(here.stderr, reason);
    assert.match(there.stderr, reason);
    assert.match(here.stderr, /^The check is in \.git\/hooks\/pre-commit\.$/m);
    assert.ok(there.stderr.includes(`\nThe check is in ${hook()}.\n`), there.stderr);
  });

  it('serves a submodule', async () => {
    const other = join(folders.state, 'other');
    git(folders.state, 'init', '-q', 'other');
    git(other, 'commit', '-q', '--allow-empty', '-m', 'x');
    git(folders.root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'sub');
    const sub = join(folders.root, 'sub');
    await install(sub);
    assert.equal(existsSync(join(folders.root, '.git/modules/sub/hooks/pre-commit')), true);
    mkdirSync(join(sub, 'logs'));
    writeFileSync(join(sub, 'logs/api.log'), 'x');
    git(sub, 'add', '-f', 'logs');
    isStopped(commit(sub), 'logs/api.log');
    assert.equal((await look()).state, 'absent');
  });

  it('is reached by a link to the workspace', async () => {
    const link = join(folders.state, 'link');
    symlinkSync(folders.root, link);
    await install(link);
    assert.deepEqual(await look(), { state: 'installed', path: hook() });
  });

  it('needs a repository, and Git', async () => {
    rmSync(join(folders.root, '.git'), { recursive: true });
    await assert.rejects(install(), (error) => isFailure(error, 'no-repository'));
    folders.put('.git/HEAD', 'nonsense');
    await assert.rejects(
      install(),
      (error) => isFailure(error, 'git-refused') && error.data.detail.includes('not a git repository'),
    );
    folders.environment.PATH = folders.state;
    await assert.rejects(install(), (error) => isFailure(error, 'git-refused'));
  });
});
