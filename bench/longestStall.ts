import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/** The longest time in ms for which `work` blocked this thread. */
export async function longestStall(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The monitor would miss a block that begins in the turn in which it starts.
  await turn();
  await work();
  await turn();
  delay.disable();
  return delay.max / 1e6;
}
