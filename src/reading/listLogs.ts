import { join } from 'node:path';
import { timesOfPlain } from '../files/entryTimes.ts';
import { parseFileName } from '../files/fileName.ts';
import { changedFiles, type FileMark } from '../files/identity.ts';
import { listFiles, listStore } from '../files/list.ts';
import type { DatedLogFile, ListedKind, LogFile } from '../files/logFile.ts';
import { clock, times, logsFolder, requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';

/** One file as `ls` prints it; times are ISO 8601 in UTC. */
export interface ListedFile {
  readonly name: string;
  readonly family: string;
  readonly kind: ListedKind;
  readonly bytes: number;
  readonly modified: string;
  readonly firstEntry?: string;
  readonly lastEntry?: string;
}

/**
 * The files of `logs/`, sorted by name.
 * @throws Failure `logs-missing`, `logs-not-a-folder`, `no-permission`
 */
export async function listLogs(input: WorkspaceInput & { readonly times: boolean }): Promise<ListedFile[]> {
  const folder = logsFolder(requireWorkspace(input));
  const { files } = listFiles(folder);
  const dated: readonly DatedLogFile[] = input.times ? await times.date(folder, files, clock()) : files;
  const store = listStore(folder).map(({ name, bytes, modified }): ListedFile => ({
    name,
    family: 'audit',
    kind: 'store',
    bytes,
    modified: new Date(modified).toISOString(),
  }));
  return [...dated.map(toListed), ...store].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What an application hands out of a folder, and the files by which it sees whether that is still so. */
export interface ListingRows {
  /** The JSON of each file, by its name, in order; as in `ls --json --times`. */
  readonly rows: ReadonlyMap<string, string>;
  readonly files: readonly FileMark[];
}

/** The rows of files that are unchanged since the last listing are not made again: their objects are the same. */
const rows = new WeakMap<DatedLogFile, string>();

/** @throws Failure as `listLogs` */
export async function listRows(input: WorkspaceInput): Promise<ListingRows> {
  const folder = logsFolder(requireWorkspace(input));
  const { files } = listFiles(folder);
  const dated = (await times.date(folder, files, clock())).filter(isHandedOut);
  dated.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const file of dated) if (!rows.has(file)) rows.set(file, rowOf(file));
  return {
    rows: new Map(dated.map((file) => [file.name, rows.get(file) ?? rowOf(file)])),
    files: files.map(({ name, inode, bytes, modified }) => ({ name, inode, bytes, modified })),
  };
}

/**
 * The listing as it is now, from one before, where nothing has changed but active logs. It is made in the calling thread,
 * since active logs change all the time.
 * @returns the very listing before if nothing has changed; undefined if other files have
 */
export function relistActive(root: string, before: ListingRows): ListingRows | undefined {
  const folder = logsFolder(root);
  const changed = changedFiles(folder, before.files);
  if (changed === undefined || changed.length > MOST_ACTIVE) return undefined;
  if (changed.length === 0) return before;
  const renewed = new Map(before.rows);
  const files = new Map(before.files.map((file) => [file.name, file]));
  for (const mark of changed) {
    const parts = parseFileName(mark.name);
    if (parts.kind !== 'active') return undefined;
    try {
      renewed.set(mark.name, rowOf({ ...mark, parts, ...timesOfPlain(join(folder, mark.name), clock()) }));
    } catch {
      return undefined;
    }
    files.set(mark.name, mark);
  }
  return { rows: renewed, files: [...files.values()] };
}

/** To date more would take the calling thread too long. */
const MOST_ACTIVE = 2;

function rowOf(file: DatedLogFile): string {
  return JSON.stringify(toListed(file));
}

/** Locks, the store of the trail and temporary files are no logs. */
export function isHandedOut({ name, parts: { kind } }: Pick<LogFile, 'name' | 'parts'>): boolean {
  return kind !== 'leftover' && !/\.tmp-[0-9a-f]{16}$/.test(name);
}

function toListed({ name, parts, bytes, modified, first, last }: DatedLogFile): ListedFile {
  return {
    name,
    family: parts.family,
    kind: parts.kind,
    bytes,
    modified: new Date(modified).toISOString(),
    ...(first !== undefined && { firstEntry: new Date(first).toISOString() }),
    ...(last !== undefined && { lastEntry: new Date(last).toISOString() }),
  };
}
