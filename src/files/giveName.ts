import { linkSync, lstatSync } from 'node:fs';
import { renameFile } from './renameFile.ts';

/** File systems without hard links (FAT, some network shares) answer a `link` with one of these; on Windows with EISDIR. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR']);

/**
 * Gives a finished file its final name unless that is taken; the temporary name may stay. Where there are no hard links it
 * looks first and renames, so there whoever calls keeps others from taking the name.
 * @param link the system's call
 * @returns whether it got the name
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
