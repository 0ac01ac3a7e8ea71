import { posix } from 'node:path';
import { LOGS_FOLDER } from '../../files/places.ts';

/** An event of a file watcher. */
export type FileEvent = 'created' | 'changed' | 'deleted';

/**
 * Globs of the paths to watch for archives. They include parent folders: VS Code reports a folder that is deleted or
 * renamed, but not the files in it.
 * @param sessions the sessions folder, relative to the workspace
 */
export function archivePatterns(sessions: string): string[] {
  const parts = sessions.split('/').map(asGlob);
  const onTheWay = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return [...onTheWay, `${parts.join('/')}/**`, `${LOGS_FOLDER}/*/**`];
}

/**
 * The folder to look into after an event for `path`; both are relative to the workspace.
 * @returns undefined where no archive can have appeared or disappeared
 */
export function changedFolderOf(path: string, event: FileEvent, sessions: string): string | undefined {
  if (path === sessions || sessions.startsWith(`${path}/`)) return sessions;
  const isZip = /\.zip$/i.test(path);
  // A changed folder adds nothing to the events of the files in it.
  if (event === 'changed' && !isZip) return undefined;
  // This is a temporary file: an archive is written beside its final place.
  return /\.zip\.tmp/i.test(posix.basename(path)) ? undefined : posix.dirname(path);
}

/** Escapes a name so that the glob matches exactly this name. */
function asGlob(name: string): string {
  return name.replace(/[*?[\]{}]/g, '[$&]');
}
