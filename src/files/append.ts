import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  write,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import { type Patience, systemPatience } from '../base/patience.ts';
import { APPEND_LOCK, type FolderLock, type Held, openFolderLock } from './folderLock.ts';
import { kindOf, requireFolder } from './list.ts';

/** The active file of a log, open for appending. */
interface ActiveFile {
  readonly descriptor: number;
  readonly inode: number;
  /** False until the folder was synced after this file was opened: its name may not survive a power loss yet. */
  isNameDurable: boolean;
  /** Where our last append ended; a file that ends there ends with a whole line. */
  end: number;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
const LINE_END = 10;

/** Makes `logs/` where somebody deleted it. A link in its place is refused: it may lead out of the workspace. */
function ensureFolder(folder: string): void {
  if (kindOf(folder) !== 'missing') {
    requireFolder(folder);
    return;
  }
  try {
    mkdirSync(folder);
  } catch (error) {
    if (kindOf(folder) !== 'folder') throw fromSystemError(error, dirname(folder), 'write');
  }
}

/** Whether `file` is still what the path leads to: rotation renames it away, people delete it. */
function isCurrent(file: ActiveFile, path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.ino === file.inode;
}

/**
 * Opens the active file, made when it is missing. Call it while the folder's lock is held.
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
    // Windows has neither of the last two, and takes them for 0; a link there needs rights that few people have.
    descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Failure('not-a-regular-file', { path, what: 'other' });
    // Somebody may have put a link in the folder's place meanwhile.
    requireFolder(folder);
    if (lstatSync(folder).ino !== before)
      throw new Failure('logs-not-a-folder', { path: folder, what: 'link' });
    return { descriptor, inode: stats.ino, isNameDurable: false, end: 0 };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw fromSystemError(error, path, 'write');
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

/** The bytes from `position` on, at most `length`. */
function readAt({ descriptor }: ActiveFile, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
}

/** The two calls of an append that a disk can refuse, apart so that tests can refuse them at a chosen byte. */
export interface AppendPort {
  /** Writes once, at the end of the file. @returns how many bytes were taken, which a full disk makes fewer */
  write(descriptor: number, bytes: Uint8Array): Promise<number>;
  /** Makes what was written survive a power loss. */
  sync(descriptor: number): Promise<void>;
  /** The same two for a process that is about to end and waits for nothing. */
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

/** Appends whole lines to one log, beside any number of other processes that do (DESIGN decision 7). */
export interface Appender {
  /**
   * Writes `lines`, each with its line end, in one call while the lock is held shared. `durable` also syncs them, and the
   * folder after a creation. At most 1 MB: longer ones can be torn by the death of this process.
   * @throws Failure of the file system, before anything was written
   */
  append(lines: Buffer, options: { readonly durable: boolean }): Promise<Appended>;
  /**
   * The same for a process that ends now: it waits on this thread, at most `patience` ms for the lock, and as long for a
   * write that is under way, so that the lines keep their order. A write that takes longer may come behind these lines;
   * none is written twice.
   */
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
  /** True where the latter was asked for and failed. */
  readonly isUnsynced?: boolean;
}

const nothing = Buffer.alloc(0);
const NEWLINE = Buffer.from('\n');
/**
 * A line end that is missing for longer than this is missing for good: its writer died. One that a busy machine holds up in
 * the middle of its write is waited for; a line end too many would be an empty line.
 */
const TORN_AFTER_MS = 250;
const LOOK_EVERY_MS = 2;
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
  { time = systemPatience, onWait }: { readonly time?: Patience; readonly onWait?: () => void } = {},
): Promise<Appender> {
  const path = join(folder, name);
  ensureFolder(folder);
  const lock = await openFolderLock(folder, APPEND_LOCK, { onWait }, time);
  let file: ActiveFile | undefined;
  let isClosed = false;
  /** Lines whose append has not come to its write yet, and the write that is under way. */
  let pending: Buffer = nothing;
  let writing: Writing | undefined;

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
    // Somebody may have put a link in the folder's place while the lock was waited for.
    requireFolder(folder);
    if (file !== undefined && !isCurrent(file, path)) abandon();
    file ??= openActiveFile(folder, name);
    return file;
  }

  /** Looks at the end of the file: its size, and whether it ends in the middle of a line for good. */
  async function lookAtEnd(target: ActiveFile): Promise<{ before: number; isTorn: boolean }> {
    let before = sizeOf(target);
    let since = time.now();
    while (endsTorn(target, before)) {
      if (time.now() - since > TORN_AFTER_MS) return { before, isTorn: true };
      // Another writer's batch may be on its way into the file right now.
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
      ensureFolder(folder);
      held = await lock.share();
      target = current();
      const { before, isTorn } = await lookAtEnd(target);
      if (isTorn) bytes = Buffer.concat([NEWLINE, lines]);
      writing = { target, before, bytes, isWaitedFor: true };
      pending = nothing;
      taken = await port.write(target.descriptor, bytes);
      size = sizeOf(target);
      // Where others wrote meanwhile, one of them may not have finished.
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
   * A write that the thread pool holds goes on while this thread stands still, and the file tells when its bytes are there.
   * Writing them here instead could double them: nothing takes a write back from the pool.
   */
  function awaitWrite(patience: number): void {
    if (writing?.isWaitedFor !== true) return;
    // Once is enough: what is appended after this is behind lines that have overtaken it anyway.
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
    ensureFolder(folder);
    const held = lock.shareNow(patience);
    try {
      awaitWrite(patience);
      const target = current();
      // A write that is under way begins a new line itself, and ends with one.
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
  /** Whether an `appendNow` still waits for it. */
  isWaitedFor: boolean;
}

function isInFile({ target, before, bytes }: Writing): boolean {
  const length = sizeOf(target) - before;
  return length >= bytes.length && readAt(target, before, length).includes(bytes);
}

/** How many of the `taken` bytes are whole lines. One that lacks only its end is whole: whoever appends next adds that. */
function wholeLines(bytes: Buffer, taken: number): number {
  if (taken === 0 || taken === bytes.length) return taken;
  return bytes[taken] === NEWLINE[0] ? taken + 1 : bytes.lastIndexOf(NEWLINE, taken - 1) + 1;
}

/** Makes new names survive a power loss: that of the log, and that of its folder. */
async function syncNames(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  for (const path of [folder, dirname(folder)]) {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await handle.sync().finally(() => handle.close());
  }
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
      { patience: CUT_PATIENCE_MS, mayBlock: false },
    );
  } catch {
    // Readers step over a torn piece, so nothing is lost by leaving it.
  }
}
