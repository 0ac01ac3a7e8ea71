import { lstatSync, opendirSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { join } from 'node:path';
import type { Totals } from '../model/logFile.ts';

/** What a folder holds, with all that is below it. */
export interface FolderSize extends Totals {
  /** False where counting stopped early: there is more. */
  readonly isWhole: boolean;
}

/** Enough for a person to see that it is large. */
const MOST_ENTRIES = 10_000;

/**
 * The size of the folder at `path` below `root`. Links are not followed, neither in the folder nor on the way to it. What
 * may not be read counts nothing. Synchronous, for workers.
 * @returns undefined where there is no such folder
 */
export function folderSize(root: string, path: string, most = MOST_ENTRIES): FolderSize | undefined {
  let folder = root;
  for (const part of path.split(/[\\/]/)) {
    folder = join(folder, part);
    if (statsOf(folder)?.isDirectory() !== true) return undefined;
  }
  const folders = [folder];
  let entries = 0;
  let files = 0;
  let bytes = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of entriesOf(next)) {
      entries += 1;
      if (entries > most) return { files, bytes, isWhole: false };
      const place = join(next, entry.name);
      if (entry.isDirectory()) folders.push(place);
      if (!entry.isFile()) continue;
      files += 1;
      bytes += statsOf(place)?.size ?? 0;
    }
  }
  return { files, bytes, isWhole: true };
}

/** One after the other: nobody knows how many there are. */
function* entriesOf(path: string): Generator<Dirent> {
  let folder;
  try {
    folder = opendirSync(path);
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield entry;
  } catch {
    // It went away meanwhile, or may not be read.
  } finally {
    folder?.closeSync();
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
