import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { bundledProgram } from '../bundledProgram.ts';
import { chosenTurns, turnsOf } from './callTurns.ts';
import { requireTools, worker } from './commandLine.ts';
import { assertRecorded, numbersIn } from './recordedNumbers.ts';
import type { OutageReport } from './recordingOutage.ts';
import { runUnderStrace } from './strace.ts';
import { fillWorkspace, folderForTests } from './workspaceFolder.ts';

const LOG = 'logs/api.log';
const LOCK = 'logs/.lock';
const RECORDED = 18;

/** Calls that fail, and the recorder's failure code for them. */
const failing: [calls: string, error: string, path: string, code: string, mode: 'bestEffort' | 'strict'][] = [
  ['write', 'ENOSPC', LOG, 'disk-full', 'bestEffort'],
  ['write', 'ENOSPC', LOG, 'disk-full', 'strict'],
  ['write', 'EIO', LOG, 'machine-error', 'bestEffort'],
  ['write', 'EROFS', LOG, 'no-permission', 'bestEffort'],
  ['fdatasync', 'EIO', LOG, 'machine-error', 'strict'],
  ['fdatasync', 'ENOSPC', LOG, 'disk-full', 'strict'],
  ['fsync', 'EIO', 'logs', 'machine-error', 'strict'],
  ['openat', 'EMFILE', LOG, 'machine-error', 'bestEffort'],
  ['openat', 'EACCES', LOG, 'no-permission', 'bestEffort'],
  ['openat', 'EROFS', LOG, 'no-permission', 'strict'],
];

describe('record while system calls fail', () => {
  const base = folderForTests('record-failing');
  let program: string;
  let roots = 0;

  before(() => {
    requireTools('strace', 'unzip');
    program = bundledProgram(join(import.meta.dirname, 'recordingOutage.ts'));
  });

  /** Runs the program with failing calls; afterwards another recorder and maintenance find all in order. */
  async function run(
    [calls, error, path, , mode]: (typeof failing)[number],
    when: string,
  ): Promise<OutageReport & { failed: number }> {
    const root = join(base, String((roots += 1)));
    fillWorkspace(root, { policy: {} });
    const injection = { calls, effect: `error=${error}`, when, paths: [join(root, path)] };
    const { status, stdout, stderr, trace } = await runUnderStrace([program, root, worker, mode], injection);
    assert.deepEqual([status, stderr], [0, '']);
    const report = JSON.parse(stdout) as OutageReport;
    const { accepted, filtered, dropped, written } = report.stats;
    assert.deepEqual([accepted, filtered, dropped + written], [RECORDED, 0, RECORDED]);

    assert.equal(numbersInIfAny(root), written);
    const recorder = await Recorder.open({ workspace: root }, { app: inlineApp() });
    recorder.record({ method: 'GET', path: '/numbered/after', status: 200 });
    await recorder.close();
    await assertRecorded(root, [...report.acknowledged, 'after'], 0);
    rmSync(root, { recursive: true });
    return { ...report, failed: trace.split('(INJECTED)').length - 1 };
  }

  for (const row of failing) {
    const [calls, error, path, code, mode] = row;
    it(`${calls} on ${path} always answers ${error} (${mode}): one event, each flush says so, close gives up`, async () => {
      const { failed, rejected, events, stats } = await run(row, '1+');
      assert.deepEqual(events, [code]);
      // Data that is written but not synced needs no second write, and nothing waits when the recorder is closed.
      const isWritten = calls.endsWith('sync');
      assert.deepEqual(
        rejected,
        Array.from({ length: isWritten ? 6 : 7 }, () => code),
      );
      assert.equal(stats.written, isWritten ? RECORDED : 0);
      assert.ok(failed >= 6 && failed <= 20, `${String(failed)} attempts`);
    });

    it(`${calls} on ${path} answers ${error} once (${mode}), at each turn: every entry is there once`, async () => {
      for (let when = 1; when <= 4; when += 1) {
        const { failed, rejected, events, stats, acknowledged } = await run(row, String(when));
        if (failed === 0) {
          assert.ok(when > 1, 'nothing failed');
          break;
        }
        assert.deepEqual([rejected, events], [[code], [code]]);
        assert.equal(stats.written, RECORDED);
        assert.equal(acknowledged.length, RECORDED);
      }
    });
  }

  it('a call of the lock answers EIO once, at its first turn, its last and two others, or at each: every entry is there once', async () => {
    const root = join(base, String((roots += 1)));
    fillWorkspace(root, { policy: {} });
    const ofTheLock = /^fcntl\(\d+<[^>]*\/logs\/\.lock>/;
    const all = await turnsOf('fcntl', [program, root, worker, 'bestEffort'], {}, ofTheLock);
    // The injection sees no others, so they are counted apart. With those before the 19th it is opened.
    const turns = all.map((_, index) => index + 1).slice(18);
    assert.ok(turns.length > 20, String(turns.length));
    for (const when of chosenTurns(turns, 'record failing fcntl')) {
      const { failed } = await run(['fcntl', 'EIO', LOCK, 'machine-error', 'bestEffort'], String(when));
      assert.equal(failed, 1, `turn ${String(when)} of ${String(all.length)}`);
    }
  });

  it('the lock can never be taken again: one event, and nothing is written without it', async () => {
    const { events, stats } = await run(['fcntl', 'EIO', LOCK, 'machine-error', 'bestEffort'], '19+');
    assert.deepEqual(events, ['machine-error']);
    assert.ok(stats.dropped > 0);
  });

  function numbersInIfAny(root: string): number {
    const { counts, torn } = numbersIn(root);
    assert.deepEqual(torn, []);
    return counts.size;
  }
});
