import { setImmediate } from 'node:timers/promises';

/** How long work may block a thread, in ms. */
const TURN_MS = 10;

/**
 * For long work that consists of short pieces. The caller awaits the result of the returned function between two
 * pieces, and other work gets its turn as soon as the time is up.
 */
export function turns(): () => Promise<void> | undefined {
  let since = performance.now();

  async function rest(): Promise<void> {
    await setImmediate();
    since = performance.now();
  }

  return () => (performance.now() - since < TURN_MS ? undefined : rest());
}
