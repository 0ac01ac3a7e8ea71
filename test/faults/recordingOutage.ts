/**
 * A program whose recorder meets a disk that refuses: `node recordingOutage.mjs ROOT WORKER MODE`. It records numbered
 * entries, requests their writing repeatedly, closes the recorder, and prints the results as JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppReport } from '../../src/workspace/workspace.ts';
import type { AppJobs } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import type { RecorderStats } from '../../src/recorder/recorderTypes.ts';
import { hasCode } from '../../src/base/failure.ts';
import { workerRunner } from '../../src/base/job.ts';

/** The output of the program. */
export interface OutageReport {
  /** Numbers of entries for which a flush resolved. */
  readonly acknowledged: string[];
  /** The codes of flushes that were rejected, and of the recorder's events. */
  readonly rejected: string[];
  readonly events: string[];
  readonly stats: RecorderStats;
}

const ROUNDS = 6;
const AT_ONCE = 3;
const [workspace = '', worker = '', mode = ''] = process.argv.slice(2);

const recorder = await Recorder.open(
  { workspace, mode: mode === 'strict' ? mode : 'bestEffort' },
  { app: workerRunner<AppJobs, AppReport>(worker) },
);
const rejected: string[] = [];
const events: string[] = [];
recorder.on('error', ({ code }) => events.push(code));
const keep = (error: unknown): void => {
  rejected.push(hasCode(error) ? error.code : String(error));
};

const recorded: string[] = [];
let acknowledged: string[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  for (let entry = 0; entry < AT_ONCE; entry += 1) {
    recorded.push(String(recorded.length));
    recorder.record({ method: 'GET', path: `/numbered/${recorded.at(-1) ?? ''}`, status: 200 });
  }
  await recorder.flush().then(() => (acknowledged = [...recorded]), keep);
  await sleep(20);
}
await recorder.close().then(() => (acknowledged = [...recorded]), keep);
const report: OutageReport = { acknowledged, rejected, events, stats: recorder.stats() };
process.stdout.write(JSON.stringify(report));
