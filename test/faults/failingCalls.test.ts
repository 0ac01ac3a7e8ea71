import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { chosenTurns, turnsOf } from './callTurns.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { makeDueWorkspace } from './dueWorkspace.ts';
import { assertNothingLost, assertRecovers, assertSentences } from './recovery.ts';
import { runUnderStrace, type Injection, type Run } from './strace.ts';
import { folderForTests } from './workspaceFolder.ts';

/** Calls that fail each time, the exit code, and what the sentence says. */
const persistently: [
  calls: string,
  error: string,
  paths: string[],
  status: number,
  says: RegExp | undefined,
][] = [
  ['fsync', 'EIO', [], 3, /cannot be used \(EIO/],
  ['/^rename', 'EXDEV', [], 3, /cannot be used \(EXDEV/],
  ['/^rename', 'EACCES', ['logs/api.log'], 3, /api\.log” may not be changed/],
  ['/^link', 'EACCES', [], 3, /api\.2\.log” may not be changed/],
  // File systems without hard links: a rename does as well.
  ['/^link', 'EPERM', [], 0, undefined],
  ['/^link', 'EOPNOTSUPP', [], 0, undefined],
  // File systems without permissions.
  ['fchmod', 'EPERM', [], 0, undefined],
  ['fchown', 'EPERM', [], 0, undefined],
  ['/^unlink', 'EACCES', [], 3, /api\.2\.log” may not be changed/],
  ['/^unlink', 'EIO', [], 3, /system refused “unlink” \(EIO\)/],
  ['/^(rename|link|unlink|mkdir|chmod)', 'EROFS', [], 3, /cannot be used \(EROFS/],
  ['openat', 'EMFILE', ['logs'], 3, /logs”: the system refused “scandir” \(EMFILE\)/],
  ['openat', 'EMFILE', ['logs/api.3.log'], 3, /api\.3\.log”: the system refused “open” \(EMFILE\)/],
  ['openat', 'EMFILE', ['logs/.lock'], 3, /\.lock”: the system refused “open”/],
  ['openat', 'EMFILE', ['.workspace-logs.json'], 3, /the system refused “open” \(EMFILE\)/],
  ['openat', 'EACCES', ['.workspace-logs.json'], 3, /\.workspace-logs\.json” may not be read/],
  ['/^p?read', 'EIO', ['logs/api.3.log'], 3, /api\.3\.log”: the system refused “read” \(EIO\)/],
];

/**
 * Calls that fail once, at some of their turns or at each; in a folder that was kept in order before, or in one that
 * has no lock yet. (A failing `write` would also hit the calls that wake Node's threads; diskFull.test.ts has those.)
 */
const once: [calls: string, error: string, settled: boolean, status: (0 | 3)[]][] = [
  ['fsync', 'EIO', true, [3]],
  // Not even the ignore rule's failure fails maintenance, and SQLite needs no synced folder.
  ['fsync', 'EIO', false, [0, 3]],
  ['pwrite64', 'ENOSPC', false, [3]],
  ['pwrite64', 'EIO', false, [3]],
  ['/^rename', 'EXDEV', true, [3]],
  ['/^link', 'EACCES', true, [3]],
  // A temporary file that cannot be removed is deleted by the next run.
  ['/^unlink', 'EACCES', true, [0, 3]],
  ['/^unlink', 'EIO', false, [0, 3]],
];

/** The calls that are not the audit trail's. */
const beside = /^(?!.*\/audit(?:\.db|\.json|[/>]))/;

describe('maintain while system calls fail', () => {
  const base = folderForTests('failing');
  const app = inlineApp();
  let cases = 0;

  before(() => {
    requireTools('strace', 'unzip', 'git');
  });

  /** Runs with failing calls, then without. The first run may lose nothing, and after the second all is done. */
  async function survives(
    injection: Injection,
    settled: boolean,
    check: (run: Run, injected: boolean) => void,
  ): Promise<boolean> {
    const root = join(base, String((cases += 1)));
    const staying = await makeDueWorkspace(root, settled);
    const paths = injection.paths?.map((path) => join(root, path)) ?? [];
    const run = await runUnderStrace([commandLine, 'maintain', '--workspace', root], { ...injection, paths });
    assert.equal(run.signal, null);
    assertSentences(run.stderr);
    // The completed steps are printed, even after a later failure.
    if (run.stderr.includes('logs”: the system refused “fsync”')) assert.notEqual(run.stdout, '');
    assertNothingLost(root, staying);
    const injected = run.trace.includes('(INJECTED)');
    check(run, injected);

    await assertRecovers(app, root, staying);
    rmSync(root, { recursive: true });
    return injected;
  }

  for (const [calls, effect, paths, status, says] of persistently)
    it(`${calls} always answers ${effect}${paths.length === 0 ? '' : ` for ${paths.join()}`}`, async () => {
      const injection = { calls, effect: `error=${effect}`, when: '1+', paths };
      const injected = await survives(injection, true, (run) => {
        assert.equal(run.status, status, run.stderr);
        if (says !== undefined) assert.match(run.stderr, says);
      });
      assert.ok(injected, 'nothing failed');
    });

  it('a new lock on a file system without permissions is a lock all the same', async () => {
    const paths = ['logs/.lock', 'logs/.maintenance'];
    const injection = {
      calls: '/^(chmod|fchmodat|chown|fchownat)',
      effect: 'error=EPERM',
      when: '1+',
      paths,
    };
    const injected = await survives(injection, false, ({ status, stderr }) => {
      assert.equal(status, 0, stderr);
    });
    assert.ok(injected, 'nothing failed');
  });

  it('a record that cannot be synced stops no maintenance', async () => {
    const root = join(base, String((cases += 1)));
    await makeDueWorkspace(root, true);
    const turns = await turnsOf('fsync', [commandLine, 'maintain', '--workspace', root], {}, /audit\.db/);
    rmSync(root, { recursive: true });
    for (const when of chosenTurns(turns, 'failing records')) {
      const injection = { calls: 'fsync', effect: 'error=EIO', when: String(when) };
      const injected = await survives(injection, true, ({ status, stderr }) => {
        assert.equal(status, 0, stderr);
      });
      assert.ok(injected, `nothing failed at turn ${String(when)} of ${String(turns.length)}`);
    }
  });

  for (const [calls, effect, settled, allowed] of once)
    it(`${calls} answers ${effect} once${settled ? '' : ', in a new folder'}: at its first turn, its last and two others, or at each`, async () => {
      const root = join(base, String((cases += 1)));
      await makeDueWorkspace(root, settled);
      const turns = await turnsOf(calls, [commandLine, 'maintain', '--workspace', root], {}, beside);
      rmSync(root, { recursive: true });
      assert.ok(turns.length > 0, 'there is no such call');
      for (const when of chosenTurns(turns, `failing ${calls} ${effect} ${String(settled)}`)) {
        const injection = { calls, effect: `error=${effect}`, when: String(when) };
        const injected = await survives(injection, settled, ({ status, stderr }) => {
          assert.ok(allowed.includes(status as 0), `${String(status)} ${stderr}`);
        });
        assert.ok(injected, `nothing failed at turn ${String(when)} of ${String(turns.length)}`);
      }
    });
});
