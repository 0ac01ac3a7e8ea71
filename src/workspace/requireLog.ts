import { basename } from 'node:path';
import { Failure } from '../base/failure.ts';
import { requireRegularFile } from '../files/identity.ts';
import { requireFolder } from '../files/list.ts';
import { isBookkeeping } from '../files/fileName.ts';
import type { LogFile } from '../files/logFile.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { requireArchive } from './logPlaces.ts';
import { logsFolder, requireWorkspace, type WorkspaceInput } from './workspace.ts';

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
export function requireLog(root: string, name: string, folder?: string, sessions?: string): LogFile {
  if (folder !== undefined && folder !== LOGS_FOLDER) return requireArchive(root, { name, folder }, sessions);
  if (!isLogName(name)) throw new Failure('not-a-log-name', { name });
  const logs = logsFolder(root);
  requireFolder(logs);
  return requireRegularFile(logs, name);
}

/** Whether this can be a log's name: nothing that leads out of the folder, and none of the locks. */
export function isLogName(name: string): boolean {
  return !/^\.{0,2}$|\0/.test(name) && basename(name) === name && !isBookkeeping(name);
}
