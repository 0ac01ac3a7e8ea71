import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fromSystemError, type Failure } from '../base/failure.ts';
import { renameFile } from './renameFile.ts';

/**
 * Makes creations, renames and removals in `folder` survive a power loss. Windows has no such call and orders its
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

/** Syncs many folders as `syncFolder` does, on the threads of Node's pool. @returns those that could not be, by their paths */
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

/** Writes a new file and syncs it; fails when the name is taken. */
export function writeNewFile(path: string, content: string | Uint8Array, mode: number): void {
  const descriptor = openSync(path, 'wx', mode);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** 16 hex digits for the name of a temporary file. */
export function randomToken(): string {
  return randomBytes(8).toString('hex');
}

/**
 * Gives `path` a new content, atomically: a reader sees the old or the new one, whole, and so does whoever comes after a
 * crash. Permissions and owner stay; a new file gets `mode`. Also removes what an earlier call that was killed left.
 * @throws Failure of the file system; the old content then still stands
 */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o666): void {
  try {
    withTemporary(path, (temporary) => {
      const old = lstatSync(path, { throwIfNoEntry: false });
      writeNewFile(temporary, content, old === undefined ? mode : 0o600);
      if (old !== undefined) keepOwner(temporary, old);
      renameFile(temporary, path);
    });
    syncFolder(dirname(path));
  } catch (error) {
    throw fromSystemError(error, path, 'write');
  }
}

/** Whoever sweeps does so once a call, so a call loses at most one temporary file to each of so many others. */
const ATTEMPTS = 1000;

/**
 * Removes the temporary files of `path` that killed calls left, and gives `finish` the name of a new one. A call for the
 * same path at the same moment takes that one for left, too: then it begins again, without another sweep, since two that
 * both swept again would take each other's file away for ever. Where it fails, its file is removed.
 */
export function withTemporary<T>(path: string, finish: (temporary: string) => T): T {
  sweepReplacements(path);
  for (let attempt = 1; ; attempt += 1) {
    const temporary = `${path}.tmp-${randomToken()}`;
    try {
      return finish(temporary);
    } catch (error) {
      removeIfThere(temporary);
      const isSwept = (error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(dirname(path));
      if (!isSwept || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Removes the temporary files of calls of `replaceFile` for `path` that were killed, or are under way. */
export function sweepReplacements(path: string): void {
  replacementsLeft(path).forEach(removeIfThere);
}

/** The temporary files that stand beside `path`. */
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

/** Removes a temporary file; one that is gone or out of reach is no failure. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, renamed, or out of reach: whoever sweeps next tries again.
  }
}

/**
 * Gives a file the permissions of another and its owner, as far as that is allowed: only a superuser may give files away,
 * and some file systems (FAT, network shares) have no permissions to set.
 */
export function keepOwner(path: string, like: { mode: number; uid: number; gid: number }): void {
  keepMode(path, like.mode);
  asFarAsAllowed(() => {
    chownSync(path, like.uid, like.gid);
  });
}

/** Gives a file the permissions of another, where there are any to set. */
export function keepMode(path: string, mode: number): void {
  asFarAsAllowed(() => {
    chmodSync(path, mode & 0o777);
  });
}

/** Gives a file the time of last change of another; that of the last access goes with it. */
export function keepTimes(path: string, like: { atimeMs: number; mtimeMs: number }): void {
  asFarAsAllowed(() => {
    // In seconds, with what comes behind the milliseconds.
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
