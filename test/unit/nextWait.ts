import { mock } from 'node:test';
import { systemPatience } from '../../src/base/patience.ts';

/**
 * Resolves when the code in this process begins to wait for a lock that another process holds, with the system's
 * patience.
 */
export function nextWait(): Promise<void> {
  return new Promise((resolve) => {
    const wait = systemPatience.sleep.bind(systemPatience);
    const waiting = mock.method(systemPatience, 'sleep', (ms: number) => {
      waiting.mock.restore();
      resolve();
      return wait(ms);
    });
  });
}
