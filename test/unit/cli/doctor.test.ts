import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, type Answer } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { gitRepository } from '../gitRepository.ts';
import { onDisk } from '../onDisk.ts';
import { checkNames } from '../setup/checkNames.ts';

describe('doctor', function () {
  this.timeout(180_000);
  const folders = freshFolders();
  const { git, tryGit } = gitRepository(folders);
  const run = async (...words: string[]): Promise<Answer> => commandLineHere(words, { cwd: folders.root });
  const doctor = async (...words: string[]): Promise<Answer> => run('doctor', ...words);
  interface Printed {
    readonly check: string;
    readonly ok: boolean;
    readonly detail: string;
    readonly remedy: string;
  }

  it('prints every check as JSON and exits with 0 when all is sound', async () => {
    git(folders.root, 'init', '-q', '--template=');
    await run('init');
    const before = onDisk(folders.root);
    const { code, stdout, stderr } = await doctor('--json');
    assert.deepEqual([code, stderr], [0, '']);
    const printed = JSON.parse(stdout) as Printed[];
    assert.deepEqual(
      printed.map(({ check }) => check),
      checkNames,
    );
    for (const each of printed) {
      assert.deepEqual(Object.keys(each), ['check', 'ok', 'detail', 'remedy']);
      assert.deepEqual([each.ok, each.remedy], [true, '']);
    }
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('prints a line a check and exits with 1 when something is not', async () => {
    // Started, for streams and exit codes.
    const { code, stdout, stderr } = await commandLine(['doctor'], { cwd: folders.root });
    assert.deepEqual([code, stderr], [1, '']);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 9);
    assert.match(lines[0]!, /^FINDING policy: There is no policy.* Run “init” or Configure Logging\.$/);
    for (const line of lines.slice(1)) assert.match(line, /^ok {6}[a-z-]+: /);
    assert.deepEqual(onDisk(folders.root), {});
  });

  it('--fix puts right what it names, one after the other, and prints how it is then', async () => {
    git(folders.root, 'init', '-q', '--template=');
    folders.put('logs/api.log', 'x');
    git(folders.root, 'add', '-f', 'logs');
    const { code, stdout } = await doctor(
      '--fix',
      'policy',
      '--fix',
      'untracked',
      '--fix',
      'commit-check',
      '--json',
    );
    assert.equal(code, 0, stdout);
    assert.equal(git(folders.root, 'ls-files'), '');
    assert.equal(readFileSync(join(folders.root, 'logs/api.log'), 'utf8'), 'x');
    const hook = join(folders.root, '.git/hooks/pre-commit');
    git(folders.root, 'add', '-f', 'logs');
    assert.equal(tryGit(folders.root, 'commit', '-m', 'x').status, 1);
    assert.equal((await doctor('--remove-commit-check')).code, 1);
    assert.equal(existsSync(hook), false);
    assert.equal((await doctor('--remove-commit-check', '--fix', 'untracked')).code, 0);
  });

  const refused: [words: string[], code: number, sentence: RegExp][] = [
    [
      ['--fix', 'mount'],
      2,
      /“mount” cannot be fixed from here; these can: policy, ignored, untracked, leftovers/,
    ],
    [['--fix', ''], 2, /cannot be fixed/],
    [['--fix'], 2, /./],
    [['all'], 2, /one word too many/],
    [['--fix', 'untracked'], 1, /has no policy/],
    [['--remove-commit-check'], 1, /has no policy/],
    [['--workspace', 'nothing'], 1, /There is no folder/],
  ];
  for (const [words, code, sentence] of refused)
    it(`${words.join(' ')} exits with ${String(code)} and one sentence`, async () => {
      const answer = await doctor(...words);
      assert.deepEqual([answer.code, answer.stdout], [code, '']);
      assert.match(answer.stderr, /^workspace-logs: [^\n]+\n$/);
      assert.match(answer.stderr, sentence);
      assert.deepEqual(onDisk(folders.root), {});
    });

  it('refuses in words where there is no repository, or a hook of others', async () => {
    await run('init');
    const none = await doctor('--fix', 'untracked');
    assert.deepEqual([none.code, none.stdout], [1, '']);
    assert.match(none.stderr, /is in no Git repository/);
    git(folders.root, 'init', '-q', '--template=');
    folders.put('.git/hooks/pre-commit', '#!/usr/bin/env python3\n');
    const foreign = await doctor('--fix', 'commit-check');
    assert.equal(foreign.code, 1);
    assert.match(
      foreign.stderr,
      /was written by others.*add this shell line to that script: git diff --cached --quiet/,
    );
    assert.match((await doctor()).stdout, /commit-check: .*add this line there: git diff --cached --quiet/);
    assert.equal(
      readFileSync(join(folders.root, '.git/hooks/pre-commit'), 'utf8'),
      '#!/usr/bin/env python3\n',
    );
  });
});
