import { accessSync, constants, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Failure, fromSystemError, hasCode } from '../base/failure.ts';
import { systemPatience, type Patience } from '../base/patience.ts';
import { keepOwner } from './durable.ts';
import { kindOf, requireFolder } from './list.ts';

/**
 * A readers-writer lock between processes: an SQLite file in rollback-journal mode, whose POSIX locks the kernel
 * releases when a process dies (https://sqlite.org/lockingv3.html). Many holders can share it, or one holds it
 * exclusively. SQLite blocks new readers while a writer waits. The lock belongs to the process: if any other code in
 * the holder's process opened and closed the file, that would drop the lock, so no other code may ever open the file.
 */
export interface FolderLock {
  /** Runs `work` under the shared lock. `work` must be synchronous and short. */
  shared<T>(work: () => T, options?: Waiting): Promise<T>;
  /**
   * Runs `work` under the exclusive lock. Readers wait meanwhile, so `work` must be short. The lock is not used again
   * before `work` is done.
   */
  exclusive<T>(work: () => Promise<T> | T, options?: Waiting): Promise<T>;
  /** Takes the lock exclusively until `release` is called. */
  hold(options?: Waiting): Promise<Held>;
  /** Takes the lock shared until `release` is called; for an append that is written asynchronously. */
  share(options?: Waiting): Promise<Held>;
  /**
   * The same for a process that is about to end: blocks this thread for at most `patience` ms. @throws Failure
   * `lock-busy`
   */
  shareNow(patience: number): Held;
  close(): void;
}

/** A lock that is held. Releasing it twice is safe. */
export interface Held {
  release(): void;
}

export interface Waiting {
  /** How long to wait for other holders, in ms. */
  readonly patience?: number;
  readonly signal?: AbortSignal | undefined;
  /** False on a thread that must not block: then `exclusive` retries instead of waiting inside SQLite. */
  readonly mayBlock?: boolean;
  /** Called once if the lock is busy, before the wait. */
  readonly onWait?: (() => void) | undefined;
}

export const APPEND_LOCK = '.lock';
export const MAINTENANCE_LOCK = '.maintenance';

/**
 * How long an `exclusive` waits inside SQLite, which blocks new readers meanwhile. That wait blocks this thread, so all
 * other waiting is done outside of SQLite.
 */
const BUSY_TIMEOUT_MS = 50;
const DEFAULT_PATIENCE_MS = 10_000;

/**
 * Opens the lock called `name` in `folder`, and creates its file if it is missing.
 * @throws Failure `sqlite-missing`, `lock-damaged` (not a regular file, or not SQLite's), `lock-busy`, `logs-missing`,
 *   `no-permission`, `disk-full`, `machine-error`
 */
export async function openFolderLock(
  folder: string,
  name: string,
  options: Waiting = {},
  time: Patience = systemPatience,
): Promise<FolderLock> {
  const path = join(folder, name);
  let connection = await patiently(path, options, time, () => connect(path));
  let isClosed = false;

  /** Another process may have removed the lock's file: a lock on a removed file locks out no other process. */
  function current(): Connection {
    if (isClosed) throw new Failure('cancelled', {});
    const { database, inode } = connection;
    if (database.isOpen && inodeOf(path) === inode) return connection;
    if (database.isOpen) database.close();
    connection = connect(path);
    return connection;
  }

  async function take(mode: keyof typeof takers, waiting: Waiting): Promise<Connection> {
    return patiently(path, waiting, time, () => {
      const candidate = current();
      attempt(candidate, () => {
        takers[mode](candidate, waiting);
      });
      if (inodeOf(path) === candidate.inode) return candidate;
      candidate.database.exec('ROLLBACK');
      throw replaced;
    });
  }

  function takeNow(patience: number): Held {
    const deadline = time.now() + patience;
    for (;;) {
      try {
        const candidate = current();
        // A running append already holds the lock; the kernel releases that with the process, and so after the write.
        if (candidate.database.isTransaction) return { release: () => undefined };
        attempt(candidate, () => {
          takers.shared(candidate);
        });
        return heldBy(candidate);
      } catch (error) {
        if (!isBusy(error)) throw toFailure(error, path);
      }
      if (time.now() >= deadline) throw new Failure('lock-busy', { path });
      time.sleepNow(1);
    }
  }

  async function during<T>(
    mode: 'shared' | 'exclusive',
    work: () => Promise<T> | T,
    waiting: Waiting = options,
  ): Promise<T> {
    const connection = await take(mode, waiting);
    try {
      return await work();
    } finally {
      letGo(connection);
    }
  }

  return {
    shared: (work, waiting) => during('shared', work, waiting),
    exclusive: (work, waiting) => during('exclusive', work, waiting),
    hold: async (waiting = options) => heldBy(await take('hold', waiting)),
    share: async (waiting = options) => heldBy(await take('shared', waiting)),
    shareNow: takeNow,
    close() {
      isClosed = true;
      if (connection.database.isOpen) connection.database.close();
    },
  };
}

function heldBy(connection: Connection): Held {
  let isReleased = false;
  return {
    release() {
      if (!isReleased) letGo(connection);
      isReleased = true;
    },
  };
}

/**
 * Releases the lock. The work under it is done, so a failed release is no failure of the work. Closing the database
 * also releases the lock.
 */
function letGo({ database }: Connection): void {
  if (!database.isOpen) return;
  try {
    database.exec('ROLLBACK');
  } catch {
    database.close();
  }
}

/** A failed connection may be stuck in a transaction, so it is closed: the next attempt uses a new one. */
function attempt({ database }: Connection, take: () => void): void {
  try {
    take();
  } catch (error) {
    if (!isBusy(error)) database.close();
    throw error;
  }
}

interface Connection {
  readonly database: DatabaseSync;
  readonly read: StatementSync;
  readonly inode: number | undefined;
}

/** The lock's file was replaced while the lock was taken: retry, as for a busy lock. */
const replaced = new Error('replaced');

function connect(path: string): Connection {
  const what = kindOf(path);
  if (what !== 'file' && what !== 'missing')
    throw new Failure('lock-damaged', { path, detail: `it is a ${what}` });
  // If the folder is a link, the file would be created outside the workspace.
  requireFolder(dirname(path));
  const { DatabaseSync } = requireSqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    if (!hasTable(database)) {
      shareLikeFolder(path);
      database.exec('PRAGMA journal_mode = DELETE; CREATE TABLE IF NOT EXISTS held (nobody INTEGER)');
    }
    return { database, read: database.prepare('SELECT nobody FROM held'), inode: inodeOf(path) };
  } catch (error) {
    database?.close();
    throw isBusy(error) ? error : toFailure(error, path);
  }
}

/**
 * Every user who may write into the folder must be able to lock it: the file gets the folder's owner and permissions.
 */
function shareLikeFolder(path: string): void {
  const { mode, uid, gid } = lstatSync(dirname(path));
  keepOwner(path, { mode: mode & 0o666, uid, gid });
}

function hasTable(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'held'").get() !== undefined;
}

const takers = {
  shared: takeShared,
  exclusive: takeExclusive,
  hold: ({ database }: Connection): void => {
    database.exec('BEGIN EXCLUSIVE');
  },
};

function takeExclusive({ database }: Connection, { mayBlock = true }: Waiting): void {
  database.exec(`PRAGMA busy_timeout = ${String(mayBlock ? BUSY_TIMEOUT_MS : 0)}`);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } finally {
    database.exec('PRAGMA busy_timeout = 0');
  }
}

/** The read takes the lock, `BEGIN` does not. */
function takeShared({ database, read }: Connection): void {
  database.exec('BEGIN');
  try {
    read.get();
  } catch (error) {
    // After a system error SQLite has rolled back already; a second rollback would throw and hide that error.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

async function patiently<T>(
  path: string,
  { patience, signal, onWait }: Waiting,
  time: Patience,
  attempt: () => T,
): Promise<T> {
  const deadline = time.now() + (patience ?? DEFAULT_PATIENCE_MS);
  for (let isFirst = true; ; isFirst = false) {
    if (signal?.aborted === true) throw new Failure('cancelled', {});
    try {
      return attempt();
    } catch (error) {
      if (error !== replaced && !isBusy(error)) throw toFailure(error, path);
    }
    if (time.now() >= deadline) throw new Failure('lock-busy', { path });
    if (isFirst) onWait?.();
    await time.sleep(1 + Math.random() * 4);
  }
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html). */
export const SQLITE = { PERM: 3, BUSY: 5, READONLY: 8, IOERR: 10, FULL: 13, CANTOPEN: 14 } as const;

/** The primary result code of an error of SQLite: an extended code has it in its low byte. Undefined for other errors. */
export function sqliteCodeOf(error: unknown): number | undefined {
  const errcode = (error as { errcode?: number } | null)?.errcode;
  return errcode === undefined ? undefined : errcode & 0xff;
}

function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error) === SQLITE.BUSY;
}

/** Only a file that is no SQLite file is `lock-damaged`; after a system error, deleting it would not help. */
function toFailure(error: unknown, path: string): Failure {
  if (hasCode(error)) return error;
  const folder = dirname(path);
  const what = kindOf(folder);
  if (what === 'missing') return new Failure('logs-missing', { path: folder }, error);
  if (what !== 'folder') return new Failure('logs-not-a-folder', { path: folder, what }, error);
  const detail = error instanceof Error ? error.message : String(error);
  switch (sqliteCodeOf(error)) {
    case undefined:
      return fromSystemError(error, path);
    case SQLITE.PERM:
    case SQLITE.READONLY:
      return new Failure('no-permission', { path, call: 'write' }, error);
    case SQLITE.FULL:
      return new Failure('disk-full', { path }, error);
    case SQLITE.IOERR:
      return new Failure('machine-error', { path, call: 'lock', errno: detail }, error);
    case SQLITE.CANTOPEN:
      return isAccessible(path)
        ? new Failure('machine-error', { path, call: 'open', errno: detail }, error)
        : new Failure('no-permission', { path, call: 'write' }, error);
    default:
      return new Failure('lock-damaged', { path, detail }, error);
  }
}

/** Checks the access without opening the file, because that could drop a lock that another thread holds. */
function isAccessible(path: string): boolean {
  try {
    accessSync(kindOf(path) === 'missing' ? dirname(path) : path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}

/** Whether this Node.js has SQLite; without it nothing can be changed safely, so nothing is changed. */
export function hasSqlite(): boolean {
  return builtin() !== undefined;
}

/** Loads it by name, so that a Node.js without it can still load this file. */
function builtin(): typeof import('node:sqlite') | undefined {
  return process.getBuiltinModule('node:sqlite');
}

/** @throws Failure `sqlite-missing` */
export function requireSqlite(): typeof import('node:sqlite') {
  const module = builtin();
  if (module === undefined) throw new Failure('sqlite-missing', { version: process.versions.node });
  return module;
}
