import { basename, dirname, posix, relative, resolve, sep } from 'node:path';
import type { LogPlace } from '../workspace/logPlaces.ts';
import { pathBelow } from '../base/pathBelow.ts';
import { kindOf } from '../files/list.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import type { Environment } from '../base/job.ts';
import { readEnvironment } from '../policy/environment.ts';

/** A file as people name it: by the path that their shell completes, else by one relative to the workspace. */
export function pathOf(root: string, path: string): string {
  const here = resolve(path);
  return isThere(here) ? here : ([resolve(root, path)].find(isThere) ?? here);
}

/**
 * A log as people name it: by its name as `ls` prints it, or by its path.
 * @param sessions a folder of session archives that may lie elsewhere; relative to the workspace, or anywhere
 */
export function logOf(root: string, name: string, sessions?: string): LogPlace {
  const inLogs = name.replace(/^(?:\.\/)?logs\//, '');
  const placed = (path: string): LogPlace | undefined =>
    placeOf(root, path) ??
    (sessions === undefined ? undefined : placeBelow(root, resolve(root, sessions), path));
  if (basename(inLogs) !== inLogs) return placed(pathOf(root, name)) ?? { name };
  const isInLogs = isThere(resolve(root, LOGS_FOLDER, inLogs)) || !isThere(resolve(name));
  return (isInLogs ? undefined : placed(resolve(name))) ?? { name: inLogs };
}

/** @returns undefined for what does not lie below `folder` */
function placeBelow(root: string, folder: string, path: string): LogPlace | undefined {
  if (placeOf(folder, path) === undefined) return undefined;
  return { name: basename(path), folder: relative(root, dirname(path)).split(sep).join(posix.sep) };
}

/** @returns undefined for what lies in no folder of the workspace */
function placeOf(root: string, path: string): LogPlace | undefined {
  const below = pathBelow(root, path);
  if (below?.includes('/') !== true) return undefined;
  const [folder, name] = [posix.dirname(below), posix.basename(below)];
  return folder === LOGS_FOLDER ? { name } : { name, folder };
}

function isThere(path: string): boolean {
  try {
    return kindOf(path) !== 'missing';
  } catch {
    return false;
  }
}

/**
 * The folder of the session archives that the environment names, for those who only look into it: no other variable keeps
 * them from that, and where the folder is blank, they look where the policy says.
 */
export function sessionsHere({ SESSION_LOG_DIR }: Environment): string | undefined {
  const { dir = '' } = readEnvironment({ SESSION_LOG_DIR });
  return dir === '' ? undefined : dir;
}
