import { posix } from 'node:path';
import type { LogFile, Totals } from '../files/logFile.ts';
import type { ArchiveRow, LogRow, SessionMessage } from './rows.ts';
import { byName } from './rowOrder.ts';

/** The rows of session archives: folders as they are on disk, and below them the archives by their messages. */
export interface SessionRows {
  readonly totals: Totals;
  /** False if not all archives were counted. */
  readonly isWhole: boolean;
  /** The rows of the policy's folder, then a row for each other one. */
  inTop(): readonly LogRow[];
  inFolder(path: string): readonly LogRow[];
  ofMessage(message: SessionMessage): readonly LogRow[];
}

/** A folder, with its archives and folders. The numbers include everything below it. */
interface Folder {
  readonly path: string;
  archives: readonly LogFile[];
  readonly folders: Folder[];
  files: number;
  bytes: number;
  /** When the newest archive was written. */
  newest: number;
}

/**
 * @param tops the paths of the folders of session archives; the policy's comes first
 * @param folders the paths of the folders that have archives, with their archives
 */
export function sessionRows(
  tops: readonly [string, ...string[]],
  folders: Iterable<readonly [path: string, archives: readonly LogFile[]]>,
  isWhole: boolean,
): SessionRows {
  const known = new Map<string, Folder>();

  function folderAt(path: string): Folder {
    const there = known.get(path);
    if (there !== undefined) return there;
    const made: Folder = { path, archives: [], folders: [], files: 0, bytes: 0, newest: -Infinity };
    known.set(path, made);
    if (!tops.includes(path)) folderAt(posix.dirname(path)).folders.push(made);
    return made;
  }

  const topFolders = tops.map(folderAt);
  for (const [path, archives] of folders) folderAt(path).archives = archives;
  topFolders.forEach(sum);

  function rowsOf(folder: Folder, level: number): LogRow[] {
    // Users are sorted by name, because people search for a user by name. Chats are sorted by time.
    const sorted =
      level === 1
        ? byName(folder.folders, ({ path }) => posix.basename(path))
        : folder.folders.toSorted((a, b) => b.newest - a.newest || (a.path < b.path ? -1 : 1));
    return [
      ...sorted.map((each) => folderRow(each, posix.basename(each.path), level)),
      ...messagesOf(folder.archives).map(({ message, archives }): LogRow => {
        const [first] = archives;
        return archives.length === 1 && first !== undefined
          ? toRow(first)
          : { kind: 'message', message: { folder: folder.path, message }, totals: totalsOf(archives) };
      }),
    ];
  }

  function inFolder(path: string): readonly LogRow[] {
    const folder = known.get(path);
    if (folder === undefined) return [];
    let level = 1;
    for (let above = path; !tops.includes(above); above = posix.dirname(above)) level += 1;
    return rowsOf(folder, level);
  }

  return {
    totals: {
      files: topFolders.reduce((all, { files }) => all + files, 0),
      bytes: topFolders.reduce((all, { bytes }) => all + bytes, 0),
    },
    isWhole,
    inTop() {
      const others = topFolders.slice(1).filter(({ files }) => files > 0);
      return [...inFolder(tops[0]), ...others.map((each) => folderRow(each, each.path, 0))];
    },
    inFolder,
    ofMessage({ folder, message }) {
      const messages = messagesOf(known.get(folder)?.archives ?? []);
      const its = messages.find((one) => one.message === message);
      return (its?.archives ?? []).map((file) => ({ ...toRow(file), message }));
    },
  };
}

function folderRow({ path, files, bytes }: Folder, name: string, level: number): LogRow {
  return { kind: 'folder', path, name, level, totals: { files, bytes } };
}

/** Adds up the numbers of everything below a folder. Folders are at most a few levels deep. */
function sum(folder: Folder): void {
  for (const below of folder.folders) {
    sum(below);
    folder.files += below.files;
    folder.bytes += below.bytes;
    folder.newest = Math.max(folder.newest, below.newest);
  }
  for (const { bytes, modified } of folder.archives) {
    folder.files += 1;
    folder.bytes += bytes;
    folder.newest = Math.max(folder.newest, modified);
  }
}

interface Message {
  readonly message: string;
  /** Newest first. */
  readonly archives: LogFile[];
}

/**
 * Groups the archives of one folder by message, newest first. `m.REQUEST.zip` belongs to `m` if there is an `m.zip`. A
 * name with which several others begin is the message of all of them.
 */
function messagesOf(archives: readonly LogFile[]): Message[] {
  const stems = new Set(archives.map(({ name }) => stemOf(name)));
  const messages = new Map<string, Message>();
  const newestFirst = archives.toSorted((a, b) => b.modified - a.modified || (a.name < b.name ? 1 : -1));
  for (const file of newestFirst) {
    const message = messageOf(stemOf(file.name), stems);
    const known = messages.get(message);
    if (known === undefined) messages.set(message, { message, archives: [file] });
    else known.archives.push(file);
  }
  return [...messages.values()];
}

function messageOf(stem: string, stems: ReadonlySet<string>): string {
  // A message name is not empty, so a name that begins with a dot is not divided at this dot.
  for (let dot = stem.indexOf('.', 1); dot !== -1; dot = stem.indexOf('.', dot + 1)) {
    const start = stem.slice(0, dot);
    if (stems.has(start)) return start;
  }
  return stem;
}

function stemOf(name: string): string {
  return name.replace(/\.zip$/i, '');
}

function toRow(file: LogFile): ArchiveRow {
  return { kind: 'archive', file, lock: 'unknown' };
}

function totalsOf(archives: readonly LogFile[]): Totals {
  return { files: archives.length, bytes: archives.reduce((sum, { bytes }) => sum + bytes, 0) };
}
