import { setTimeout as sleep } from 'node:timers/promises';

/** How code waits. A test passes its own `Patience` and decides when a wait ends. */
export interface Patience {
  /** Milliseconds since a fixed moment; they only grow. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Sleeps and blocks this thread; for a process that is about to end. */
  sleepNow(ms: number): void;
}

/** How long to wait before the next attempt, in ms: `first`, then twice the wait `before`, at most `longest`. */
export function nextWait(
  before: number | undefined,
  { first, longest }: { readonly first: number; readonly longest: number },
): number {
  return Math.min(longest, before === undefined ? first : before * 2);
}

export const systemPatience: Patience = {
  now: () => performance.now(),
  sleep: (ms) => sleep(ms),
  sleepNow(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};
