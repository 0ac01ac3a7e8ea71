import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/** The longest time in ms that this thread could do nothing else while `work` ran. */
export async function longestStall(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // A block that begins in the turn in which the monitor starts would be missed.
  await turn();
  await work();
  await turn();
  delay.disable();
  return delay.max / 1e6;
}
