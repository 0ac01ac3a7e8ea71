import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { AppReport } from '../../src/app/actionEvent.ts';
import type { AppJobs } from '../../src/app/jobs.ts';
import { Recorder } from '../../src/app/recorder.ts';
import { workerRunner } from '../../src/base/job.ts';
import { requireTools, worker } from './commandLine.ts';
import { numbersIn } from './recordedNumbers.ts';
import { fillWorkspace, folderForTests } from './workspaceFolder.ts';

const ENTRIES = 50_000;
const EACH_TURN = 200;
const STALL_MS = 50;

describe('50,000 entries are recorded, rotated and zipped', () => {
  const root = folderForTests('record-stall');

  before(() => {
    requireTools('unzip');
  });

  it(`and no turn of the event loop works for ${String(STALL_MS)} ms`, async () => {
    fillWorkspace(root, { policy: { rotation: { maxFileMB: 1, keepPlain: 1 } } });
    const app = workerRunner<AppJobs, AppReport>(worker);
    const recorder = await Recorder.open({ workspace: root }, { app });
    const errors: string[] = [];
    recorder.on('error', ({ code }) => errors.push(code));
    const longest = watchTurns();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await turn();
    for (let number = 0; number < ENTRIES; number += 1) {
      recorder.record({ method: 'GET', path: `/numbered/${String(number)}`, status: 200, user: 'ada' });
      if (number % EACH_TURN === 0) await turn();
      // More than one file is needed for one of them to be zipped.
      if (number % (ENTRIES / 5) === 0) {
        await recorder.flush();
        await recorder.rotationSettled();
      }
    }
    await recorder.flush();
    await recorder.rotationSettled();
    const zipped = (): number =>
      readdirSync(join(root, 'logs')).filter((name) => name.endsWith('.zip')).length;
    while (zipped() < 1) await sleep(1);
    delay.disable();
    const worked = longest();
    await recorder.close();
    console.log(
      `      longest turn: ${worked.toFixed(1)} ms of work; longest delay of the loop: ${(delay.max / 1e6).toFixed(1)} ms`,
    );
    assert.deepEqual([errors, numbersIn(root).counts.size], [[], ENTRIES]);
    assert.ok(worked < STALL_MS);
  });
});

/**
 * Measures each turn by the processor time of this thread: what another program takes from a busy machine is no stall of
 * ours. @returns what ends it and tells the longest, in ms
 */
function watchTurns(): () => number {
  let longest = 0;
  let before = process.threadCpuUsage();
  let isWatching = true;
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.threadCpuUsage();
    if (isWatching) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    isWatching = false;
    return longest;
  };
}
