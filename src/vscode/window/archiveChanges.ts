import { posix } from 'node:path';
import { LOGS_FOLDER } from '../../files/places.ts';

/** What a watcher tells of a path. */
export type FileEvent = 'created' | 'changed' | 'deleted';

/**
 * Globs of what tells that archives came or went: a folder that is deleted, or renamed, is told without what was in it.
 * @param sessions the sessions folder, relative to the workspace
 */
export function archivePatterns(sessions: string): string[] {
  const parts = sessions.split('/').map(asGlob);
  const onTheWay = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return [...onTheWay, `${parts.join('/')}/**`, `${LOGS_FOLDER}/*/**`];
}

/**
 * The folder to be looked into after word of a `path`, both relative to the workspace.
 * @returns undefined where no archive can have come or gone
 */
export function changedFolderOf(path: string, event: FileEvent, sessions: string): string | undefined {
  if (path === sessions || sessions.startsWith(`${path}/`)) return sessions;
  const isZip = /\.zip$/i.test(path);
  // Of a folder it says no more than what is told of the files in it.
  if (event === 'changed' && !isZip) return undefined;
  // Archives are written beside their place.
  return /\.zip\.tmp/i.test(posix.basename(path)) ? undefined : posix.dirname(path);
}

/** A name that stands for nothing but itself. */
function asGlob(name: string): string {
  return name.replace(/[*?[\]{}]/g, '[$&]');
}
