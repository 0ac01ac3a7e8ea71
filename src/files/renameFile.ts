import { renameSync } from 'node:fs';
import { systemPatience, type Patience } from '../base/patience.ts';

/** The errors of a rename on Windows while a virus scanner, an indexer or a reader has one of the files open. */
const heldByOthers = new Set(['EPERM', 'EACCES', 'EBUSY']);
const PAUSE_MS = 20;
const ATTEMPTS = 25;

interface System {
  readonly platform: string;
  readonly rename: (from: string, to: string) => void;
  readonly time: Pick<Patience, 'sleepNow'>;
}

const thisSystem: System = {
  platform: process.platform,
  rename(from, to) {
    renameSync(from, to);
  },
  time: systemPatience,
};

/**
 * Renames a file, also over another one. On Windows a rename fails while a program has one of the files open; then it
 * is retried for half a second, and this thread is blocked. On other systems such an error means missing permissions
 * and is thrown at once.
 */
export function renameFile(from: string, to: string, { platform, rename, time } = thisSystem): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rename(from, to);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (platform !== 'win32' || !heldByOthers.has(code) || attempt === ATTEMPTS) throw error;
    }
    time.sleepNow(PAUSE_MS);
  }
}
