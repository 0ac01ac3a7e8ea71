/**
 * A process that records a million entries while its disk takes nothing: `stalledDisk.ts FOLDER [excluded]`. It tells how
 * much its memory grew. With `excluded` the filter keeps none of them: what grows then has nothing to do with the queue.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { inlineApp } from '../../src/app/jobs.ts';
import { Recorder } from '../../src/app/recorder.ts';
import { systemAppendPort } from '../../src/files/appendPort.ts';
import { freshEntries } from './entries.ts';

export interface StalledReport {
  /** Bytes of heap and of what lies outside it (Node counts buffers there), after a collection. */
  readonly growth: number;
  readonly queued: number;
  readonly accepted: number;
  readonly dropped: number;
}

const OFFERED = 1_000_000;
const PIECE = 10_000;

const [folder = '', kind] = process.argv.slice(2);
const port = { ...systemAppendPort, write: () => new Promise<never>(() => undefined), writeNow: () => 0 };
await warmUp();
const before = memory();
const recorder = await Recorder.open({ workspace: folder }, { app: inlineApp(), port });
recorder.on('dropped', () => undefined);
for (let offered = 0; offered < OFFERED; offered += PIECE) await offer(recorder, PIECE, offered);
const growth = memory() - before;
const { accepted, dropped } = recorder.stats();
process.send?.({ growth, queued: recorder.queuedBytes, accepted, dropped } satisfies StalledReport, () => {
  // The recorder would wait for its disk for ever.
  process.kill(process.pid, 'SIGKILL');
});

/** What code and caches take is there before anything is counted: the same with a disk that works. */
async function warmUp(): Promise<void> {
  const other = await Recorder.open({ workspace: folder }, { app: inlineApp() });
  for (let turns = 0; turns < 10; turns += 1) await offer(other, PIECE, turns);
  await other.close();
}

async function offer(to: Recorder, count: number, seed: number): Promise<void> {
  for (const entry of freshEntries(count, seed))
    to.record(kind === 'excluded' ? { ...entry, path: '/health' } : entry);
  await turn();
}

function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
