import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import { kindOf, requireFolder } from './list.ts';

/** The active file of a log, open for appending. */
export interface ActiveFile {
  readonly descriptor: number;
  readonly inode: number;
  /** False until the folder was synced after this file was opened: its name may not survive a power loss yet. */
  isNameDurable: boolean;
  /** Where our last append ended; a file that ends there ends with a whole line. */
  end: number;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
const NEWLINE = 10;

/** Makes `logs/` where somebody deleted it. A link in its place is refused: it may lead out of the workspace. */
export function ensureFolder(folder: string): void {
  if (kindOf(folder) !== 'missing') {
    requireFolder(folder);
    return;
  }
  try {
    mkdirSync(folder);
  } catch (error) {
    if (kindOf(folder) !== 'folder') throw fromSystemError(error, dirname(folder), 'write');
  }
}

/** Whether `file` is still what the path leads to: rotation renames it away, people delete it. */
export function isCurrent(file: ActiveFile, path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.ino === file.inode;
}

/**
 * Opens the active file, made when it is missing. Call it while the folder's lock is held.
 * @throws Failure `logs-not-a-folder`, `not-a-regular-file`, and those of the file system
 */
export function openActiveFile(folder: string, name: string): ActiveFile {
  const path = join(folder, name);
  const what = kindOf(path);
  if (what !== 'file' && what !== 'missing') throw new Failure('not-a-regular-file', { path, what });
  requireFolder(folder);
  const before = lstatSync(folder).ino;
  let descriptor: number | undefined;
  try {
    // Windows has neither of the last two, and takes them for 0; a link there needs rights that few people have.
    descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Failure('not-a-regular-file', { path, what: 'other' });
    // Somebody may have put a link in the folder's place meanwhile.
    requireFolder(folder);
    if (lstatSync(folder).ino !== before)
      throw new Failure('logs-not-a-folder', { path: folder, what: 'link' });
    return { descriptor, inode: stats.ino, isNameDurable: false, end: 0 };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw fromSystemError(error, path, 'write');
  }
}

export function sizeOf({ descriptor }: ActiveFile): number {
  return fstatSync(descriptor).size;
}

/** Whether the first `size` bytes end in the middle of a line: a writer died, or the disk was full. */
export function endsTorn(file: ActiveFile, size: number): boolean {
  if (size === 0 || size === file.end) return false;
  return readAt(file, size - 1, 1)[0] !== NEWLINE;
}

/** The bytes from `position` on, at most `length`. */
export function readAt({ descriptor }: ActiveFile, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
}
