import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import type { LogFile } from './logFile.ts';
import { keepOwner, keepTimes, removeIfThere, syncFolder, withTemporary } from './durable.ts';
import { isUnchanged } from './identity.ts';
import { renameFile } from './renameFile.ts';
import { kindOf } from './list.ts';

/** File systems without hard links (FAT, some network shares) answer a `link` with one of these; on Windows with EISDIR. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR']);

/**
 * Gives a finished file its final name unless that is taken; the temporary name may stay. Where there are no hard links it
 * looks first and renames, so there whoever calls keeps others from taking the name.
 * @param link the system's call
 * @returns whether it got the name
 */
export function giveName(temporary: string, target: string, link = linkSync): boolean {
  try {
    link(temporary, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === undefined || !noLinks.has(code)) throw error;
  }
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) return false;
  renameFile(temporary, target);
  return true;
}

/**
 * Writes a new file under the first of `names` that is free: beside its place, synced and read back before it gets its name,
 * so that a name always means a whole file, and no file is overwritten (where there are no hard links, as far as nobody takes
 * the name at the same moment). It is its owner's alone (0600). What a killed call for the same first name left is removed.
 * @param names as many as are asked for
 * @returns the name that it got
 * @throws Failure `file-missing` where the folder is gone, `disk-full` …; nothing is left then
 */
export function writeNewNamed(
  folder: string,
  names: () => Iterable<string>,
  pieces: readonly Uint8Array[],
): string {
  const [first = ''] = names();
  const path = join(folder, first);
  return whileWritten(path, pieces, (temporary) => {
    for (const name of names()) if (giveName(temporary, join(folder, name))) return name;
    throw new Failure('unexpected', { detail: 'no name is free' });
  });
}

/**
 * Gives the file at `path` a new content, atomically, as long as it is the `file` that was looked at. Its permissions, its
 * owner and the time of its last change stay: by that time session archives expire.
 * @throws Failure `source-changing` where it is another one by now, `disk-full` …; the old content then still stands
 */
export function replaceArchive(path: string, file: LogFile, pieces: readonly Uint8Array[]): void {
  const folder = dirname(path);
  whileWritten(path, pieces, (temporary) => {
    const old = lstatSync(path, { throwIfNoEntry: false });
    if (old !== undefined) {
      keepOwner(temporary, old);
      keepTimes(temporary, old);
    }
    if (!isUnchanged(folder, file)) throw new Failure('source-changing', { name: basename(path) });
    renameFile(temporary, path);
  });
}

function whileWritten<T>(path: string, pieces: readonly Uint8Array[], finish: (temporary: string) => T): T {
  try {
    const result = withTemporary(path, (temporary) => {
      if (!writeAndCompare(temporary, pieces))
        throw new Failure('machine-error', { path, call: 'write', errno: 'EIO' });
      const finished = finish(temporary);
      removeIfThere(temporary);
      return finished;
    });
    syncFolder(dirname(path));
    return result;
  } catch (error) {
    throw fromSystemError(error, path, 'write');
  }
}

const COMPARED_BYTES = 262_144;

/** Writes a new file, syncs it, and answers whether what is there now is what was to be written. */
function writeAndCompare(path: string, pieces: readonly Uint8Array[]): boolean {
  const descriptor = openSync(path, 'wx+', 0o600);
  try {
    for (const piece of pieces) writeFileSync(descriptor, piece);
    fsyncSync(descriptor);
    let position = 0;
    for (const piece of pieces) {
      if (!isThere(descriptor, position, piece)) return false;
      position += piece.length;
    }
    return true;
  } finally {
    closeSync(descriptor);
  }
}

function isThere(descriptor: number, position: number, piece: Uint8Array): boolean {
  const buffer = Buffer.allocUnsafe(Math.min(COMPARED_BYTES, piece.length));
  for (let at = 0; at < piece.length;) {
    const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, piece.length - at), position + at);
    if (read === 0 || buffer.compare(piece, at, at + read, 0, read) !== 0) return false;
    at += read;
  }
  return true;
}

/**
 * Makes the folder `path` below `base`, level by level, for its owner alone (0700). What is there already stays as it is.
 * @param base a folder that is there, however it is reached
 * @returns the folders that have a new one, to be synced when there is something in that: until then it may be taken away
 * @throws Failure `logs-not-a-folder` with the path of what stands in the way below `base`, a link among them; `file-missing`
 *   where somebody removed a level meanwhile
 */
export function makeFolders(base: string, path: string): string[] {
  const changed: string[] = [];
  let folder = base;
  for (const part of relative(base, path).split(sep)) {
    if (part === '') continue;
    const around = folder;
    folder = join(around, part);
    if (isMade(folder)) changed.push(around);
  }
  return changed;
}

function isMade(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fromSystemError(error, path, 'write');
    const what = kindOf(path);
    if (what === 'missing') throw new Failure('file-missing', { path }, error);
    if (what !== 'folder') throw new Failure('logs-not-a-folder', { path, what }, error);
    return false;
  }
}

/** The innermost folder on the way to `path` that is there, links followed. */
export function nearestFolder(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder || dirname(path) === path ? path : nearestFolder(dirname(path));
}
