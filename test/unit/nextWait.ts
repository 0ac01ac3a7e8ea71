import { mock } from 'node:test';
import { systemPatience } from '../../src/base/patience.ts';

/** Resolves when the code begins to wait, in this process and by the system's patience: somebody else has the lock. */
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
