import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppReport } from '../src/workspace/workspace.ts';
import type { AppJobs } from '../src/jobs/jobs.ts';
import { Recorder } from '../src/recorder/recorder.ts';
import { workerRunner } from '../src/base/job.ts';
import { recordNumbered } from '../test/numberedEntries.ts';
import { median } from './sideBySide.ts';
import { ms, type Row } from './table.ts';

const TURNS = 5;
const LIMIT_MS = 50;
const ENTRIES = 50_000;
const rotation = { maxFileMB: 1, keepPlain: 1 };

/**
 * The longest turn of the event loop while entries are recorded, rotated and zipped.
 * @param base the folder in which the library was built
 */
export async function turnRow(base: string): Promise<Row> {
  const longest: number[] = [];
  for (let time = 0; time <= TURNS; time += 1) longest.push(await longestTurn(base));
  // The first turn only warms up.
  const measured = median(longest.slice(1));
  return {
    what: `the longest turn of the event loop, ${ENTRIES.toLocaleString('en-US')} entries recorded, rotated and zipped`,
    measured: ms(measured),
    against: '',
    ratio: '',
    goal: `< ${String(LIMIT_MS)} ms`,
    met: measured < LIMIT_MS,
  };
}

async function longestTurn(base: string): Promise<number> {
  const workspace = mkdtempSync(join(base, 'workspace-'));
  mkdirSync(join(workspace, 'logs'));
  writeFileSync(join(workspace, '.workspace-logs.json'), JSON.stringify({ version: 1, rotation }));
  const app = workerRunner<AppJobs, AppReport>(join(base, 'library/worker.js'));
  const recorder = await Recorder.open({ workspace }, { app });
  const longest = watchTurns();
  await recordNumbered(recorder, ENTRIES);
  const worked = longest();
  await recorder.close();
  app.dispose();
  rmSync(workspace, { recursive: true, maxRetries: 5 });
  return worked;
}

/**
 * Measures each turn by the processor time of this thread, because the time that other programs take on a busy machine
 * is no stall of ours. @returns a function that ends the measurement and returns the longest turn, in ms
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
