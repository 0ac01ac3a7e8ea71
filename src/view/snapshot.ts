import { lstatSync } from 'node:fs';
import { changedNames, listFiles, relistFiles } from '../files/list.ts';
import { clock, logsFolder, times } from '../workspace/workspace.ts';
import { look, type Seen } from '../maintenance/logsArea.ts';
import type { RowIndex } from './fileRows.ts';
import type { SessionListing } from './sessionListing.ts';

/** The contents of a workspace at one look, with the data that lets the next look be partial. */
export interface Snapshot {
  readonly seen: Seen;
  /** The state of `logs/` at that time. */
  readonly folder?: FolderMark;
  /** When every file was last looked at, by `performance.now()`. */
  readonly wholeAt?: number;
}

interface FolderMark {
  /** Another inode means another folder, or a link in its place; 0 if there is none. */
  readonly inode: number;
  /** Changes when a name is added to `logs/` or removed from it. */
  readonly modified: number;
}

interface IndexedSnapshot extends Snapshot {
  readonly index: RowIndex;
  readonly sessions: SessionListing;
}

/** The last look of each workspace, by its root, so that pages of rows need no look of their own. */
const snapshots = new Map<string, IndexedSnapshot>();

export function rememberSnapshot(root: string, last: IndexedSnapshot): void {
  snapshots.set(root, last);
}

export function lastSnapshot(root: string): IndexedSnapshot | undefined {
  return snapshots.get(root);
}

/** The report of a change may be lost, so every file is looked at again at this interval. */
const WHOLE_EVERY_MS = 60_000;

/**
 * Looks into `logs/`. If the changes are known, it looks only at the changed files: with 100,000 files, a whole look
 * takes a third of a second.
 */
export async function freshSnapshot(
  root: string,
  before: Snapshot | undefined,
  changed: readonly string[] | undefined,
): Promise<Snapshot> {
  const folder = logsFolder(root);
  const now = performance.now();
  // The mark is taken first, so that the next look finds changes made during this look.
  const mark = markOf(folder);
  const { wholeAt } = before ?? {};
  if (
    before === undefined ||
    changed === undefined ||
    wholeAt === undefined ||
    mark.inode !== before.folder?.inode ||
    now > wholeAt + WHOLE_EVERY_MS
  )
    return { seen: await look(root, clock()), folder: mark, wholeAt: now };
  const names = new Set(changed);
  if (mark.modified !== before.folder.modified) {
    const known = [...before.seen.files.map(({ name }) => name), ...before.seen.notFiles];
    for (const name of changedNames(folder, known)) names.add(name);
  }
  const { kept, found } = relistFiles(folder, before.seen, names);
  const files = [...kept, ...(await times.dateSome(folder, found.files, clock()))];
  return { seen: { files, notFiles: found.notFiles }, folder: mark, wholeAt };
}

/** Reads only names and sizes and opens no file. */
export function quickSnapshot(root: string): Snapshot {
  const folder = logsFolder(root);
  const mark = markOf(folder);
  return { seen: listFiles(folder), folder: mark, wholeAt: performance.now() };
}

function markOf(folder: string): FolderMark {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats === undefined ? { inode: 0, modified: 0 } : { inode: stats.ino, modified: stats.mtimeMs };
}
