import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ActionEvent, AppReport } from '../../../src/workspace/workspace.ts';
import type { CheckId, Finding } from '../../../src/setup/findings.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { isFailure } from '../../../src/base/failure.ts';
import { bundledProgram } from '../../bundledProgram.ts';
import { freshFolders } from '../freshFolders.ts';
import { gitRepository } from '../gitRepository.ts';
import { onDisk } from '../onDisk.ts';
import { checkNames } from './checkNames.ts';

const leftover = 'api.2026-01-01.log.zip.tmp-0123456789abcdef';

describe('checkWorkspace', function () {
  this.timeout(180_000);
  const folders = freshFolders();
  const { git, repository: copyRepository } = gitRepository(folders);
  const app = inlineApp(folders.environment);
  let actions: ActionEvent['action'][] = [];
  const onReport = (report: AppReport): void => {
    if (report.kind === 'action') actions.push(report.event.action);
  };

  /** Looks twice, which must change nothing, and gives what is not sound. */
  const check = async (): Promise<Finding[]> => {
    const before = [onDisk(folders.root), onDisk(folders.state)];
    const findings = await app.run('checkWorkspace', { root: folders.root });
    assert.deepEqual([onDisk(folders.root), onDisk(folders.state)], before);
    assert.deepEqual(
      findings.map((finding) => finding.check),
      checkNames,
    );
    return findings;
  };
  const found = async (): Promise<CheckId[]> =>
    (await check()).filter(({ ok }) => !ok).map((finding) => finding.check);
  const of = async <C extends CheckId>(id: C): Promise<Finding & { check: C }> =>
    (await check()).find((finding) => finding.check === id) as Finding & { check: C };
  const initialise = async (): Promise<void> => {
    await app.run('initialise', { root: folders.root });
  };
  const fix = async (
    id: 'policy' | 'ignored' | 'untracked' | 'leftovers' | 'commit-check',
  ): Promise<void> => {
    await app.run('fixFinding', { root: folders.root, check: id }, { onReport });
  };
  const repository = (): void => {
    copyRepository(folders.root);
  };

  beforeEach(() => {
    actions = [];
  });

  it('tells the globs of families that match no log, which is no finding', async () => {
    folders.policy({ retention: { alsoFamilies: ['nginx*', '(dated)', 'ngnix*'] } });
    folders.put('logs/nginx.access.log', 'x');
    folders.put('logs/2026-01-01.log', 'x');
    const { ok, facts } = await of('policy');
    assert.deepEqual([ok, facts], [true, { state: 'unmatched', globs: { first: ['ngnix*'], count: 1 } }]);
    folders.put('logs/ngnix.log', 'x');
    assert.equal((await of('policy')).facts.state, 'sound');
  });

  it('finds nothing in a workspace that was just initialised, with Git or without', async () => {
    await initialise();
    assert.deepEqual(await found(), []);
    assert.equal((await of('ignored')).facts.state, 'no-repository');
    repository();
    await app.run('runMaintenance', { root: folders.root });
    assert.deepEqual(await found(), []);
    const commitCheck = await of('commit-check');
    assert.deepEqual([commitCheck.facts.state, commitCheck.fix], ['absent', 'commit-check']);
  });

  it('finds nothing in a fresh clone, whose logs are not there yet', async () => {
    await initialise();
    rmSync(folders.logs, { recursive: true });
    assert.deepEqual(await found(), []);
    assert.equal((await of('writable')).facts.state, 'no-logs');
  });

  it('without a policy finds that, looks at the default folders, and offers to change nothing else', async () => {
    repository();
    folders.put('logs/api.log', 'x');
    folders.put(`logs/${leftover}`, 'x');
    git(folders.root, 'add', '-f', '.');
    assert.deepEqual(await found(), ['policy', 'ignored', 'untracked', 'leftovers']);
    for (const finding of await check())
      assert.equal(finding.fix, finding.check === 'policy' ? 'policy' : undefined);
    for (const id of ['ignored', 'untracked', 'leftovers', 'commit-check'] as const)
      await assert.rejects(fix(id), (error) => isFailure(error, 'not-managed'));
    await fix('policy');
    assert.deepEqual(await found(), ['untracked', 'leftovers']);
  });

  it('with a damaged policy says what is wrong with it, and offers to change nothing', async () => {
    repository();
    folders.put('.workspace-logs.json', '{ "version": 1, "rotation": 7 }');
    folders.put('logs/api.log', 'x');
    const [policy, ...others] = (await check()).filter(({ ok }) => !ok);
    assert.ok(policy?.check === 'policy' && policy.facts.state === 'unusable');
    assert.equal(policy.facts.failure.code, 'policy-damaged');
    assert.deepEqual(
      others.map((finding) => [finding.check, finding.fix]),
      [['ignored', undefined]],
    );
  });

  it('ignored: a rule that is missing, or was undone here, and adds it again', async () => {
    repository();
    await initialise();
    await app.run('undoIgnore', { root: folders.root });
    const finding = await of('ignored');
    assert.deepEqual(finding, {
      check: 'ignored',
      ok: false,
      facts: { state: 'declined', lines: ['logs/'] },
      fix: 'ignored',
    });
    await fix('ignored');
    assert.deepEqual(await found(), []);
    folders.put('.gitignore', '');
    assert.equal((await of('ignored')).facts.state, 'uncovered');
    assert.deepEqual(actions, [{ kind: 'ignore-rule-added', lines: ['logs/'] }]);
  });

  it('untracked: log files in the index, and takes them out', async () => {
    repository();
    await initialise();
    for (let number = 1; number <= 12; number += 1) folders.put(`logs/api.${String(number)}.log`, 'x');
    git(folders.root, 'add', '-f', '.');
    const { facts, fix: id } = await of('untracked');
    assert.ok(facts.state === 'tracked');
    // The logs, the lock, and the three files of the audit trail.
    assert.deepEqual([facts.files.count, facts.files.first.length, id], [16, 10, 'untracked']);
    const before = onDisk(folders.logs);
    await fix('untracked');
    assert.deepEqual(onDisk(folders.logs), before);
    assert.deepEqual(await found(), []);
    assert.deepEqual(
      actions.map((action) => (action.kind === 'untracked' ? action.paths.length : action.kind)),
      [16],
    );
    await fix('untracked');
    assert.equal(actions.length, 1);
  });

  it('untracked: tells of many files as of their folder', async () => {
    repository();
    await initialise();
    for (let number = 1; number <= 101; number += 1) folders.put(`logs/api.${String(number)}.log`, 'x');
    git(folders.root, 'add', '-f', '.');
    await fix('untracked');
    assert.deepEqual(actions, [{ kind: 'untracked', paths: ['logs'] }]);
  });

  it('untracked: fails with what Git says, or without a repository', async () => {
    await initialise();
    await assert.rejects(fix('untracked'), (error) => isFailure(error, 'no-repository'));
    repository();
    folders.put('logs/api.log', 'x');
    git(folders.root, 'add', '-f', '.');
    folders.put('.git/index.lock', '');
    await assert.rejects(fix('untracked'), (error) => isFailure(error, 'git-refused'));
  });

  it('unlinked: logs, policy and managed names', async () => {
    await initialise();
    linkSync(folders.put('elsewhere', 'x'), join(folders.logs, 'api.log'));
    const { facts } = await of('unlinked');
    assert.deepEqual(facts, {
      state: 'odd',
      names: { first: [{ name: 'logs/api.log', what: 'hard-link' }], count: 1 },
    });
    rmSync(folders.logs, { recursive: true });
    symlinkSync(folders.state, join(folders.root, 'logs'));
    assert.deepEqual(await found(), ['unlinked']);
  });

  it('history: a commit with logs, told with paths from the repository’s root', async () => {
    repository();
    const root = join(folders.root, 'packages/app');
    mkdirSync(join(root, 'logs'), { recursive: true });
    await app.run('initialise', { root });
    writeFileSync(join(root, 'logs/api.log'), 'x');
    git(root, 'add', '-f', '.');
    git(root, 'commit', '-q', '-m', 'x');
    await app.run('untrack', { root });
    git(root, 'commit', '-q', '-m', 'x');
    const findings = (await app.run('checkWorkspace', { root })).filter(({ ok }) => !ok);
    assert.deepEqual(
      findings.map((finding) => finding.check),
      ['history'],
    );
    const [history] = findings;
    assert.ok(history?.check === 'history' && history.facts.state === 'committed');
    assert.deepEqual([history.facts.paths, history.fix], [['packages/app/logs'], undefined]);
  });

  it('leftovers: in logs/ and beside policy and ignore file, swept by maintenance, kept on hold', async () => {
    await initialise();
    const names = [
      `logs/${leftover}`,
      '.workspace-logs.json.tmp-0123456789abcdef',
      '.gitignore.tmp-0123456789abcdef',
    ];
    for (const name of names) folders.put(name, 'x');
    folders.put('notes.tmp-0123456789abcdef', 'mine');
    const { facts, fix: id } = await of('leftovers');
    assert.ok(facts.state === 'left');
    assert.deepEqual([facts.names.first, id], [names, 'leftovers']);
    const edits = [{ key: 'retention.hold', value: true }];
    await app.run('savePolicy', { root: folders.root, edits });
    folders.put(names[1]!, 'x');
    assert.deepEqual([(await of('leftovers')).ok, (await of('leftovers')).fix], [true, undefined]);
    await app.run('savePolicy', { root: folders.root, edits: [{ key: 'retention.hold', value: false }] });
    await fix('leftovers');
    assert.deepEqual(await found(), []);
    assert.equal(existsSync(join(folders.root, 'notes.tmp-0123456789abcdef')), true);
  });

  /** Where a file system is mounted read-only below the workspace, in a namespace of its own, and what is found then. */
  const readOnly: [what: string, policy: object, mounts: string, state: string][] = [
    ['nothing', {}, 'true', 'writable'],
    ['the workspace, but not logs/', {}, 'ro . && mount --bind "$2/logs" logs', 'root-read-only'],
    ['the workspace', {}, 'ro .', 'unwritable'],
    ['logs/', {}, 'ro logs', 'unwritable'],
    [
      'the workspace, but not logs/, where session archives go beside it',
      { sessions: { enabled: true } },
      'ro . && mount --bind "$2/logs" logs',
      'unwritable',
    ],
  ];
  for (const [what, policy, mounts, state] of readOnly)
    it(`writable: a read-only file system holds ${what}: ${state}`, () => {
      folders.policy(policy);
      const kept = join(folders.state, 'kept');
      for (const path of [folders.logs, join(kept, 'logs')]) mkdirSync(path, { recursive: true });
      const module = bundledProgram(join(import.meta.dirname, '../../../src/jobs/jobs.ts'));
      const program = `import { inlineApp } from ${JSON.stringify(module)};
        const findings = await inlineApp().run('checkWorkspace', { root: ${JSON.stringify(folders.root)} });
        console.log(findings.find(({ check }) => check === 'writable').facts.state);`;
      const script = `ro() { mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$PWD"; }
        cd "$1" && ${mounts} && exec "$3" --input-type=module -e "$4"`;
      const words = ['--mount', 'sh', '-ec', script, 'sh', folders.root, kept, process.execPath, program];
      const printed = execFileSync('unshare', words, { encoding: 'utf8', env: folders.environment });
      assert.equal(printed.trim(), state);
    });

  it('commit-check: installs, refreshes and removes it, and says what it did once', async () => {
    repository();
    await initialise();
    await fix('commit-check');
    await fix('commit-check');
    const path = join(folders.root, '.git/hooks/pre-commit');
    assert.deepEqual((await of('commit-check')).facts, { state: 'installed', path });
    await app.run('savePolicy', { root: folders.root, edits: [{ key: 'sessions.enabled', value: true }] });
    assert.deepEqual(await found(), ['commit-check']);
    assert.deepEqual(await app.run('installCommitCheck', { root: folders.root }), { path });
    assert.deepEqual(await found(), []);
    const removed = await app.run('removeCommitCheck', { root: folders.root }, { onReport });
    assert.deepEqual(removed, { path });
    assert.deepEqual(await app.run('removeCommitCheck', { root: folders.root }, { onReport }), {});
    assert.deepEqual(actions, [
      { kind: 'commit-check-installed', path },
      { kind: 'commit-check-removed', path },
    ]);
  });

  it('commit-check: is a finding once what was installed here is gone, until it is removed on purpose', async () => {
    repository();
    await initialise();
    await fix('commit-check');
    const path = join(folders.root, '.git/hooks/pre-commit');
    const byHand = [
      (): void => {
        rmSync(path);
      },
      (): void => {
        rmSync(join(path, '..'), { recursive: true });
      },
    ];
    for (const lose of byHand) {
      lose();
      const finding = await of('commit-check');
      assert.deepEqual(
        [finding.ok, finding.facts, finding.fix],
        [false, { state: 'gone', path }, 'commit-check'],
      );
      await fix('commit-check');
      assert.deepEqual(await found(), []);
    }
    writeFileSync(path, '#!/bin/sh\ncall_lefthook run "pre-commit" "$@"\n');
    const finding = await of('commit-check');
    assert.ok(finding.facts.state === 'gone' && !finding.ok && finding.fix === undefined);
    assert.equal(finding.facts.added?.place, join(folders.root, 'lefthook.yml'));
    await app.run('removeCommitCheck', { root: folders.root });
    assert.deepEqual(await found(), []);
    git(folders.root, 'config', 'core.hooksPath', '.husky/_');
    assert.deepEqual(await found(), []);
  });

  it('commit-check: gives the line for a hook of others, and leaves it as it is', async () => {
    repository();
    await initialise();
    const path = folders.put('.git/hooks/pre-commit', '#!/bin/sh\nexit 1\n');
    await assert.rejects(fix('commit-check'), (error) => isFailure(error, 'hook-foreign'));
    const finding = await of('commit-check');
    assert.deepEqual([finding.ok, finding.facts.state, finding.fix], [true, 'add-line', undefined]);
    assert.equal(readFileSync(path, 'utf8'), '#!/bin/sh\nexit 1\n');
  });

  it('commit-check: offers no fix for one in a hook of others, which earlier versions wrote there', async () => {
    repository();
    await initialise();
    await fix('commit-check');
    const path = join(folders.root, '.git/hooks/pre-commit');
    const hook = readFileSync(path, 'latin1');
    writeFileSync(path, `${hook}exit 0\n`);
    assert.deepEqual((await of('commit-check')).facts, { state: 'installed', path });
    chmodSync(path, 0o644);
    assert.deepEqual((await of('commit-check')).facts, { state: 'not-executable', path, isOurs: false });
    writeFileSync(path, `${hook.replace('--no-renames', '')}exit 0\n`);
    const finding = await of('commit-check');
    assert.deepEqual(finding.facts, { state: 'outdated', path, isOurs: false });
    assert.deepEqual([finding.ok, finding.fix], [false, undefined]);
  });

  it('says what Git refuses, and does not take silence for a finding where there is no Git', async () => {
    repository();
    await initialise();
    const path = folders.environment.PATH;
    folders.environment.PATH = folders.state;
    assert.deepEqual(await found(), []);
    for (const id of ['untracked', 'history', 'commit-check'] as const)
      assert.deepEqual((await of(id)).facts, { state: 'silent', silence: { kind: 'no-git' } });
    folders.environment.PATH = path;
    writeFileSync(join(folders.root, '.git/config'), '[broken');
    assert.deepEqual(await found(), ['untracked', 'history', 'commit-check']);
    assert.match(readFileSync(join(folders.root, '.gitignore'), 'utf8'), /^logs\/$/m);
  });

  it('one check that fails hinders no other', async () => {
    await initialise();
    mkdirSync(join(folders.state, 'workspace-logs'), { recursive: true });
    rmSync(join(folders.state, 'workspace-logs'), { recursive: true });
    writeFileSync(join(folders.state, 'workspace-logs'), 'a file where the state folder should be');
    repository();
    folders.put('.gitignore', '');
    const { facts, ok } = await of('ignored');
    assert.equal(ok, false);
    assert.equal(facts.state, 'failed');
    assert.deepEqual(await found(), ['ignored', 'writable']);
  });

  it('needs a folder', async () => {
    await assert.rejects(app.run('checkWorkspace', { root: join(folders.root, 'nothing') }), (error) =>
      isFailure(error, 'workspace-not-a-folder'),
    );
  });
});
