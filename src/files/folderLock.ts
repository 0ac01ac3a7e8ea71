import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../base/failure.ts';
import { keepOwner } from './durable.ts';
import { kindOf } from './list.ts';

/**
 * A readers-writer lock between processes: an SQLite file in rollback-journal mode, whose POSIX locks the kernel frees
 * when a process dies (https://sqlite.org/lockingv3.html). Many hold it shared, or one holds it exclusively. SQLite
 * keeps new readers off while a writer waits.
 *
 * The lock belongs to the process: opening and closing the file by any other means in its holder would drop it, so
 * nothing else may ever open it.
 */
export interface FolderLock {
  /** Runs `work` while the lock is held shared. `work` is synchronous and short. */
  shared<T>(work: () => T, options?: Waiting): Promise<T>;
  /** Runs `work` while nobody else holds the lock. Readers wait meanwhile, so `work` is synchronous and short. */
  exclusive<T>(work: () => T, options?: Waiting): Promise<T>;
  /** Takes the lock exclusively until `release` is called. */
  hold(options?: Waiting): Promise<{ release(): void }>;
  close(): void;
}

export interface Waiting {
  /** How long to wait for other holders, in ms. */
  readonly patience?: number;
  readonly signal?: AbortSignal | undefined;
}

export const APPEND_LOCK = '.lock';
export const MAINTENANCE_LOCK = '.maintenance';

/** Waits inside SQLite, during which it holds new readers off; short enough not to hold up the worker's other jobs. */
const BUSY_TIMEOUT_MS = 50;
const DEFAULT_PATIENCE_MS = 10_000;

/**
 * Opens the lock called `name` in `folder`, making its file when it is missing.
 * @throws Failure `sqlite-missing`, `lock-damaged` (not a regular file, not SQLite's, or not writable)
 */
export async function openFolderLock(
  folder: string,
  name: string,
  options: Waiting = {},
): Promise<FolderLock> {
  const path = join(folder, name);
  let connection = await patiently(path, options, () => connect(path));

  /** Somebody may have removed the file: a lock on what no path leads to keeps nobody out. */
  function current(): Connection {
    if (inodeOf(path) === connection.inode) return connection;
    connection.database.close();
    connection = connect(path);
    return connection;
  }

  async function take(mode: 'shared' | 'exclusive', waiting: Waiting): Promise<Connection> {
    return patiently(path, waiting, () => {
      const candidate = current();
      if (mode === 'exclusive') candidate.database.exec('BEGIN EXCLUSIVE');
      else takeShared(candidate);
      if (inodeOf(path) === candidate.inode) return candidate;
      candidate.database.exec('ROLLBACK');
      throw replaced;
    });
  }

  async function during<T>(
    mode: 'shared' | 'exclusive',
    work: () => T,
    waiting: Waiting = options,
  ): Promise<T> {
    const { database } = await take(mode, waiting);
    try {
      return work();
    } finally {
      database.exec('ROLLBACK');
    }
  }

  return {
    shared: (work, waiting) => during('shared', work, waiting),
    exclusive: (work, waiting) => during('exclusive', work, waiting),
    async hold(waiting = options) {
      const { database } = await take('exclusive', waiting);
      return {
        release() {
          if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
        },
      };
    },
    close() {
      if (connection.database.isOpen) connection.database.close();
    },
  };
}

interface Connection {
  readonly database: DatabaseSync;
  readonly read: StatementSync;
  readonly inode: number | undefined;
}

/** The lock's file was replaced while the lock was taken: try again, as when somebody else holds it. */
const replaced = new Error('replaced');

function connect(path: string): Connection {
  const what = kindOf(path);
  if (what !== 'file' && what !== 'missing')
    throw new Failure('lock-damaged', { path, detail: `it is a ${what}` });
  const { DatabaseSync } = sqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    if (what === 'missing') shareLikeFolder(path);
    if (!hasTable(database)) {
      database.exec('PRAGMA journal_mode = DELETE; CREATE TABLE IF NOT EXISTS held (nobody INTEGER)');
    }
    return { database, read: database.prepare('SELECT nobody FROM held'), inode: inodeOf(path) };
  } catch (error) {
    database?.close();
    throw isBusy(error) ? error : new Failure('lock-damaged', { path, detail: messageOf(error) }, error);
  }
}

/** Whoever may write into the folder must be able to lock it: the file gets the folder's owner and permissions. */
function shareLikeFolder(path: string): void {
  const { mode, uid, gid } = lstatSync(dirname(path));
  keepOwner(path, { mode: mode & 0o666, uid, gid });
}

function hasTable(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'held'").get() !== undefined;
}

/** The lock is taken by the read, not by `BEGIN`. */
function takeShared({ database, read }: Connection): void {
  database.exec('BEGIN');
  try {
    read.get();
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

async function patiently<T>(path: string, { patience, signal }: Waiting, attempt: () => T): Promise<T> {
  const deadline = Date.now() + (patience ?? DEFAULT_PATIENCE_MS);
  for (;;) {
    if (signal?.aborted === true) throw new Failure('cancelled', {});
    try {
      return attempt();
    } catch (error) {
      if (error !== replaced && !isBusy(error)) {
        throw error instanceof Failure
          ? error
          : new Failure('lock-damaged', { path, detail: messageOf(error) }, error);
      }
    }
    if (Date.now() >= deadline) throw new Failure('lock-busy', { path });
    await sleep(1 + Math.random() * 4);
  }
}

/** SQLITE_BUSY is 5; the extended codes carry it in their low byte (https://sqlite.org/rescode.html). */
function isBusy(error: unknown): boolean {
  const errcode = (error as { errcode?: number } | null)?.errcode;
  return errcode !== undefined && (errcode & 0xff) === 5;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}

/** True where this Node has SQLite; without it nothing can be changed safely, so nothing is. */
export function hasSqlite(): boolean {
  return builtin() !== undefined;
}

/** Asked for by name, so that a Node without it can still load this file. */
function builtin(): typeof import('node:sqlite') | undefined {
  return process.getBuiltinModule('node:sqlite');
}

function sqlite(): typeof import('node:sqlite') {
  const module = builtin();
  if (module === undefined) throw new Failure('sqlite-missing', { version: process.versions.node });
  return module;
}
