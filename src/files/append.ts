import { closeSync, ftruncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromSystemError } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { endsTorn, ensureFolder, isCurrent, openActiveFile, readAt, sizeOf } from './activeFile.ts';
import type { ActiveFile } from './activeFile.ts';
import { systemAppendPort } from './appendPort.ts';
import type { AppendPort } from './appendPort.ts';
import { syncFolder } from './durable.ts';
import { APPEND_LOCK, openFolderLock } from './folderLock.ts';
import type { FolderLock } from './folderLock.ts';

/** Appends whole lines to one log, beside any number of other processes that do (DESIGN decision 7). */
export interface Appender {
  /**
   * Writes `lines`, each with its line end, in one call while the lock is held shared. `durable` also syncs them, and the
   * folder after a creation. At most 1 MB: longer ones can be torn by the death of this process.
   * @throws Failure of the file system, before anything was written
   */
  append(lines: Buffer, options: { readonly durable: boolean }): Promise<Appended>;
  /** The same for a process that ends now: it waits at most `patience` ms, and on this thread. */
  appendNow(lines: Buffer, options: { readonly durable: boolean; readonly patience: number }): void;
  close(): void;
}

export interface Appended {
  /** How many bytes of `lines` are written, in whole lines. */
  readonly written: number;
  /** The size of the file afterwards, in bytes. */
  readonly size: number;
  /** Why not all of it was written, or why what was written may not survive a power loss. */
  readonly failure?: Failure;
}

const NEWLINE = Buffer.from('\n');
/** A line end that is missing for longer than this is missing for good: its writer died. */
const TORN_AFTER_MS = 2;
/** How long a torn piece is worth waiting for everybody else. */
const CUT_PATIENCE_MS = 200;

/**
 * Opens the log called `name` in `folder` for appending.
 * @throws Failure of `openFolderLock`, `logs-not-a-folder`
 */
export async function openAppender(
  folder: string,
  name: string,
  port: AppendPort = systemAppendPort,
): Promise<Appender> {
  const path = join(folder, name);
  ensureFolder(folder);
  const lock = await openFolderLock(folder, APPEND_LOCK);
  let file: ActiveFile | undefined;
  let isClosed = false;

  /** After a failed sync nobody knows what a descriptor's pages hold: it is never asked again. */
  function abandon(): void {
    const abandoned = file;
    file = undefined;
    if (abandoned === undefined) return;
    try {
      closeSync(abandoned.descriptor);
    } catch {
      // The failure that led here is told already.
    }
  }

  function current(): ActiveFile {
    if (file !== undefined && !isCurrent(file, path)) abandon();
    file ??= openActiveFile(folder, name);
    return file;
  }

  /** Looks at the end of the file: its size, and whether it ends in the middle of a line for good. */
  async function lookAtEnd(target: ActiveFile): Promise<{ before: number; isTorn: boolean }> {
    let before = sizeOf(target);
    while (endsTorn(target, before)) {
      // Another writer's batch may be on its way into the file right now.
      await sleep(TORN_AFTER_MS);
      const later = sizeOf(target);
      if (later === before) return { before, isTorn: true };
      before = later;
    }
    return { before, isTorn: false };
  }

  async function append(lines: Buffer, { durable }: { readonly durable: boolean }): Promise<Appended> {
    ensureFolder(folder);
    const held = await lock.share();
    let target: ActiveFile;
    let bytes = lines;
    let taken: number;
    let size: number;
    try {
      target = current();
      const { before, isTorn } = await lookAtEnd(target);
      if (isTorn) bytes = Buffer.concat([NEWLINE, lines]);
      taken = await port.write(target.descriptor, bytes);
      size = sizeOf(target);
      // Where others wrote meanwhile, one of them may not have finished.
      target.end = size === before + bytes.length ? size : 0;
    } catch (error) {
      abandon();
      throw fromSystemError(error, path, 'write');
    } finally {
      held.release();
    }
    if (taken < bytes.length) {
      const added = bytes.length - lines.length;
      const whole = bytes.lastIndexOf(NEWLINE, Math.max(taken - 1, 0)) + 1;
      const kept = taken === 0 ? 0 : whole;
      await cutBack(target, bytes.subarray(kept, taken), lock, path);
      return { written: Math.max(0, kept - added), size, failure: shortWrite(path) };
    }
    if (!durable) return { written: lines.length, size };
    try {
      await port.sync(target.descriptor);
      if (!target.isNameDurable) syncFolder(folder);
      target.isNameDurable = true;
      return { written: lines.length, size };
    } catch (error) {
      abandon();
      return { written: lines.length, size, failure: fromSystemError(error, path, 'write') };
    }
  }

  function appendNow(
    lines: Buffer,
    { durable, patience }: { readonly durable: boolean; readonly patience: number },
  ): void {
    ensureFolder(folder);
    const held = lock.shareNow(patience);
    try {
      const target = current();
      const isTorn = endsTorn(target, sizeOf(target));
      port.writeNow(target.descriptor, isTorn ? Buffer.concat([NEWLINE, lines]) : lines);
      if (durable) port.syncNow(target.descriptor);
    } finally {
      held.release();
    }
  }

  return {
    append,
    appendNow,
    close() {
      if (isClosed) return;
      isClosed = true;
      abandon();
      lock.close();
    },
  };
}

/** A disk that takes a part is full: the call that says so would be the next one. */
function shortWrite(path: string): Failure {
  return fromSystemError(Object.assign(new Error('short write'), { code: 'ENOSPC', syscall: 'write' }), path);
}

/**
 * Takes the beginning of a line back that a full disk let in, so that it can be written again whole. Only where nobody
 * wrote behind it and everybody else keeps out meanwhile; else it stays, and whoever appends next begins a new line.
 */
async function cutBack(file: ActiveFile, torn: Buffer, lock: FolderLock, path: string): Promise<void> {
  if (torn.length === 0) return;
  try {
    await lock.exclusive(
      () => {
        const end = sizeOf(file) - torn.length;
        if (end < 0 || !isCurrent(file, path) || !readAt(file, end, torn.length).equals(torn)) return;
        ftruncateSync(file.descriptor, end);
      },
      { patience: CUT_PATIENCE_MS },
    );
  } catch {
    // Readers step over a torn piece, so nothing is lost by leaving it.
  }
}
