import { dirname } from 'node:path';
import { DAY_MS } from '../../base/units.ts';
import type { Totals } from '../../files/logFile.ts';
import type { Restraint, SkipReason, Step } from '../../workspace/maintenance.ts';
import type { TreeFile, TreeFolder } from '../../files/sessionTree.ts';

/** A zip in the folder of session archives, with what is known of its contents. */
export interface FoundArchive extends TreeFile {
  /** The result if the zip was opened. Only `session` means that it is surely a session archive. */
  readonly verdict?: 'session' | 'other' | 'unreadable';
  /** The time in its `meta.json`, in ms since 1970, if a known password opens it. */
  readonly createdAt?: number;
}

/** Everything that a clean-up depends on. It is plain data: the same input gives the same plan. */
export interface CleanInput {
  readonly archives: readonly FoundArchive[];
  readonly temporaries: readonly TreeFile[];
  /** A folder comes after the folders that it contains. */
  readonly folders: readonly TreeFolder[];
  readonly retentionDays: number;
  /** ms since 1970. */
  readonly now: number;
  /** Why nothing may be deleted in this run. */
  readonly restraint?: Restraint | undefined;
  /** True if other programs may have folders here. Then folders that were already empty stay. */
  readonly isShared?: boolean;
}

export interface CleanPlan {
  /** Oldest first. */
  readonly deletions: readonly Deletion[];
  readonly skipped: readonly { readonly file: TreeFile; readonly reason: SkipReason }[];
  /** The paths of the folders that are then empty. A folder comes after the folders that it contains. */
  readonly folders: readonly string[];
  readonly before: Totals;
  readonly after: Totals;
}

interface Deletion {
  readonly file: TreeFile;
  readonly kind: Extract<Step['kind'], 'delete' | 'sweep'>;
  readonly reason: Extract<Step['reason'], 'age' | 'leftover'>;
}

/** A younger temporary file may still belong to a writer. */
const TEMPORARY_MS = DAY_MS;
/** A time that is further ahead of the clock than this is ignored. */
const AHEAD_MS = DAY_MS;

/** Copies and images without times give their files the year 1970. */
const FIRST_MODIFIED = Date.UTC(1980);

/** Whether the time of modification can be that of a file; a time a day ahead of the clock, or before 1980, cannot. */
export function isBelievable({ modified }: Pick<FoundArchive, 'modified'>, now: number): boolean {
  return modified >= FIRST_MODIFIED && modified <= now + AHEAD_MS;
}

/**
 * Whether an archive has expired by its time of modification. The time inside counts only where that one cannot be
 * believed. Without a time that tells, an archive stays.
 */
export function hasExpired(
  { modified, createdAt }: Pick<FoundArchive, 'modified' | 'createdAt'>,
  { retentionDays, now }: Pick<CleanInput, 'retentionDays' | 'now'>,
): boolean {
  const time = isBelievable({ modified }, now) ? modified : createdAt;
  return time !== undefined && isBelievable({ modified: time }, now) && time < now - retentionDays * DAY_MS;
}

/**
 * Decides what a clean-up would do. It deletes expired archives, then temporary files older than a day, then the
 * folders that are empty without them. It never deletes a zip that is not surely a session archive.
 */
export function planClean(input: CleanInput): CleanPlan {
  const { archives, temporaries, now, restraint } = input;
  const expired = archives.filter((archive) => hasExpired(archive, input)).toSorted(oldestFirst);
  const ours = expired.filter(({ verdict }) => verdict === 'session');
  const unsure = expired.filter(({ verdict }) => verdict !== 'session');
  const left = temporaries.filter(({ modified }) => modified < now - TEMPORARY_MS).toSorted(oldestFirst);
  const deletions: Deletion[] =
    restraint === undefined
      ? [
          ...ours.map((file) => ({ file, kind: 'delete', reason: 'age' }) as const),
          ...left.map((file) => ({ file, kind: 'sweep', reason: 'leftover' }) as const),
        ]
      : [];
  const held = restraint === undefined ? [] : ours.map((file) => ({ file, reason: restraint }));
  const refused = unsure.map((file) => {
    const reason: SkipReason = file.verdict === 'other' ? 'not-a-session-archive' : 'failed';
    return { file, reason };
  });
  const before = totalsOf([...archives, ...temporaries]);
  return {
    deletions,
    skipped: [...held, ...refused],
    folders: restraint === undefined ? emptied(input, deletions) : [],
    before,
    after: without(
      before,
      deletions.map(({ file }) => file),
    ),
  };
}

/** The folders in which nothing is left after the deletions. */
function emptied(
  { folders, isShared = false }: Pick<CleanInput, 'folders' | 'isShared'>,
  deletions: readonly Deletion[],
): string[] {
  const left = new Map(folders.map(({ path, entries }) => [path, entries]));
  const takeFrom = (path: string): void => {
    left.set(path, (left.get(path) ?? 0) - 1);
  };
  for (const { file } of deletions) takeFrom(file.folder);
  const empty: string[] = [];
  for (const { path, entries } of folders) {
    if (left.get(path) !== 0 || (isShared && entries === 0)) continue;
    empty.push(path);
    takeFrom(dirname(path));
  }
  return empty;
}

/** The totals after these files are deleted. */
export function without({ files, bytes }: Totals, deleted: readonly { readonly bytes: number }[]): Totals {
  const gone = totalsOf(deleted);
  return { files: files - gone.files, bytes: bytes - gone.bytes };
}

function totalsOf(files: readonly { readonly bytes: number }[]): Totals {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function oldestFirst(one: TreeFile, other: TreeFile): number {
  return one.modified - other.modified || (pathOf(one) < pathOf(other) ? -1 : 1);
}

function pathOf({ folder, name }: TreeFile): string {
  return `${folder}/${name}`;
}
