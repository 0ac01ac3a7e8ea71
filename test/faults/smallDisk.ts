import { closeTrails } from '../../src/audit/trail.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireTools } from './commandLine.ts';

const PAGE_BYTES = 4096;
const FILLING = 'filling';

/** A file system in memory, a new one for each test. A write to it is short before one fails. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  /** Leaves this many pages of 4,096 bytes free. A folder takes none, a file one more than its content. */
  fill(pages: number): void;
  /** Deletes the files that `fill` has written. */
  makeRoom(): void;
  makeReadOnly(): void;
}

/**
 * Mounts a disk before each test of one `describe`, and unmounts it after each, failed or not.
 * @param path a folder, which is made where it is missing
 * @param size as `mount` takes it: `6m`
 * @param leave ends what still uses the disk
 */
export function smallDisk(
  path: string,
  size: string,
  leave: () => Promise<unknown> = () => Promise.resolve(),
): SmallDisk {
  let isMounted = false;
  const unmount = (...options: string[]): void => {
    if (isMounted) execFileSync('umount', [...options, path]);
    isMounted = false;
  };
  // Of a run that is ended within a test; a disk that is still in use goes with its last user.
  const unmountAtExit = (): void => {
    unmount('--lazy');
  };

  before(() => {
    requireTools('mount');
    if (process.getuid?.() !== 0) throw new Error('mounting a tmpfs needs root: sudo npm test');
    process.once('exit', unmountAtExit);
  });
  beforeEach(() => {
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', path]);
    isMounted = true;
  });
  afterEach(async () => {
    try {
      await leave();
      // Use cases of this process keep the audit trail open.
      await closeTrails();
    } finally {
      unmount();
    }
  });
  after(() => {
    process.off('exit', unmountAtExit);
  });

  return {
    path,
    fill: (pages) => {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(join(path, FILLING), Buffer.alloc(Math.max(0, bavail * bsize - pages * PAGE_BYTES)));
    },
    makeRoom: () => {
      rmSync(join(path, FILLING));
    },
    makeReadOnly: () => {
      execFileSync('mount', ['-o', 'remount,ro', path]);
    },
  };
}
