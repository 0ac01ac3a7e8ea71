import { lstatSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import type { LogFile } from './logFile.ts';
import { kindOf, partsIn } from './list.ts';

/** The values that show whether a file is unchanged. */
export type FileMark = Pick<LogFile, 'name' | 'bytes' | 'modified' | 'inode'>;

/** The mark of the regular file called `name`; undefined if there is none. A link is not followed. */
export function markOf(folder: string, name: string): FileMark | undefined {
  // `join` would add a tenth to the time of a whole listing.
  const stats = lstatSync(folder + sep + name, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return undefined;
  return { name, bytes: stats.size, modified: stats.mtimeMs, inode: stats.ino };
}

/** The regular file called `name` in its current state; undefined if there is none. */
export function identify(folder: string, name: string): LogFile | undefined {
  const mark = markOf(folder, name);
  return mark && { ...mark, parts: partsIn(folder + sep, name) };
}

/**
 * The regular file called `name` in its current state.
 * @throws Failure `file-missing`, `not-a-regular-file`, or that of the file system
 */
export function requireRegularFile(folder: string, name: string): LogFile {
  const path = join(folder, name);
  try {
    const file = identify(folder, name);
    if (file !== undefined) return file;
    const what = kindOf(path);
    throw what === 'missing'
      ? new Failure('file-missing', { path })
      : new Failure('not-a-regular-file', { path, what });
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** Whether two looks at one path saw the same file, unchanged: its inode, size and modification time. */
export function isSameFile(one: FileMark, other: FileMark): boolean {
  return one.inode === other.inode && one.bytes === other.bytes && one.modified === other.modified;
}

/** Whether a file is still the one that was seen, unchanged. */
export function isUnchanged(folder: string, file: FileMark): boolean {
  const now = markOf(folder, file.name);
  return now !== undefined && isSameFile(now, file);
}

/** The file in its current state if it is the same file and no shorter: a log may grow meanwhile. */
export function identifyGrown(folder: string, file: LogFile): LogFile | undefined {
  const now = identify(folder, file.name);
  return now?.inode !== file.inode || now.bytes < file.bytes ? undefined : now;
}
