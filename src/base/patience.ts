import { setTimeout as sleep } from 'node:timers/promises';

/** How code waits. A test passes its own `Patience` and decides when a wait ends. */
export interface Patience {
  /** Milliseconds since a fixed moment; they only grow. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Sleeps and blocks this thread; for a process that is about to end. */
  sleepNow(ms: number): void;
}

export const systemPatience: Patience = {
  now: () => performance.now(),
  sleep: (ms) => sleep(ms),
  sleepNow(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};
