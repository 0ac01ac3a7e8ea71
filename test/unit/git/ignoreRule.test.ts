import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isFailure } from '../../../src/base/failure.ts';
import { commitCheckState, locateHook } from '../../../src/git/commitCheck.ts';
import { git, repositoryRoot } from '../../../src/git/git.ts';
import type { IgnoreChange } from '../../../src/git/ignoreChange.ts';
import {
  addIgnoreRule as addAndRemember,
  addLines,
  ignoreState as ignoreStateIn,
  undoIgnoreRule as undoAndRemember,
  type IgnoreState,
} from '../../../src/git/ignoreRule.ts';
import { commitOfLogs, trackedFiles } from '../../../src/git/trackedLogs.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { gitRepository } from '../gitRepository.ts';

const lines = ['logs/'];

const addIgnoreRule = (root: string, added: readonly string[]): IgnoreChange =>
  addAndRemember(root, added, () => undefined);
const undoIgnoreRule = (root: string, ...changes: IgnoreChange[]): boolean =>
  undoAndRemember(root, changes, () => undefined);
const told = (value: readonly string[]): object => ({ kind: 'told', value });

describe('the ignore rule', () => {
  const folders = freshFolders();
  const { git: run, repository: copyRepository } = gitRepository(folders);
  const { environment } = folders;
  const ignoreState = async (root: string, managed: readonly string[]): Promise<IgnoreState> =>
    ignoreStateIn(root, managed, environment);
  /** The workspace, in a subfolder of a repository. */
  const workspace = (): string => join(folders.root, 'packages/app');
  const repository = (): void => {
    copyRepository(folders.root);
    mkdirSync(join(workspace(), 'logs'), { recursive: true });
  };
  const withoutGit = async <T>(work: () => Promise<T>): Promise<T> => {
    const path = environment.PATH;
    environment.PATH = join(folders.state, 'no-programs-here');
    try {
      return await work();
    } finally {
      environment.PATH = path;
    }
  };

  it('is wanted where a workspace really lies, however it is reached', async () => {
    repository();
    const link = join(folders.state, 'link');
    symlinkSync(workspace(), link);
    assert.deepEqual(await ignoreState(link, ['logs']), { kind: 'uncovered', lines });
    writeFileSync(join(folders.root, '.gitignore'), 'logs/\n');
    assert.deepEqual(await ignoreState(link, ['logs']), { kind: 'covered' });
  });

  /** Where a rule may stand, and whether all that may ever stand in `logs/` is covered then. */
  const rules: [what: string, files: Record<string, string>, covered: boolean][] = [
    ['none', {}, false],
    ['logs/ in the workspace', { 'packages/app/.gitignore': 'logs/\n' }, true],
    ['/logs', { 'packages/app/.gitignore': '/logs' }, true],
    ['logs', { 'packages/app/.gitignore': 'logs' }, true],
    ['logs/**', { 'packages/app/.gitignore': 'logs/**\n' }, true],
    ['logs/*', { 'packages/app/.gitignore': 'logs/*\n' }, true],
    ['logs/* but .gitkeep', { 'packages/app/.gitignore': 'logs/*\n!logs/.gitkeep\n' }, true],
    ['CRLF', { 'packages/app/.gitignore': 'a\r\nlogs/\r\n' }, true],
    ['a rule in logs/ that ignores itself', { 'packages/app/logs/.gitignore': '*\n' }, false],
    ['a rule in other letters', { 'packages/app/.gitignore': 'Logs/\n' }, false],
    ['a rule in logs/ but itself', { 'packages/app/logs/.gitignore': '*\n!.gitignore\n' }, true],
    ['a rule of the repository’s root', { '.gitignore': 'packages/app/logs/\n' }, true],
    ['a rule for every logs', { '.gitignore': 'logs\n' }, true],
    ['a rule with stars', { '.gitignore': '**/logs/**\n' }, true],
    ['a rule of a folder in between', { 'packages/.gitignore': '*/logs/\n' }, true],
    ['everything is ignored', { '.gitignore': '*\n' }, true],
    ['*.log alone', { 'packages/app/.gitignore': '*.log\n' }, false],
    ['*.log and *.zip', { 'packages/app/.gitignore': '*.log\n*.zip\n' }, false],
    ['logs/*.log*', { 'packages/app/.gitignore': 'logs/*.log*\n' }, false],
    ['what has no dot in front', { 'packages/app/.gitignore': 'logs/[!.]*\n' }, false],
    ['a rule and its negation', { 'packages/app/.gitignore': 'logs/\n!logs/\n' }, false],
    [
      'a parent’s rule and a negation below',
      { '.gitignore': '**/logs/*\n', 'packages/app/.gitignore': '!logs/*\n' },
      false,
    ],
    [
      'a negation in a folder that is ignored as a whole',
      { '.gitignore': 'logs/\n', 'packages/app/logs/.gitignore': '!*\n' },
      true,
    ],
    ['another workspace’s rule', { '.gitignore': '/logs/\n' }, false],
    ['a comment', { 'packages/app/.gitignore': '# logs/\n' }, false],
    ['a rule for a file', { 'packages/app/.gitignore': 'logs/api.log\n' }, false],
  ];
  for (const [what, files, covered] of rules) {
    const set = (): void => {
      repository();
      for (const [path, text] of Object.entries(files)) folders.put(path, text);
    };
    const expected = covered ? { kind: 'covered' } : { kind: 'uncovered', lines };
    it(`${covered ? 'covers' : 'does not cover'}: ${what}`, async () => {
      set();
      assert.deepEqual(await ignoreState(workspace(), ['logs']), expected);
    });
    it(`${covered ? 'covers' : 'does not cover'}, told without a Git on the machine: ${what}`, async () => {
      set();
      assert.deepEqual(await withoutGit(async () => ignoreState(workspace(), ['logs'])), expected);
    });
  }

  /** Rules that protect one person alone, and what makes of each one that travels. */
  const ownRules: [what: string, make: () => void][] = [
    [
      'the person’s global file',
      () => {
        writeFileSync(join(folders.state, 'ignored'), 'logs/\n');
        run(workspace(), 'config', '--global', 'core.excludesFile', join(folders.state, 'ignored'));
      },
    ],
    [
      'a global file with the name of a repository’s',
      () => {
        writeFileSync(join(folders.state, '.gitignore'), 'logs/\n');
        run(workspace(), 'config', '--global', 'core.excludesFile', join(folders.state, '.gitignore'));
      },
    ],
    [
      '.git/info/exclude',
      () => {
        folders.put('.git/info/exclude', 'logs/\n');
      },
    ],
    [
      'a .gitignore in logs/ that ignores itself',
      () => {
        folders.put('packages/app/logs/.gitignore', '*\n');
      },
    ],
    [
      'a parent’s .gitignore that the person ignores',
      () => {
        folders.put('.git/info/exclude', '/.gitignore\n');
        folders.put('.gitignore', 'logs/\n');
      },
    ],
  ];
  for (const [what, make] of ownRules)
    it(`does not cover: ${what}, until a rule that travels stands in the workspace`, async () => {
      repository();
      make();
      assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'uncovered', lines });
      addIgnoreRule(workspace(), lines);
      assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'covered' });
    });

  it('covers: a rule that travels behind one of the person’s own', async () => {
    repository();
    folders.put('.git/info/exclude', 'logs/\n');
    folders.put('packages/app/logs/.gitignore', '*\n');
    run(workspace(), 'add', '-f', 'logs/.gitignore');
    assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'covered' });
  });

  it('covers: a .gitignore that ignores itself and was committed all the same', async () => {
    repository();
    folders.put('packages/app/logs/.gitignore', '*\n');
    run(workspace(), 'add', '-f', 'logs/.gitignore');
    assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'covered' });
  });

  it('is not asked for again where the workspace’s own .gitignore never leaves this machine', async () => {
    repository();
    folders.put('.git/info/exclude', '.gitignore\n');
    assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'uncovered', lines });
    addIgnoreRule(workspace(), lines);
    assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'covered' });
  });

  it('covers although files are tracked, and tells them', async () => {
    repository();
    folders.put('packages/app/logs/api.log', 'x');
    folders.put('packages/app/logs/two words\nand é.log', 'x');
    folders.put('packages/app/other.log', 'x');
    run(workspace(), 'add', '-f', '.');
    folders.put('packages/app/.gitignore', 'logs/\n');
    folders.put('packages/app/logs/untracked.log', 'x');
    assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'covered' });
    assert.deepEqual(
      await trackedFiles(workspace(), ['logs'], environment),
      told(['logs/api.log', 'logs/two words\nand é.log']),
    );
    assert.deepEqual(await trackedFiles(workspace(), ['nothing'], environment), told([]));
    assert.deepEqual(await withoutGit(async () => trackedFiles(workspace(), ['logs'], environment)), {
      kind: 'no-git',
    });
  });

  it('is asked for each managed folder', async () => {
    repository();
    folders.put('packages/app/.gitignore', 'logs/\n');
    assert.deepEqual(await ignoreState(workspace(), ['logs', 'sessions/a']), {
      kind: 'uncovered',
      lines: ['sessions/a/'],
    });
  });

  const strange = ['a[1]', 'a*b', 'a?b', '#a', '!a', ' a ', 'a\\b', '-a', ':a', 'é😀', 'two words'];
  for (const folder of strange)
    it(`of the folder “${folder}” covers it once it is added, and nothing else`, async () => {
      repository();
      const state = await ignoreState(workspace(), [folder]);
      assert.ok(state.kind === 'uncovered');
      addIgnoreRule(workspace(), state.lines);
      assert.deepEqual(await ignoreState(workspace(), [folder]), { kind: 'covered' });
      assert.deepEqual(await withoutGit(async () => ignoreState(workspace(), [folder])), { kind: 'covered' });
      const other = await ignoreState(workspace(), ['a1', 'aXb', 'a', 'b']);
      assert.equal(other.kind === 'uncovered' && other.lines.length, 4);
    });

  const noRepository: [what: string, make: () => void][] = [
    ['nothing', () => undefined],
    [
      'a rule without a repository',
      () => {
        folders.put('packages/app/.gitignore', 'logs/\n');
      },
    ],
  ];
  for (const [what, make] of noRepository)
    it(`is not wanted where there is no repository: ${what}`, async () => {
      mkdirSync(workspace(), { recursive: true });
      make();
      assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'no-repository' });
      assert.equal(repositoryRoot(workspace(), environment), undefined);
    });

  for (const [value, isFound] of [
    [undefined, false],
    ['', false],
    ['0', false],
    ['false', false],
    ['1', true],
    ['true', true],
    ['YES', true],
    ['on', true],
  ] as const)
    it(`looks for a repository beyond a file system’s root as Git does: ${value ?? 'not set'}`, () => {
      repository();
      const module = join(import.meta.dirname, '../../../src/git/git.ts');
      const program = `import { repositoryRoot } from ${JSON.stringify(module)};
        console.log(repositoryRoot(${JSON.stringify(workspace())}, process.env) ?? '');`;
      const script = `mount -t tmpfs none "$1" && cd "$1" &&
        { git rev-parse --show-toplevel 2>/dev/null || echo; } && exec "$2" --input-type=module -e "$3"`;
      const words = ['--mount', 'sh', '-c', script, 'sh', workspace(), process.execPath, program];
      const env = { ...environment, GIT_DISCOVERY_ACROSS_FILESYSTEM: value };
      const found = isFound ? folders.root : '';
      assert.equal(execFileSync('unshare', words, { encoding: 'utf8', env }), `${found}\n${found}\n`);
    });

  it('knows worktrees and submodules, whose .git is a file', async () => {
    repository();
    run(
      folders.root,
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.invalid',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'x',
    );
    const tree = join(folders.state, 'tree');
    run(folders.root, 'worktree', 'add', '-q', tree);
    assert.equal(repositoryRoot(tree, environment), tree);
    assert.deepEqual(await ignoreState(tree, ['logs']), { kind: 'uncovered', lines });
    writeFileSync(join(tree, '.gitignore'), 'logs/\n');
    assert.deepEqual(await ignoreState(tree, ['logs']), { kind: 'covered' });
  });

  /** Keys that name programs: in one repository together, but for those of which Git would run one in place of another. */
  const hostile: [keys: string[], attributes?: string][] = [
    [
      [
        ...['core.fsmonitor', 'core.pager', 'core.editor', 'core.sshCommand', 'core.askPass'],
        ...['credential.helper', 'alias.check-ignore', 'alias.ls-files', 'gpg.program'],
        ...['core.alternateRefsCommand', 'uploadpack.packObjectsHook'],
      ],
    ],
    [['core.hooksPath']],
    [['diff.external']],
    [['diff.x.textconv'], '* diff=x\n'],
    [['filter.x.clean', 'filter.x.smudge'], '* filter=x\n'],
    [['filter.x.process'], '* filter=x\n'],
  ];
  for (const [keys, attributes] of hostile)
    it(`runs no program that the repository’s ${keys.join(', ')} names`, async () => {
      repository();
      const proof = join(folders.state, 'ran');
      const programOf = (name: string): string => {
        const path = join(folders.state, name);
        writeFileSync(path, `#!/bin/sh\necho '${name}' >>'${proof}'\ncat\n`);
        chmodSync(path, 0o755);
        return path;
      };
      folders.put('packages/app/logs/api.log', 'x');
      run(workspace(), 'add', '-f', '.');
      if (attributes !== undefined) folders.put('packages/app/.gitattributes', attributes);
      for (const key of keys) {
        if (key === 'core.hooksPath') {
          for (const hook of ['post-index-change', 'pre-commit', 'post-checkout']) programOf(hook);
          run(workspace(), 'config', key, folders.state);
        } else run(workspace(), 'config', key, (key.startsWith('alias') ? '!' : '') + programOf(key));
      }
      folders.put('packages/app/logs/api.log', 'changed');
      await ignoreState(workspace(), ['logs']);
      assert.deepEqual(await trackedFiles(workspace(), ['logs'], environment), told(['logs/api.log']));
      assert.equal((await commitOfLogs(workspace(), ['logs'], environment)).kind, 'told');
      const { state } = commitCheckState(await locateHook(workspace(), ['logs'], environment));
      assert.equal(state, keys.includes('core.hooksPath') ? 'add-line' : 'absent');
      assert.equal(existsSync(proof) ? readFileSync(proof, 'utf8') : '', '');
    });

  it('a file system monitor would run if nobody switched it off', () => {
    repository();
    const proof = join(folders.state, 'ran');
    const program = join(folders.state, 'program');
    writeFileSync(program, `#!/bin/sh\ntouch '${proof}'\n`);
    chmodSync(program, 0o755);
    run(workspace(), 'config', 'core.fsmonitor', program);
    run(workspace(), 'ls-files');
    assert.equal(existsSync(proof), true);
  });

  it('asking changes nothing on disk', async () => {
    repository();
    folders.put('packages/app/logs/api.log', 'x');
    run(workspace(), 'add', '-f', '.');
    const before = onDisk(folders.root);
    await ignoreState(workspace(), ['logs']);
    await trackedFiles(workspace(), ['logs'], environment);
    assert.deepEqual(onDisk(folders.root), before);
  });

  describe('addLines', () => {
    const contents: [before: string, after: string][] = [
      ['', 'logs/\n'],
      ['a\n', 'a\nlogs/\n'],
      ['a', 'a\nlogs/\n'],
      ['a\r\nb\r\n', 'a\r\nb\r\nlogs/\r\n'],
      ['a\r\nb', 'a\r\nb\r\nlogs/\r\n'],
      ['\r\n', '\r\nlogs/\r\n'],
      ['a\nb\r\n', 'a\nb\r\nlogs/\n'],
      ['# comment\n\n\n', '# comment\n\n\nlogs/\n'],
      ['  \t', '  \t\nlogs/\n'],
    ];
    for (const [before, after] of contents)
      it(`${JSON.stringify(before)} becomes ${JSON.stringify(after)}`, () => {
        assert.equal(addLines(before, lines), after);
      });
  });

  describe('addIgnoreRule', () => {
    const ignore = (): string => join(workspace(), '.gitignore');
    beforeEach(() => {
      mkdirSync(workspace(), { recursive: true });
    });

    const before: [what: string, content: Buffer | undefined][] = [
      ['no file', undefined],
      ['an empty file', Buffer.from('')],
      ['LF', Buffer.from('node_modules/\n# ours\n')],
      ['CRLF', Buffer.from('node_modules/\r\n')],
      ['no line end at the end', Buffer.from('node_modules/')],
      ['a byte order mark', Buffer.from('\uFEFFnode_modules/\n')],
      ['another encoding', Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a, 0xff, 0xfe, 0x0a])],
    ];
    for (const [what, content] of before)
      it(`adds to ${what} without changing a byte, and is undone`, () => {
        if (content !== undefined) writeFileSync(ignore(), content, { mode: 0o640 });
        const change = addIgnoreRule(workspace(), lines);
        const after = readFileSync(ignore());
        assert.ok(after.subarray(0, content?.length ?? 0).equals(content ?? Buffer.alloc(0)));
        assert.match(after.toString('latin1').slice(content?.length ?? 0), /^\r?\n?logs\/\r?\n$/);
        if (content !== undefined) assert.equal(statSync(ignore()).mode & 0o777, 0o640);
        assert.deepEqual(readdirSync(workspace()), ['.gitignore']);
        assert.equal(undoIgnoreRule(workspace(), change), true);
        if (content === undefined) assert.equal(existsSync(ignore()), false);
        else assert.deepEqual(readFileSync(ignore()), content);
      });

    it('writes names beyond ASCII as UTF-8', () => {
      addIgnoreRule(workspace(), ['é😀/']);
      assert.equal(readFileSync(ignore(), 'utf8'), 'é😀/\n');
    });

    it('tells what it will add before it adds it, and forgets nothing before it is out', () => {
      writeFileSync(ignore(), 'a\n');
      const seen: string[] = [];
      const change = addAndRemember(workspace(), lines, () => seen.push(readFileSync(ignore(), 'utf8')));
      undoAndRemember(workspace(), [change], () => seen.push(readFileSync(ignore(), 'utf8')));
      assert.deepEqual(seen, ['a\n', 'a\nlogs/\n']);
    });

    /** What became of `a` CRLF, `é` in another encoding, and our line, and what an undo leaves of it. */
    const changed: [what: string, now: string, left: string | undefined][] = [
      ['unchanged', 'a\r\n\xe9\r\nlogs/\r\n', 'a\r\n\xe9\r\n'],
      ['added to', 'a\r\n\xe9\r\nlogs/\r\nb', 'a\r\n\xe9\r\nb'],
      ['added to in front', 'b\na\r\n\xe9\r\nlogs/\r\n', 'b\na\r\n\xe9\r\n'],
      ['given other line ends', 'a\n\xe9\nlogs/\n', 'a\n\xe9\n'],
      ['cut to our line without its end', 'logs/', ''],
      ['given the line once more', 'logs/\nb\nlogs/\nc\n', 'logs/\nb\nc\n'],
      ['given the line with a comment', 'a\nlogs/ # mine\n', undefined],
      ['given a narrower line', 'a\n/logs/\n', undefined],
      ['emptied', '', undefined],
    ];
    for (const [what, now, left] of changed)
      it(`is undone in a file that was ${what}: ${JSON.stringify(left)}`, () => {
        writeFileSync(ignore(), 'a\r\n\xe9\r\n', { encoding: 'latin1', mode: 0o640 });
        const made = addIgnoreRule(workspace(), lines);
        writeFileSync(ignore(), now, 'latin1');
        assert.equal(undoIgnoreRule(workspace(), made), left !== undefined);
        assert.equal(readFileSync(ignore(), 'latin1'), left ?? now);
        assert.equal(statSync(ignore()).mode & 0o777, 0o640);
      });

    it('takes nothing else out where what is remembered is not what was added', () => {
      writeFileSync(ignore(), 'a\n');
      const made = addIgnoreRule(workspace(), lines);
      for (const added of ['', 'zlogs/\n', 'a longer line than there is\nlogs/\n']) {
        writeFileSync(ignore(), 'a\nlogs/\n');
        undoIgnoreRule(workspace(), { ...made, added });
        assert.match(readFileSync(ignore(), 'utf8'), /^a\n/, JSON.stringify(added));
      }
    });

    it('is undone with what was added later, in a file that was ours alone', () => {
      const first = addIgnoreRule(workspace(), lines);
      const second = addIgnoreRule(workspace(), ['sessions/']);
      assert.equal(undoIgnoreRule(workspace(), first, second), true);
      assert.equal(existsSync(ignore()), false);
    });

    const gone: [what: string, change: () => void][] = [
      [
        'removed',
        () => {
          unlinkSync(ignore());
        },
      ],
      [
        'replaced by a link',
        () => {
          unlinkSync(ignore());
          folders.put('packages/app/real', 'a\nlogs/\n');
          symlinkSync('real', ignore());
        },
      ],
    ];
    for (const [what, change] of gone)
      it(`is not undone once the file was ${what}`, () => {
        writeFileSync(ignore(), 'a\n');
        const made = addIgnoreRule(workspace(), lines);
        change();
        const now = onDisk(workspace());
        assert.equal(undoIgnoreRule(workspace(), made), false);
        assert.deepEqual(onDisk(workspace()), now);
      });

    const others: [what: string, make: () => void][] = [
      [
        'a link',
        () => {
          folders.put('elsewhere', 'a\n');
          symlinkSync(join(folders.root, 'elsewhere'), ignore());
        },
      ],
      [
        'a broken link',
        () => {
          symlinkSync('nowhere', ignore());
        },
      ],
      [
        'a folder',
        () => {
          mkdirSync(ignore());
        },
      ],
    ];
    for (const [what, make] of others)
      it(`leaves ${what} as it is, and writes a file of the folder's own, which is undone`, async () => {
        repository();
        make();
        const before = onDisk(workspace());
        const change = addIgnoreRule(workspace(), lines);
        assert.deepEqual(change.folders, ['logs']);
        assert.equal(readFileSync(join(workspace(), 'logs/.gitignore'), 'utf8'), '*\n!.gitignore\n');
        folders.put('packages/app/logs/deep/api.log', '{}\n');
        assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'covered' });
        assert.deepEqual(await withoutGit(async () => ignoreState(workspace(), ['logs'])), {
          kind: 'covered',
        });
        run(folders.root, 'add', '-A');
        assert.doesNotMatch(run(folders.root, 'ls-files'), /\.log$/m);
        rmSync(join(workspace(), 'logs/deep'), { recursive: true });
        assert.equal(undoIgnoreRule(workspace(), change), true);
        assert.deepEqual(onDisk(workspace()), before);
      });

    it('refuses a link beside a folder with rules of its own, and undoes none that were changed', () => {
      symlinkSync('nowhere', ignore());
      folders.put('packages/app/logs/.gitignore', 'a\n');
      assert.throws(
        () => addIgnoreRule(workspace(), lines),
        (error) => isFailure(error, 'not-a-regular-file'),
      );
      const change = addIgnoreRule(workspace(), ['a\\[b\\]/', 'c/d/']);
      assert.deepEqual(change.folders, ['a[b]', 'c/d']);
      folders.put('packages/app/c/d/.gitignore', '*\n');
      assert.equal(undoIgnoreRule(workspace(), change), true);
      assert.equal(existsSync(join(workspace(), 'a[b]/.gitignore')), false);
      assert.equal(readFileSync(join(workspace(), 'c/d/.gitignore'), 'utf8'), '*\n');
    });
  });

  it('is that of the folder’s repository, also inside a hook of another', async () => {
    repository();
    folders.put('packages/app/logs/api.log', 'x');
    run(workspace(), 'add', '-f', '.');
    const other = join(folders.state, 'other');
    mkdirSync(other);
    run(other, 'init', '-q', '--template=');
    writeFileSync(join(other, '.gitignore'), 'logs\n');
    Object.assign(environment, { GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other });
    assert.deepEqual(await ignoreState(workspace(), ['logs']), { kind: 'uncovered', lines });
    assert.deepEqual(await trackedFiles(workspace(), ['logs'], environment), told(['logs/api.log']));
  });

  it('git() answers null where there is no Git', async () => {
    const answer = await withoutGit(async () => git(folders.root, environment, 'version'));
    assert.deepEqual(answer, { status: null, stdout: '', stderr: 'spawn git ENOENT', late: false });
  });
});
