import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  write,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import { type Patience, systemPatience } from '../base/patience.ts';
import { giveToFolder, makeFolder } from './durable.ts';
import { APPEND_LOCK, type FolderLock, type Held, openFolderLock } from './folderLock.ts';
import { kindOf, requireFolder } from './list.ts';

/** The active file of a log, open for appending. */
interface ActiveFile {
  readonly descriptor: number;
  readonly inode: number;
  /** False until the folder is synced after this file was opened: before that its name may not survive a power loss. */
  isNameDurable: boolean;
  /** Where our last append ended; if the file still ends there, it ends with a whole line. */
  end: number;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
/** Windows lacks O_NOFOLLOW and O_NONBLOCK and takes them for 0; few users there have the right to create a link. */
const FLAGS = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
const LINE_END = 10;

/** Creates `logs/` if it was deleted. A link in its place is refused: it may lead out of the workspace. */
export function ensureLogsFolder(folder: string): void {
  if (kindOf(folder) !== 'missing') {
    requireFolder(folder);
    return;
  }
  try {
    makeFolder(folder);
  } catch (error) {
    if (kindOf(folder) !== 'folder') throw fromSystemError(error, dirname(folder), 'write');
  }
}

/** Whether the path still leads to `file`: rotation renames the file, and users delete it. */
function isCurrent(file: ActiveFile, path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.ino === file.inode;
}

/**
 * Opens the active file, and creates it if it is missing. The caller holds the folder's lock.
 * @throws Failure `logs-not-a-folder`, `not-a-regular-file`, and those of the file system
 */
function openActiveFile(folder: string, name: string): ActiveFile {
  const path = join(folder, name);
  const what = kindOf(path);
  if (what !== 'file' && what !== 'missing') throw new Failure('not-a-regular-file', { path, what });
  requireFolder(folder);
  const before = lstatSync(folder).ino;
  let descriptor: number | undefined;
  try {
    const made = what === 'missing' ? makeActiveFile(path, folder) : undefined;
    descriptor = made ?? openSync(path, FLAGS | O_CREAT, 0o666);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Failure('not-a-regular-file', { path, what: 'other' });
    // The folder may have been replaced by a link meanwhile.
    requireFolder(folder);
    if (lstatSync(folder).ino !== before)
      throw new Failure('logs-not-a-folder', { path: folder, what: 'link' });
    return { descriptor, inode: stats.ino, isNameDurable: false, end: 0 };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw fromSystemError(error, path, 'write');
  }
}

/** @returns the descriptor of a new file; undefined if another process has made the file meanwhile */
function makeActiveFile(path: string, folder: string): number | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, FLAGS | O_CREAT | O_EXCL, 0o666);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  try {
    giveToFolder(descriptor, folder);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function sizeOf({ descriptor }: ActiveFile): number {
  return fstatSync(descriptor).size;
}

/** Whether the first `size` bytes end in the middle of a line: a writer died, or the disk was full. */
function endsTorn(file: ActiveFile, size: number): boolean {
  if (size === 0 || size === file.end) return false;
  return readAt(file, size - 1, 1)[0] !== LINE_END;
}

/** At most `length` bytes from `position` on. */
function readAt({ descriptor }: ActiveFile, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
}

/**
 * The two system calls of an append that a disk can refuse; separate, so that tests can refuse them at a chosen byte.
 */
export interface AppendPort {
  /** Writes once, at the end of the file. @returns how many bytes were written; fewer on a full disk */
  write(descriptor: number, bytes: Uint8Array): Promise<number>;
  /** Makes the written bytes survive a power loss. */
  sync(descriptor: number): Promise<void>;
  /** The same two calls for a process that is about to end; they are synchronous. */
  writeNow(descriptor: number, bytes: Uint8Array): number;
  syncNow(descriptor: number): void;
}

export const systemAppendPort: AppendPort = {
  write: (descriptor, bytes) =>
    new Promise((resolve, reject) => {
      write(descriptor, bytes, 0, bytes.length, null, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    }),
  sync: (descriptor) =>
    new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    }),
  writeNow: (descriptor, bytes) => writeSync(descriptor, bytes, 0, bytes.length, null),
  syncNow: fdatasyncSync,
};

/** Appends whole lines to one log, while any number of other processes do the same (DESIGN decision 7). */
export interface Appender {
  /**
   * Writes `lines`, each with its line end, in one call under the shared lock. `durable` also syncs them, and the
   * folder after a creation. Pass at most 1 MB: the death of this process can tear longer ones.
   * @throws Failure of the file system, before anything was written
   */
  append(lines: Buffer, options: { readonly durable: boolean }): Promise<Appended>;
  /**
   * The same for a process that ends now. It blocks this thread: at most `patience` ms for the lock, and as long again
   * for a running write, so that the lines keep their order. If that write takes longer, its lines may come after
   * these; no line is written twice.
   */
  appendNow(lines: Buffer, options: { readonly durable: boolean; readonly patience: number }): void;
  close(): void;
}

export interface Appended {
  /** How many bytes of `lines` are written, in whole lines. */
  readonly written: number;
  /** The size of the file afterwards, in bytes. */
  readonly size: number;
  /** Why not all bytes were written, or why the written bytes may not survive a power loss. */
  readonly failure?: Failure;
  /** True if a sync was asked for and failed. */
  readonly isUnsynced?: boolean;
}

const nothing = Buffer.alloc(0);
const NEWLINE = Buffer.from('\n');
/**
 * If a line end is missing for longer than this, its writer died. A shorter gap is waited for, because a busy machine
 * may delay a writer in the middle of its write; a line end too many would make an empty line.
 */
const TORN_AFTER_MS = 250;
const LOOK_EVERY_MS = 2;
/** How long to wait for the exclusive lock to cut off a torn piece. */
const CUT_PATIENCE_MS = 200;

/**
 * Opens the log called `name` in `folder` for appending.
 * @throws Failure of `openFolderLock`, `logs-not-a-folder`
 */
export async function openAppender(
  folder: string,
  name: string,
  port: AppendPort = systemAppendPort,
  { time = systemPatience, onWait }: { readonly time?: Patience; readonly onWait?: () => void } = {},
): Promise<Appender> {
  const path = join(folder, name);
  ensureLogsFolder(folder);
  const lock = await openFolderLock(folder, APPEND_LOCK, { onWait }, time);
  let file: ActiveFile | undefined;
  let isClosed = false;
  /** The lines of an append that has not begun to write; `writing` is the running write. */
  let pending: Buffer = nothing;
  let writing: Writing | undefined;

  /** Closes the file. After a failed sync the state of the descriptor's pages is unknown, so it is never used again. */
  function abandon(): void {
    const abandoned = file;
    file = undefined;
    if (abandoned === undefined) return;
    try {
      closeSync(abandoned.descriptor);
    } catch {
      // The first failure is already reported.
    }
  }

  function current(): ActiveFile {
    // The folder may have been replaced by a link while this call waited for the lock.
    requireFolder(folder);
    if (file !== undefined && !isCurrent(file, path)) abandon();
    file ??= openActiveFile(folder, name);
    return file;
  }

  /** Reads the size of the file, and whether it ends in the middle of a line for good. */
  async function lookAtEnd(target: ActiveFile): Promise<{ before: number; isTorn: boolean }> {
    let before = sizeOf(target);
    let since = time.now();
    while (endsTorn(target, before)) {
      if (time.now() - since > TORN_AFTER_MS) return { before, isTorn: true };
      // Another process may be writing the rest right now.
      await time.sleep(LOOK_EVERY_MS);
      const later = sizeOf(target);
      if (later !== before) since = time.now();
      before = later;
    }
    return { before, isTorn: false };
  }

  async function append(lines: Buffer, { durable }: { readonly durable: boolean }): Promise<Appended> {
    pending = lines;
    let target: ActiveFile;
    let bytes = lines;
    let taken: number;
    let size: number;
    let held: Held | undefined;
    try {
      ensureLogsFolder(folder);
      held = await lock.share();
      target = current();
      const { before, isTorn } = await lookAtEnd(target);
      if (isTorn) bytes = Buffer.concat([NEWLINE, lines]);
      writing = { target, before, bytes, isWaitedFor: true };
      pending = nothing;
      taken = await port.write(target.descriptor, bytes);
      size = sizeOf(target);
      // If other processes wrote meanwhile, one of them may not have finished.
      target.end = size === before + bytes.length ? size : 0;
    } catch (error) {
      abandon();
      throw fromSystemError(error, path, 'write');
    } finally {
      pending = nothing;
      writing = undefined;
      held?.release();
    }
    const written = wholeLines(bytes, taken);
    const result = { written: Math.max(0, written - (bytes.length - lines.length)), size };
    if (written < taken) await cutBack(target, bytes.subarray(written, taken), lock, path);
    try {
      if (durable && result.written > 0) await makeDurable(target);
    } catch (error) {
      abandon();
      return { ...result, failure: fromSystemError(error, path, 'write'), isUnsynced: true };
    }
    return taken < bytes.length ? { ...result, failure: shortWrite(path) } : result;
  }

  async function makeDurable(target: ActiveFile): Promise<void> {
    await port.sync(target.descriptor);
    if (!target.isNameDurable) await syncNames(folder);
    target.isNameDurable = true;
  }

  /**
   * Waits for a running write: the thread pool goes on while this thread is blocked, and the file shows when the bytes
   * are there. Writing them here instead could double them, because the write in the pool cannot be cancelled.
   */
  function awaitWrite(patience: number): void {
    if (writing?.isWaitedFor !== true) return;
    // Wait only once: later lines come after lines that have already overtaken that write.
    writing.isWaitedFor = false;
    const deadline = time.now() + patience;
    while (!isInFile(writing) && time.now() < deadline) time.sleepNow(1);
  }

  function appendNow(
    lines: Buffer,
    { durable, patience }: { readonly durable: boolean; readonly patience: number },
  ): void {
    const all = Buffer.concat([pending, lines]);
    pending = nothing;
    if (all.length === 0) return;
    ensureLogsFolder(folder);
    const held = lock.shareNow(patience);
    try {
      awaitWrite(patience);
      const target = current();
      // A running write begins a new line itself, and ends with a line end.
      const isTorn = writing === undefined && endsTorn(target, sizeOf(target));
      port.writeNow(target.descriptor, isTorn ? Buffer.concat([NEWLINE, all]) : all);
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

interface Writing {
  readonly target: ActiveFile;
  /** The size of the file before the write. Other processes may write there, too. */
  readonly before: number;
  readonly bytes: Buffer;
  /** Whether an `appendNow` must still wait for it. */
  isWaitedFor: boolean;
}

function isInFile({ target, before, bytes }: Writing): boolean {
  const length = sizeOf(target) - before;
  return length >= bytes.length && readAt(target, before, length).includes(bytes);
}

/**
 * How many of the `taken` bytes are whole lines. A line that lacks only its line end is whole: the next append adds it.
 */
function wholeLines(bytes: Buffer, taken: number): number {
  if (taken === 0 || taken === bytes.length) return taken;
  return bytes[taken] === NEWLINE[0] ? taken + 1 : bytes.lastIndexOf(NEWLINE, taken - 1) + 1;
}

/** The number of line ends. */
export function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at !== -1; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}

/** Makes the names of the log and of its folder survive a power loss. */
async function syncNames(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  for (const path of [folder, dirname(folder)]) {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await handle.sync().finally(() => handle.close());
  }
}

/** A disk that takes only a part of the bytes is full: only the next call would report that. */
function shortWrite(path: string): Failure {
  return fromSystemError(Object.assign(new Error('short write'), { code: 'ENOSPC', syscall: 'write' }), path);
}

/**
 * Cuts off the beginning of a line that was written before the disk was full, so that the line can be written again as
 * a whole. It does so under the exclusive lock, and only if no other process has written after it. Otherwise the piece
 * stays, and the next append begins a new line.
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
      { patience: CUT_PATIENCE_MS, mayBlock: false },
    );
  } catch {
    // Readers skip a torn piece, so it may stay.
  }
}
