import { setTimeout as sleep } from 'node:timers/promises';

/** How a waiting passes: the system's own, or one of a test, which then decides when a waiting ends. */
export interface Patience {
  /** Milliseconds since some moment; they only grow. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** The same on this thread, which stands still meanwhile: for a process that is about to end. */
  sleepNow(ms: number): void;
}

export const systemPatience: Patience = {
  now: () => performance.now(),
  sleep: (ms) => sleep(ms),
  sleepNow(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};
