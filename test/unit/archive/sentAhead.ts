import { keepThread, takeThread } from '../../../src/archive/codec/codecThreads.ts';
import { setImmediate as turn } from 'node:timers/promises';

/** The pieces that a decoding thread sends while only the first is taken. */
export interface SentAhead {
  /** The pieces that were sent and not taken when the thread began to wait. */
  readonly pieces: number;
  /** Whether it came to the end of the text instead. */
  readonly hasEnded: boolean;
  /** The longest piece, in bytes. */
  readonly longest: number;
}

/** Takes one piece, and lets the thread go on until it waits or has come to the end. */
export async function sentAhead(read: () => AsyncGenerator<Buffer>): Promise<SentAhead> {
  // The thread that is kept is the one that the text gets.
  const thread = await takeThread('of the test', undefined);
  keepThread(thread);
  const { worker, state } = thread;
  let [pieces, hasEnded, longest] = [0, false, 0];
  const count = (message: { kind: string; bytes?: Uint8Array }): void => {
    if (message.kind === 'end') hasEnded = true;
    else pieces += 1;
    longest = Math.max(longest, message.bytes?.length ?? 0);
  };
  worker.on('message', count);
  try {
    const reading = read();
    await reading.next();
    // Waking the thread changes nothing: it waits again. `notify` returns how many threads were woken.
    while (!hasEnded && Atomics.notify(state, 0) === 0) await turn();
    await turn();
    // The first one counts as taken only when the next one is asked for.
    const result = { pieces, hasEnded, longest };
    await reading.return(undefined);
    return result;
  } finally {
    worker.off('message', count);
  }
}
