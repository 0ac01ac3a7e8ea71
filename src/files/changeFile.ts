import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { LogFile } from './logFile.ts';
import { syncFolder } from './durable.ts';
import type { FolderLock } from './folderLock.ts';
import { identifyGrown } from './identity.ts';
import { renameFile } from './renameFile.ts';

/**
 * Gives an active file its rotated name: one rename, under the exclusive lock, of a file that may have grown since it was
 * looked at but is still the same.
 * @returns the file as it was when it was renamed; undefined where it is another one by now, or the name is taken
 * @throws Failure `lock-busy`, and those of the file system
 */
export function rotateFile(
  folder: string,
  file: LogFile,
  to: string,
  lock: FolderLock,
): Promise<LogFile | undefined> {
  return lock.exclusive(() => {
    const now = identifyGrown(folder, file);
    if (now === undefined) return undefined;
    if (lstatSync(join(folder, to), { throwIfNoEntry: false }) !== undefined) return undefined;
    renameFile(join(folder, file.name), join(folder, to));
    syncFolder(folder);
    return now;
  });
}
