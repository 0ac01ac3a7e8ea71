import { lstatSync } from 'node:fs';
import { changedNames, listFiles, relistFiles } from '../files/list.ts';
import { logsFolder, times } from '../workspace/workspace.ts';
import { look, type Seen } from '../maintenance/decision.ts';
import type { RowIndex } from './fileRows.ts';
import type { SessionListing } from './sessionListing.ts';

/** What was seen in a workspace, with what the next look can go by. */
export interface Snapshot {
  readonly seen: Seen;
  /** What `logs/` was then. */
  readonly folder?: FolderMark;
  /** When every file was looked at last, by `performance.now()`. */
  readonly wholeAt?: number;
}

interface FolderMark {
  /** That of another folder, or of a link in its place, is another one; 0 where there is none. */
  readonly inode: number;
  /** Changes when a name comes to `logs/` or goes. */
  readonly modified: number;
}

interface IndexedSnapshot extends Snapshot {
  readonly index: RowIndex;
  readonly sessions: SessionListing;
}

/** By the workspace's root, so that pages of rows need no look of their own. */
const snapshots = new Map<string, IndexedSnapshot>();

export function rememberSnapshot(root: string, last: IndexedSnapshot): void {
  snapshots.set(root, last);
}

export function lastSnapshot(root: string): IndexedSnapshot | undefined {
  return snapshots.get(root);
}

/** Word of a change may be lost: so often every file is looked at all the same. */
const WHOLE_EVERY_MS = 60_000;

/**
 * Looks into `logs/`, only at the files that have changed where that is known: of 100,000 files a whole look takes a
 * third of a second.
 */
export async function freshSnapshot(
  root: string,
  before: Snapshot | undefined,
  changed: readonly string[] | undefined,
): Promise<Snapshot> {
  const folder = logsFolder(root);
  const now = performance.now();
  // Taken first: what comes while we look is found by the next look.
  const mark = markOf(folder);
  const { wholeAt } = before ?? {};
  if (
    before === undefined ||
    changed === undefined ||
    wholeAt === undefined ||
    mark.inode !== before.folder?.inode ||
    now > wholeAt + WHOLE_EVERY_MS
  )
    return { seen: await look(root), folder: mark, wholeAt: now };
  const names = new Set(changed);
  if (mark.modified !== before.folder.modified) {
    const known = [...before.seen.files.map(({ name }) => name), ...before.seen.notFiles];
    for (const name of changedNames(folder, known)) names.add(name);
  }
  const { kept, found } = relistFiles(folder, before.seen, names);
  const files = [...kept, ...(await times.dateSome(folder, found.files))];
  return { seen: { files, notFiles: found.notFiles }, folder: mark, wholeAt };
}

/** Names and sizes alone, with no file opened. */
export function quickSnapshot(root: string): Snapshot {
  const folder = logsFolder(root);
  const mark = markOf(folder);
  return { seen: listFiles(folder), folder: mark, wholeAt: performance.now() };
}

function markOf(folder: string): FolderMark {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats === undefined ? { inode: 0, modified: 0 } : { inode: stats.ino, modified: stats.mtimeMs };
}
