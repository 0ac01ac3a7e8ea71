import { setImmediate } from 'node:timers/promises';

/** How long work may keep a thread to itself, in ms. */
const TURN_MS = 10;

/** For long work made of short pieces: whoever awaits the answer between them lets others have a turn, as soon as it is due. */
export function turns(): () => Promise<void> | undefined {
  let since = performance.now();

  async function rest(): Promise<void> {
    await setImmediate();
    since = performance.now();
  }

  return () => (performance.now() - since < TURN_MS ? undefined : rest());
}
