/**
 * A process that records a million entries while its disk accepts nothing: `stalledDisk.ts FOLDER [excluded]`. It
 * reports the growth of its memory. With `excluded` the filter keeps no entry: the growth then does not come from the
 * queue.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { systemAppendPort } from '../../src/files/append.ts';
import { freshEntries } from './entries.ts';

export interface StalledReport {
  /** Bytes of the heap and of memory outside it (Node counts buffers there), after a collection. */
  readonly growth: number;
  readonly queued: number;
  readonly accepted: number;
  readonly dropped: number;
}

const OFFERED = 1_000_000;
const PIECE = 10_000;

const [folder = '', kind] = process.argv.slice(2);
/** The same entries again and again: the queue keeps its own text of them. */
const entries = freshEntries(PIECE, 1).map((entry) =>
  kind === 'excluded' ? { ...entry, path: '/health' } : entry,
);
const port = { ...systemAppendPort, write: () => new Promise<never>(() => undefined), writeNow: () => 0 };
await warmUp();
const before = await memory();
const recorder = await Recorder.open({ workspace: folder }, { app: inlineApp(), port });
for (let offered = 0; offered < OFFERED; offered += PIECE) await offer(recorder);
const growth = (await memory()) - before;
const { accepted, dropped } = recorder.stats();
process.send?.({ growth, queued: recorder.queuedBytes, accepted, dropped } satisfies StalledReport, () => {
  // Otherwise the recorder would wait for its disk for ever.
  process.kill(process.pid, 'SIGKILL');
});

/** Warms up code and caches with a working disk, so that their memory is not counted. */
async function warmUp(): Promise<void> {
  const other = await Recorder.open({ workspace: folder }, { app: inlineApp() });
  for (let turns = 0; turns < 20; turns += 1) await offer(other);
  await other.close();
}

async function offer(to: Recorder): Promise<void> {
  for (const entry of entries) to.record(entry);
  await turn();
}

/** Buffers are freed a turn or two after the collection that found them. */
async function memory(): Promise<number> {
  for (let turns = 0; turns < 5; turns += 1) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
