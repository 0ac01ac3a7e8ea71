import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fromSystemError } from '../base/failure.ts';

/**
 * Makes creations, renames and removals in `folder` survive a power loss. Windows has no such call and orders its
 * metadata itself.
 */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
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
 * crash. Permissions and owner stay. Also removes what an earlier call that was killed left, so whoever calls makes sure
 * that no other call for this path is under way.
 * @throws Failure of the file system; the old content then still stands
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const folder = dirname(path);
  try {
    sweepTemporaries(folder, basename(path));
    const old = lstatSync(path, { throwIfNoEntry: false });
    const temporary = `${path}.tmp-${randomToken()}`;
    try {
      writeNewFile(temporary, content, old === undefined ? 0o666 : 0o600);
      if (old !== undefined) keepOwner(temporary, old);
      renameSync(temporary, path);
    } catch (error) {
      removeIfThere(temporary);
      throw error;
    }
    syncFolder(folder);
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

function sweepTemporaries(folder: string, name: string): void {
  const start = `${name}.tmp-`;
  for (const candidate of readdirSync(folder)) {
    if (!candidate.startsWith(start) || !/^[0-9a-f]{16}$/.test(candidate.slice(start.length))) continue;
    removeIfThere(join(folder, candidate));
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or out of reach: the next call tries again.
  }
}

/** Gives a file the permissions of another and, where that is allowed (to a superuser), its owner. */
export function keepOwner(path: string, like: { mode: number; uid: number; gid: number }): void {
  chmodSync(path, like.mode & 0o777);
  try {
    chownSync(path, like.uid, like.gid);
  } catch {
    // Whoever may not give files away keeps them.
  }
}
