import { lstatSync, realpathSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import type { Environment } from '../base/job.ts';
import type { LogFile } from '../files/logFile.ts';
import { LOGS_FOLDER, POLICY_FILE } from '../files/places.ts';
import { keepMode, removeIfThere, sweepReplacements, syncFolder, temporaryFor } from '../files/durable.ts';
import { giveName } from '../files/newFile.ts';
import { isUnchanged } from '../files/identity.ts';
import { kindOf } from '../files/list.ts';
import { sessionFolders } from '../workspace/usedSessionFolders.ts';
import { renameFile } from '../files/renameFile.ts';

/** Where a copy of a log goes. */
export interface CopyTarget {
  /** The workspace that the log belongs to. */
  readonly root: string;
  readonly path: string;
  /** The existing file that the user agreed to replace. */
  readonly replaces?: LogFile | undefined;
  /** Where the folders that session archives were written to are remembered. */
  readonly environment?: Environment | undefined;
}

export interface CopyContent {
  /** The permissions of the copy. */
  readonly mode: number;
  /** Writes the content piece by piece and returns how many of the written bytes to keep: all, or fewer. */
  readonly fill: (write: (piece: Uint8Array) => Promise<void>) => Promise<number>;
}

/**
 * Saves a copy outside the logs. It writes the copy beside its place, syncs it, checks its size, and only then gives it
 * its name. After a failure, nothing is left behind and the existing file is unchanged. The leftover of a killed call
 * is removed by the next call for the same place. A link at the place is refused, never followed.
 * @returns the size of the copy
 * @throws Failure `target-among-logs`, `target-exists`, `not-a-regular-file`, `source-changing` (the file to replace
 *   has changed, or another call saves to the same place), `disk-full`, and every error that `fill` throws
 */
export async function saveCopy(target: CopyTarget, { mode, fill }: CopyContent): Promise<number> {
  const { path } = target;
  const temporary = temporaryFor(path);
  try {
    requirePlace(target);
    sweepReplacements(path);
    const bytes = await whileOpen(temporary, async (handle) => {
      let written = 0;
      const wanted = await fill(async (piece) => {
        await handle.writeFile(piece);
        written += piece.length;
      });
      const { size } = await handle.stat();
      if (size !== written) throw new Failure('machine-error', { path, call: 'write', errno: 'EIO' });
      if (wanted < written) await handle.truncate(wanted);
      await handle.sync();
      return wanted;
    });
    // The place is checked again, because writing took a while.
    requirePlace(target);
    // Another call for the same place removes this temporary file, because it takes it for a leftover.
    if (kindOf(temporary) === 'missing') throw new Failure('source-changing', { name: path });
    keepMode(temporary, mode);
    if (target.replaces !== undefined) renameFile(temporary, path);
    else if (!giveName(temporary, path)) throw new Failure('target-exists', { path });
    syncFolder(dirname(path));
    return bytes;
  } catch (error) {
    throw fromSystemError(error, path, 'write');
  } finally {
    removeIfThere(temporary);
  }
}

async function whileOpen<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'wx', 0o600);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

function requirePlace({ root, path, replaces, environment }: CopyTarget): void {
  requireOutsideLogs({ root, path, environment });
  const what = kindOf(path);
  if (what !== 'missing' && what !== 'file') throw new Failure('not-a-regular-file', { path, what });
  if (replaces !== undefined && !isUnchanged(dirname(path), replaces))
    throw new Failure('source-changing', { name: path });
}

/**
 * Refuses a path in `logs/` or among session archives, also if it leads there through links. In this workspace's
 * `logs/` or in that of a managed folder, the copy would be taken for a log. Among the session archives of a managed
 * folder, it would be taken for such an archive.
 */
function requireOutsideLogs({ root, path, environment }: CopyTarget): void {
  const realRoot = realPathOf(root);
  const below: string[] = [];
  for (let folder = realPathOf(dirname(path)); ; folder = dirname(folder)) {
    const ours = logFolders(folder, folder === realRoot, environment).map((name) => join(folder, name));
    if (below.some((each) => ours.some((our) => isSameFolder(each, our))))
      throw new Failure('target-among-logs', { path });
    if (dirname(folder) === folder) return;
    below.push(folder);
  }
}

/** The log folders of a folder, relative to it. */
function logFolders(
  folder: string,
  isRoot: boolean,
  environment: Environment | undefined,
): readonly string[] {
  if (kindOf(join(folder, POLICY_FILE)) !== 'missing')
    return [LOGS_FOLDER, ...sessionFolders(folder, environment)];
  return isRoot ? [LOGS_FOLDER] : [];
}

/** Compares folders by inode, not by name: some file systems take `Logs` for `logs`. */
function isSameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}

function realPathOf(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch (error) {
    throw fromSystemError(error, folder);
  }
}
