/**
 * A program that records, to be killed: `node recordingProgram.mjs ROOT WORKER SCENARIO`. It writes numbered entries,
 * some at a time, and prints each number once the recorder has confirmed that the entry is in the log.
 */
import { readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppReport } from '../../src/workspace/workspace.ts';
import type { AppJobs } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { workerRunner } from '../../src/base/job.ts';
import type { RecordingScenario } from './recordingScenario.ts';

const [workspace = '', worker = '', scenario = '{}'] = process.argv.slice(2);
const { mode, times, atOnce, isAwaited, entryBytes, archives } = JSON.parse(scenario) as RecordingScenario;

const recorder = await Recorder.open({ workspace, mode }, { app: workerRunner<AppJobs, AppReport>(worker) });
recorder.on('error', (failure) => {
  writeSync(2, `${failure.code} ${JSON.stringify(failure.data)}\n`);
});
let rotations = 0;
recorder.on('rotated', () => (rotations += 1));

let last = 0;
for (let time = 0; time < times; time += 1) {
  const numbers = Array.from({ length: atOnce }, () => (last += 1));
  const entries = numbers.map((number) => ({
    method: 'GET',
    path: `/numbered/${String(number)}`,
    status: 200,
    note: 'x'.repeat(entryBytes),
  }));
  if (isAwaited) await Promise.all(entries.map((entry) => recorder.recordDurably(entry)));
  else {
    for (const entry of entries) recorder.record(entry);
    await recorder.flush();
  }
  writeSync(1, `${numbers.join('\n')}\n`);
  await recorder.rotationSettled();
}
const zipped = (): number =>
  readdirSync(join(workspace, 'logs')).filter((name) => name.endsWith('.zip')).length;
while (zipped() < archives) await sleep(5);
await recorder.close();
writeSync(1, `end ${String(rotations)}\n`);
