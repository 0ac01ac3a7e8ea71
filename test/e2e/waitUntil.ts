import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** Many times the usual time, because a machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

/** Waits until a condition holds. */
export async function waitUntil(
  holds: () => Promise<boolean>,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: it never came to be so`);
    await delay(100);
  }
}

/** Waits until `read` returns the expected value; otherwise fails with the difference. */
export async function comesToEqual<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const end = Date.now() + PATIENCE_MS / 2;
  let found = await read();
  while (!isDeepStrictEqual(found, expected) && Date.now() < end) {
    await delay(100);
    found = await read();
  }
  assert.deepEqual(found, expected);
}

/** Whether the condition holds before the time is over. */
export function comes(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}
