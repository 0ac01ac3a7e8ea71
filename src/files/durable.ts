import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure, fromSystemError, withLoss } from '../base/failure.ts';
import { renameFile } from './renameFile.ts';

/**
 * Makes creations, renames and removals in `folder` survive a power loss. Windows has no such call; it orders its
 * metadata itself.
 * @throws Failure of the file system
 */
export function syncFolder(folder: string, platform: string = process.platform): void {
  if (platform === 'win32') return;
  try {
    const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw fromSystemError(error, folder);
  }
}

/**
 * Syncs many folders as `syncFolder` does, on the threads of Node's pool. @returns the folders that failed, by their
 * paths
 */
export async function syncFolders(
  folders: Iterable<string>,
  platform: string = process.platform,
): Promise<Map<string, Failure>> {
  const failed = new Map<string, Failure>();
  if (platform === 'win32') return failed;
  const waiting = [...folders].values();
  async function syncOn(): Promise<void> {
    for (const folder of waiting)
      await syncOne(folder).catch((error: unknown) => {
        failed.set(folder, fromSystemError(error, folder));
      });
  }
  await Promise.all(Array.from({ length: POOL_THREADS }, syncOn));
  return failed;
}

const POOL_THREADS = 4;

async function syncOne(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** 16 hex digits, other ones at each call. */
export function randomToken(): string {
  return randomBytes(8).toString('hex');
}

/** The path of a new temporary file beside `path`. */
export function temporaryFor(path: string): string {
  return `${path}.tmp-${randomToken()}`;
}

/**
 * Replaces the content of `path` atomically: a reader sees either the old or the new content, whole, also after a
 * crash. Permissions and owner stay; a new file gets `mode` and the folder's
 * owner. Temporary files that a killed earlier call left are
 * removed.
 * @throws Failure of the file system; then the old content stays
 */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o666): void {
  const finish = (temporary: string, old: Stats | undefined): void => {
    if (old !== undefined) keepOwner(temporary, old);
    renameFile(temporary, path);
  };
  try {
    writeAtomically(path, [Buffer.from(content)], finish, mode);
  } catch (error) {
    // The old content stays, and the caller still has the new one.
    throw withLoss(error, 'none');
  }
}

/**
 * Writes a file under a temporary name beside `path`, syncs it and reads it back; then `finish` gives it its name, and
 * the folder is synced. So a name always means a whole file, also after a crash. Temporary files that a killed call for
 * the same path left are removed.
 * @param finish gets the temporary name, which may stay, and what `lstat` tells of `path`, undefined if nothing is there.
 *   It may be called again if another call removed the temporary file
 * @param mode permissions of a file that replaces nothing, which gets the folder's owner; of another one only the owner
 *   may read it until `finish`
 * @throws Failure of the file system, or what `finish` throws; then the temporary file is removed
 */
export function writeAtomically<T>(
  path: string,
  pieces: readonly Uint8Array[],
  finish: (temporary: string, old: Stats | undefined) => T,
  mode = 0o600,
): T {
  try {
    const result = withTemporary(path, (temporary) => {
      const look = (): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });
      if (!writeAndCompare(temporary, pieces, look() === undefined ? mode : 0o600))
        throw new Failure('machine-error', { path, call: 'write', errno: 'EIO' });
      return finish(temporary, look());
    });
    syncFolder(dirname(path));
    return result;
  } catch (error) {
    throw fromSystemError(error, path, 'write');
  }
}

const COMPARED_BYTES = 262_144;

/** Writes a new file, syncs it, and returns whether its content on disk equals `pieces`. Fails if the name is taken. */
function writeAndCompare(path: string, pieces: readonly Uint8Array[], mode: number): boolean {
  const descriptor = openSync(path, 'wx+', mode);
  try {
    giveToFolder(descriptor, dirname(path));
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

/** Each call removes old temporary files once, so another call loses at most one temporary file to it. */
const ATTEMPTS = 1000;

/**
 * Removes the temporary files of `path` that killed calls left, and gives `finish` the name of a new one. A concurrent
 * call for the same path removes that one, too; then this call retries without removing any files again, because two
 * calls that both did so would delete each other's file for ever. The temporary name is gone at the end.
 */
function withTemporary<T>(path: string, finish: (temporary: string) => T): T {
  sweepReplacements(path);
  for (let attempt = 1; ; attempt += 1) {
    const temporary = temporaryFor(path);
    try {
      return finish(temporary);
    } catch (error) {
      const isSwept = (error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(dirname(path));
      if (!isSwept || attempt === ATTEMPTS) throw error;
    } finally {
      removeIfThere(temporary);
    }
  }
}

/** Removes the temporary files of all calls of `replaceFile` for `path`: of killed ones, and of those still running. */
export function sweepReplacements(path: string): void {
  replacementsLeft(path).forEach(removeIfThere);
}

/** The temporary files beside `path`. */
export function replacementsLeft(path: string): string[] {
  const start = `${basename(path)}.tmp-`;
  return replacementsIn(dirname(path)).filter((left) => basename(left).startsWith(start));
}

/** The temporary files of all calls of `replaceFile` in `folder`. */
export function replacementsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.tmp-[0-9a-f]{16}$/.test(name))
    .map((name) => join(folder, name));
}

/** Removes a temporary file; it is no failure if the file is gone or cannot be removed. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The file is gone, was renamed or cannot be removed: the next call tries again.
  }
}

/**
 * Gives a file the permissions and the owner of another, if the system allows it: only a superuser may change the
 * owner, and some file systems (FAT, network shares) have no permissions.
 */
export function keepOwner(path: string, like: { mode: number; uid: number; gid: number }): void {
  keepMode(path, like.mode);
  asFarAsAllowed(() => {
    chownSync(path, like.uid, like.gid);
  });
}

/**
 * Gives a file or folder that this process has just made to the owner and the group of the folder around it, if the
 * system allows it. Otherwise what root makes (`sudo workspace-logs …`) would lock out the owner's own programs. Where
 * the group may write into the folder, it may also write into what it may read.
 * @param descriptor of the new file: meanwhile, a path could be replaced by a link to another user's file
 */
export function giveToFolder(descriptor: number, folder: string): void {
  const { uid, gid, mode } = statSync(folder);
  const made = fstatSync(descriptor);
  if (made.uid !== uid || made.gid !== gid)
    asFarAsAllowed(() => {
      fchownSync(descriptor, uid, gid);
    });
  const isShared = (mode & GROUP_WRITES) !== 0 && (made.mode & GROUP_READS) !== 0;
  if (isShared && (made.mode & GROUP_WRITES) === 0 && fstatSync(descriptor).gid === gid)
    asFarAsAllowed(() => {
      fchmodSync(descriptor, (made.mode & 0o777) | GROUP_WRITES);
    });
}

/** The permissions of a new file that only the owner reads, and the group where it may write into the folder. */
export function privateMode(folder: string): number {
  return (statSync(folder).mode & GROUP_WRITES) === 0 ? 0o600 : 0o660;
}

const GROUP_READS = 0o040;
const GROUP_WRITES = 0o020;

/**
 * Makes a folder, which gets the owner and the group of the folder around it.
 * @throws errors of the system
 */
export function makeFolder(path: string, mode = 0o777): void {
  mkdirSync(path, { mode });
  // Windows opens no folders, and has no such owners.
  if (process.platform === 'win32') return;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    giveToFolder(descriptor, dirname(path));
  } catch {
    // The folder is made; another process may have removed or replaced it meanwhile.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Gives a file the permissions of another, if the file system has any. */
export function keepMode(path: string, mode: number): void {
  asFarAsAllowed(() => {
    chmodSync(path, mode & 0o777);
  });
}

/** Gives a file the modification time and the access time of another. */
export function keepTimes(path: string, like: { atimeMs: number; mtimeMs: number }): void {
  asFarAsAllowed(() => {
    // In seconds, with their fraction.
    utimesSync(path, like.atimeMs / 1000, like.mtimeMs / 1000);
  });
}

function asFarAsAllowed(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

const refusals = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

function isRefusal(error: unknown): boolean {
  return refusals.has((error as NodeJS.ErrnoException).code ?? '');
}
