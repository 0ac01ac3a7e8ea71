import { closeSync, constants, fstatSync, openSync, realpathSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';

/** A link is not followed, and a pipe is not waited for. Windows lacks the last two flags and takes them for 0. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a regular file for reading. The caller closes it. `stats` describe the open file, even if another file is at
 * `path` later.
 * @throws Failure `not-a-regular-file` for a folder, a pipe or a device; `file-missing`; `machine-error` for a link …
 */
export async function openToRead(
  path: string,
): Promise<{ readonly handle: FileHandle; readonly stats: Stats }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, FLAGS);
    const stats = await handle.stat();
    requireFile(stats, path);
    return { handle, stats };
  } catch (error) {
    await handle?.close();
    throw fromSystemError(error, path);
  }
}

/**
 * Reads a regular file while it is open, synchronously. `stats` describe the open file.
 * @throws Failure as `openToRead`, and for an error that `read` throws
 */
export function whileOpen<T>(path: string, read: (descriptor: number, stats: Stats) => T): T {
  try {
    const descriptor = openSync(path, FLAGS);
    try {
      const stats = fstatSync(descriptor);
      requireFile(stats, path);
      return read(descriptor, stats);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** Whether other people of this machine may read or write a file. Windows has no such modes. */
export function isOpenToOthers({ mode }: Stats): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}

function requireFile(stats: Stats, path: string): void {
  if (stats.isFile()) return;
  throw new Failure('not-a-regular-file', { path, what: stats.isDirectory() ? 'folder' : 'other' });
}

/** A path with its links followed, as far as the path exists. */
export function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realOf(dirname(path)), basename(path));
  }
}
