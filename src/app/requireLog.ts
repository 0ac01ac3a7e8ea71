import { basename, join } from 'node:path';
import { Failure } from '../base/failure.ts';
import { identify } from '../files/identity.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { isBookkeeping } from '../model/fileName.ts';
import type { LogFile } from '../model/logFile.ts';
import { logsFolder, requireWorkspace } from './context.ts';
import type { WorkspaceInput } from './context.ts';

/**
 * The logs of these names as they are now, for those who name them by their paths.
 * @throws Failure as `requireLog`
 */
export function requireLogs(input: WorkspaceInput & { readonly names: readonly string[] }): LogFile[] {
  const root = requireWorkspace(input);
  return input.names.map((name) => requireLog(root, name));
}

/**
 * A log as it is now: a regular file directly in `logs/`, and none of the locks, which nobody else may open.
 * @throws Failure `not-a-log-name`, `logs-missing`, `logs-not-a-folder`, `file-missing`, `not-a-regular-file`
 */
export function requireLog(root: string, name: string): LogFile {
  if (!isLogName(name)) throw new Failure('not-a-log-name', { name });
  const folder = logsFolder(root);
  requireFolder(folder);
  const file = identify(folder, name);
  if (file !== undefined) return file;
  const path = join(folder, name);
  const what = kindOf(path);
  throw what === 'missing'
    ? new Failure('file-missing', { path })
    : new Failure('not-a-regular-file', { path, what });
}

/** Whether this can be a log's name: nothing that leads out of the folder, and none of the locks. */
export function isLogName(name: string): boolean {
  return !/^\.{0,2}$|\0/.test(name) && basename(name) === name && !isBookkeeping(name);
}
