import { linkSync, lstatSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import type { LogFile } from './logFile.ts';
import { keepOwner, keepTimes, makeFolder, writeAtomically } from './durable.ts';
import { isUnchanged } from './identity.ts';
import { renameFile } from './renameFile.ts';
import { kindOf } from './list.ts';

/** The errors of `link` on a file system without hard links (FAT, some network shares); on Windows it is EISDIR. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR']);

/**
 * Gives a finished file its final name unless that name is taken; the temporary name may stay. Without hard links it
 * checks the name first and then renames, so the caller must keep others from taking the name meanwhile.
 * @param link the system's call
 * @returns whether the file got the name
 */
export function giveName(temporary: string, target: string, link = linkSync): boolean {
  try {
    link(temporary, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === undefined || !noLinks.has(code)) throw error;
  }
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) return false;
  renameFile(temporary, target);
  return true;
}

/**
 * Writes a new file under the first of `names` that is free. The file is written under a temporary name in the same
 * folder, synced and read back before it gets its name. So a name always means a whole file, and no file is overwritten
 * (without hard links, only if no other process takes the name at the same moment). Only the owner may read it (0600).
 * A temporary file that a killed call for the same first name left is removed.
 * @param names as many as are asked for
 * @returns the name that the file got
 * @throws Failure `file-missing` if the folder is gone, `disk-full` …; then no file is left behind
 */
export function writeNewNamed(
  folder: string,
  names: () => Iterable<string>,
  pieces: readonly Uint8Array[],
): string {
  const [first = ''] = names();
  const path = join(folder, first);
  return writeAtomically(path, pieces, (temporary) => {
    for (const name of names()) if (giveName(temporary, join(folder, name))) return name;
    throw new Failure('unexpected', { detail: 'no name is free' });
  });
}

/**
 * Replaces the content of the file at `path` atomically, if it still is the `file` that was checked before. Its
 * permissions, its owner and its modification time stay: the expiry of session archives counts from that time.
 * @throws Failure `source-changing` if the file has changed, `disk-full` …; then the old content stays
 */
export function replaceArchive(path: string, file: LogFile, pieces: readonly Uint8Array[]): void {
  const folder = dirname(path);
  writeAtomically(path, pieces, (temporary, old) => {
    if (old !== undefined) {
      keepOwner(temporary, old);
      keepTimes(temporary, old);
    }
    if (!isUnchanged(folder, file)) throw new Failure('source-changing', { name: basename(path) });
    renameFile(temporary, path);
  });
}

/**
 * Makes the folder `path` below `base`, level by level, for the owner of `base` alone (0700). Existing folders stay as they are.
 * @param base an existing folder, reached directly or through links
 * @returns the folders that got a new folder. The caller syncs them when the new folder holds a file: until then it may
 *   be removed
 * @throws Failure `logs-not-a-folder` with the path of the file or link that is in the way below `base`; `file-missing`
 *   if another process removed a level meanwhile
 */
export function makeFolders(base: string, path: string): string[] {
  const changed: string[] = [];
  let folder = base;
  for (const part of relative(base, path).split(sep)) {
    if (part === '') continue;
    const around = folder;
    folder = join(around, part);
    if (isMade(folder)) changed.push(around);
  }
  return changed;
}

function isMade(path: string): boolean {
  try {
    makeFolder(path, 0o700);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fromSystemError(error, path, 'write');
    const what = kindOf(path);
    if (what === 'missing') throw new Failure('file-missing', { path }, error);
    if (what !== 'folder') throw new Failure('logs-not-a-folder', { path, what }, error);
    return false;
  }
}

/** The innermost existing folder on the way to `path`, with links followed. */
export function nearestFolder(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder || dirname(path) === path ? path : nearestFolder(dirname(path));
}
