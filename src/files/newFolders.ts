import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import { kindOf } from './list.ts';

/**
 * Makes the folder `path` below `base`, level by level, for its owner alone (0700). What is there already stays as it is.
 * @param base a folder that is there, however it is reached
 * @returns the folders that have a new one, to be synced when there is something in that: until then it may be taken away
 * @throws Failure `logs-not-a-folder` with the path of what stands in the way below `base`, a link among them; `file-missing`
 *   where somebody removed a level meanwhile
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
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fromSystemError(error, path, 'write');
    const what = kindOf(path);
    if (what === 'missing') throw new Failure('file-missing', { path }, error);
    if (what !== 'folder') throw new Failure('logs-not-a-folder', { path, what }, error);
    return false;
  }
}

/** The innermost folder on the way to `path` that is there, links followed. */
export function nearestFolder(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder || dirname(path) === path ? path : nearestFolder(dirname(path));
}
