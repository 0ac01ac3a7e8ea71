import { basename, join } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import { identify } from '../files/identity.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { isBookkeeping } from '../model/fileName.ts';
import type { LogFile } from '../model/logFile.ts';
import { LOGS_FOLDER } from '../model/places.ts';
import { requireArchive } from './archivePlaces.ts';
import { logsFolder, requireWorkspace } from './context.ts';
import type { WorkspaceInput } from './context.ts';

/**
 * The logs of these names, all of one folder, as they are now, for those who name them by their paths.
 * @throws Failure as `requireLog`
 */
export function requireLogs(
  input: WorkspaceInput & { readonly names: readonly string[]; readonly folder?: string | undefined },
): LogFile[] {
  const root = requireWorkspace(input);
  return input.names.map((name) => requireLog(root, name, input.folder));
}

/**
 * A log as it is now: a regular file directly in `logs/`, and none of the locks, which nobody else may open. With a
 * folder other than `logs`: a zip in it.
 * @throws Failure `not-a-log-name`, `logs-missing`, `logs-not-a-folder`, `file-missing`, `not-a-regular-file`; with a folder
 *   as `requireArchive`
 */
export function requireLog(root: string, name: string, folder?: string): LogFile {
  if (folder !== undefined && folder !== LOGS_FOLDER) return requireArchive(root, { name, folder });
  if (!isLogName(name)) throw new Failure('not-a-log-name', { name });
  const logs = logsFolder(root);
  requireFolder(logs);
  const path = join(logs, name);
  try {
    const file = identify(logs, name);
    if (file !== undefined) return file;
    const what = kindOf(path);
    throw what === 'missing'
      ? new Failure('file-missing', { path })
      : new Failure('not-a-regular-file', { path, what });
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** Whether this can be a log's name: nothing that leads out of the folder, and none of the locks. */
export function isLogName(name: string): boolean {
  return !/^\.{0,2}$|\0/.test(name) && basename(name) === name && !isBookkeeping(name);
}
