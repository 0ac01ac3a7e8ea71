import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { decodeMember } from '../../../src/archive/zip/unpack.ts';
import { logOf } from '../entryLines.ts';
import { payloadOf } from './memberPayload.ts';

export interface StartedThreads {
  readonly ids: readonly number[];
  /** How many of them have ended. */
  readonly ended: number;
  /** Resolves when all have. */
  readonly allEnded: Promise<unknown>;
}

/** The threads that start while `use` runs, of which none is the one that was kept before. */
export async function startedThreads(use: () => Promise<void>): Promise<StartedThreads> {
  // A text that is not read to its end ends its thread.
  const reading = decodeMember('bzip2', { data: Buffer.from(several) }, { name: 'x' });
  await reading.next();
  await reading.return(undefined);
  const ids: number[] = [];
  const exits: Promise<unknown>[] = [];
  let ended = 0;
  const started = (worker: Worker): void => {
    ids.push(worker.threadId);
    exits.push(once(worker, 'exit').then(() => (ended += 1)));
  };
  process.on('worker', started);
  try {
    await use();
  } finally {
    process.off('worker', started);
  }
  return { ids, ended, allEnded: Promise.all(exits) };
}

/** More than one piece. */
const several = payloadOf.bzip2(logOf(2_000_000, '2026-01-01T00:00:00Z'));
