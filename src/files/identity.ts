import { lstatSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import { isBookkeeping } from './fileName.ts';
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

/**
 * The files of `folder` that are no longer as they were; undefined where one came, or one is gone. It costs one `lstat`
 * for each file.
 */
export function changedFiles(folder: string, files: readonly FileMark[]): readonly FileMark[] | undefined {
  const before = new Map(files.map((file) => [file.name, file]));
  const changed: FileMark[] = [];
  let found = 0;
  try {
    for (const name of readdirSync(folder)) {
      const now = isBookkeeping(name) ? undefined : markOf(folder, name);
      if (now === undefined) continue;
      const known = before.get(name);
      if (known === undefined) return undefined;
      if (!isSameFile(known, now)) changed.push(now);
      found += 1;
    }
  } catch {
    return undefined;
  }
  return found === before.size ? changed : undefined;
}

/** The file in its current state if it is the same file and no shorter: a log may grow meanwhile. */
export function identifyGrown(folder: string, file: LogFile): LogFile | undefined {
  const now = identify(folder, file.name);
  return now?.inode !== file.inode || now.bytes < file.bytes ? undefined : now;
}
