import { isAbsolute, posix, relative, resolve, sep } from 'node:path';
import type { LogPlace } from '../app/archivePlaces.ts';
import { kindOf } from '../files/list.ts';
import { LOGS_FOLDER } from '../model/places.ts';

/** A file as people name it: by the path that their shell completes, else by one relative to the workspace. */
export function pathOf(root: string, path: string): string {
  const here = resolve(path);
  return isThere(here) ? here : ([resolve(root, path)].find(isThere) ?? here);
}

/** A log as people name it: by its name as `ls` prints it, or by its path. */
export function logOf(root: string, name: string): LogPlace {
  const inLogs = name.replace(/^(?:\.\/)?logs\//, '');
  const isName = !/[\\/]/.test(inLogs);
  if (isName && isThere(resolve(root, LOGS_FOLDER, inLogs))) return { name: inLogs };
  return placeOf(root, pathOf(root, name)) ?? { name: inLogs };
}

function placeOf(root: string, path: string): LogPlace | undefined {
  const below = relative(root, path);
  const isOutside = below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below);
  if (isOutside || !isThere(path)) return undefined;
  const place = below.split(sep).join(posix.sep);
  const folder = posix.dirname(place);
  return folder === LOGS_FOLDER ? { name: posix.basename(place) } : { name: posix.basename(place), folder };
}

function isThere(path: string): boolean {
  try {
    return kindOf(path) !== 'missing';
  } catch {
    return false;
  }
}
