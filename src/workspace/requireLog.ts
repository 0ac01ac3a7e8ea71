import { basename } from 'node:path';
import { Failure } from '../base/failure.ts';
import { requireRegularFile } from '../files/identity.ts';
import { requireFolder } from '../files/list.ts';
import { isBookkeeping } from '../files/fileName.ts';
import type { LogFile } from '../files/logFile.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { type ArchivePlaces, type LogPlace, requireArchive } from './logPlaces.ts';
import { logsFolder, requireWorkspace, type Surroundings, type WorkspaceInput } from './workspace.ts';

/**
 * The current state of several logs of one folder, for callers that know their paths.
 * @throws Failure as `requireLog`
 */
export function requireLogs(
  input: WorkspaceInput & { readonly names: readonly string[]; readonly folder?: string | undefined },
  { environment }: Surroundings,
): LogFile[] {
  const root = requireWorkspace(input);
  return input.names.map((name) => requireLog(root, { name, folder: input.folder }, { environment }));
}

/**
 * The current state of a log: a regular file directly in `logs/`, but none of the locks, which no other code may open.
 * With a folder other than `logs`: a zip in that folder.
 * @throws Failure `not-a-log-name`, `logs-missing`, `logs-not-a-folder`, `file-missing`, `not-a-regular-file`; with a
 *   folder as `requireArchive`
 */
export function requireLog(root: string, { name, folder }: LogPlace, places: ArchivePlaces): LogFile {
  if (folder !== undefined && folder !== LOGS_FOLDER) return requireArchive(root, { name, folder }, places);
  if (!isLogName(name)) throw new Failure('not-a-log-name', { name });
  const logs = logsFolder(root);
  requireFolder(logs);
  return requireRegularFile(logs, name);
}

/** Whether this can be a log's name: it does not lead out of the folder, and is none of the locks. */
export function isLogName(name: string): boolean {
  return !/^\.{0,2}$|\0/.test(name) && basename(name) === name && !isBookkeeping(name);
}
