import { basename, dirname, posix, relative, resolve, sep } from 'node:path';
import type { LogPlace } from '../workspace/logPlaces.ts';
import { pathBelow } from '../base/pathBelow.ts';
import { kindOf } from '../files/list.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import type { Environment } from '../base/job.ts';
import { readEnvironment } from '../policy/environment.ts';

/** Finds the file that a person named: a path as the shell completes it, or one relative to the workspace. */
export function pathOf(root: string, path: string): string {
  const here = resolve(path);
  return isThere(here) ? here : ([resolve(root, path)].find(isThere) ?? here);
}

/**
 * Finds the log that a person named: by its name as `ls` prints it, or by its path.
 * @param sessions a folder of session archives; relative to the workspace, or an absolute path anywhere
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

/** @returns undefined for a path that is not below `folder` */
function placeBelow(root: string, folder: string, path: string): LogPlace | undefined {
  if (placeOf(folder, path) === undefined) return undefined;
  return { name: basename(path), folder: relative(root, dirname(path)).split(sep).join(posix.sep) };
}

/** @returns undefined for a path that is in no folder of the workspace */
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
 * The folder of session archives that the environment names, for verbs that only read it. They ignore the other
 * variables. Where the variable is blank, they use the folder of the policy.
 */
export function sessionsHere({ SESSION_LOG_DIR }: Environment): string | undefined {
  const { dir = '' } = readEnvironment({ SESSION_LOG_DIR });
  return dir === '' ? undefined : dir;
}
