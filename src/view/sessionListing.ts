import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { folderTime, listZips, relistZips, type ZipFolders } from '../files/zipFolders.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { sessionFolders } from '../workspace/usedSessionFolders.ts';
import type { Surroundings } from '../workspace/workspace.ts';
import { sessionRows, type SessionRows } from './sessionRows.ts';

/** The session archives of a workspace, and the other folders below `logs/` with zips, as of the last look. */
export interface SessionListing {
  /** The folders of session archives, relative to the workspace; the policy's comes first. */
  readonly tops: Tops;
  readonly zips: ZipFolders;
  /** When all folders were last looked at, by `performance.now()`. */
  readonly wholeAt: number;
  readonly rows: SessionRows;
  /** The paths of the folders with zips below `logs/` and in the session folders, relative to the workspace. */
  readonly folders: readonly string[];
  /** Changes when `folders` changes; empty if there are none. */
  readonly foldersMark: string;
  /** Folders that appeared at the same moment as their parents. Watchers may not report changes in them. */
  readonly late: ReadonlySet<string>;
}

/** The report of a change may be lost, so all folders are looked into again at this interval. */
const WHOLE_EVERY_MS = 60_000;
/** The limit of `folders`, because VS Code's menus compare with each of them. */
const MOST_FOLDERS = 5000;
/** The limit of `late`, because these folders are checked once a second. */
const MOST_LATE = 500;

/**
 * Looks for session archives. It reads only their names, sizes and times.
 * @param changed the folders to look into again, relative to the workspace; undefined means all of them
 */
export function lookForSessions(
  root: string,
  before: SessionListing | undefined,
  changed: readonly string[] | undefined,
  { environment }: Surroundings,
): SessionListing {
  const tops = sessionFolders(root, environment);
  const places = placesOf(tops);
  const now = performance.now();
  if (
    before === undefined ||
    changed === undefined ||
    before.tops.join('\n') !== tops.join('\n') ||
    now > before.wholeAt + WHOLE_EVERY_MS
  )
    return listingOf(tops, listZips(root, places), now, before);
  if (changed.length === 0) return before;
  return listingOf(tops, relistZips(root, places, before.zips, changed), before.wholeAt, before);
}

type Tops = ReturnType<typeof sessionFolders>;

/** Files directly in `logs/` are logs, even if `logs/` is a folder of session archives. */
function placesOf(tops: Tops): Parameters<typeof listZips>[1] {
  const others = tops.filter((path) => path !== LOGS_FOLDER).map((path) => ({ path }));
  return [...others, { path: LOGS_FOLDER, isBelowOnly: true }];
}

/** The late folders that have changed since the last look. */
export function changedLately(root: string, { late, zips }: SessionListing): string[] {
  return [...late].filter((path) => folderTime(root, path) !== zips.folders.get(path)?.modified);
}

function listingOf(
  tops: Tops,
  zips: ZipFolders,
  wholeAt: number,
  before: SessionListing | undefined,
): SessionListing {
  const all = [...zips.folders].flatMap(([path, { zips: some }]) =>
    some.length === 0 ? [] : [[path, some] as const],
  );
  const ofSessions = all.filter(([path]) => tops.some((top) => path === top || path.startsWith(`${top}/`)));
  const folders = all.map(([path]) => path).slice(0, MOST_FOLDERS);
  return {
    tops,
    zips,
    wholeAt,
    rows: sessionRows(tops, ofSessions, zips.isWhole),
    folders,
    foldersMark: folders.length === 0 ? '' : markOf(folders),
    late: lateIn(zips, before),
  };
}

function lateIn(now: ZipFolders, before: SessionListing | undefined): ReadonlySet<string> {
  if (before === undefined) return new Set();
  const { late, zips } = before;
  const isNew = (path: string): boolean => !zips.folders.has(path);
  const paths = [...now.folders.keys()].filter(
    (path) => late.has(path) || (isNew(path) && isNew(posix.dirname(path))),
  );
  return new Set(paths.slice(-MOST_LATE));
}

function markOf(folders: readonly string[]): string {
  return createHash('sha256').update(folders.toSorted().join('\n')).digest('base64url');
}
