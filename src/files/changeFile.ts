import { lstatSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { LogFile } from './logFile.ts';
import { syncFolder } from './durable.ts';
import type { FolderLock } from './folderLock.ts';
import { type FileMark, identifyGrown, isUnchanged } from './identity.ts';
import { renameFile } from './renameFile.ts';

/**
 * Gives an active file its rotated name, by one rename under the exclusive lock. The file may have grown since it was
 * checked, but must be the same.
 * @returns the file as it was at the rename; undefined if it is another file now, or if the name is taken
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

/**
 * Removes a file of `folder` under the exclusive lock, if it is unchanged. The caller syncs the folder.
 * @param mayHaveGrown also removes a file that has grown since
 * @returns the file as it was at its removal; undefined if it has changed
 * @throws Failure `lock-busy`, and errors of the file system
 */
export function removeFile(
  folder: string,
  file: LogFile,
  lock: FolderLock,
  { mayHaveGrown = false } = {},
): Promise<LogFile | undefined> {
  return lock.exclusive(() => removeLocked(folder, file, { mayHaveGrown }));
}

/** The same for a caller that holds the exclusive lock. */
export function removeLocked(
  folder: string,
  file: LogFile,
  options: { readonly mayHaveGrown?: boolean } = {},
): LogFile | undefined {
  const now = fileNow(folder, file, options);
  if (now !== undefined) unlinkSync(join(folder, file.name));
  return now;
}

/** A file as it is now; undefined if it has changed. @param mayHaveGrown also takes a file that has grown since */
export function fileNow(folder: string, file: LogFile, { mayHaveGrown = false } = {}): LogFile | undefined {
  return mayHaveGrown || isUnchanged(folder, file) ? identifyGrown(folder, file) : undefined;
}

/**
 * Removes a file of a folder that has no lock, if the file is unchanged. The caller syncs the folder.
 * @returns false if the file has changed
 */
export function removeUnlocked(folder: string, file: FileMark): boolean {
  const isTheOne = isUnchanged(folder, file);
  if (isTheOne) unlinkSync(join(folder, file.name));
  return isTheOne;
}
