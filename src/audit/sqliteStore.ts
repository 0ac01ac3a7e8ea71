import { closeSync, constants, existsSync, openSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure, fromSystemError, hasCode } from '../base/failure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import { giveToFolder, privateMode, randomToken } from '../files/durable.ts';
import { requireSqlite, SQLITE, sqliteCodeOf } from '../files/folderLock.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { COLUMNS, columnsOf } from './columns.ts';
import { indexCounts } from './page/indexCounts.ts';
import type { IndexCounts } from './page/summaries.ts';
import { isBefore } from './query.ts';
import { isSameRecord, type NewEntry } from './record.ts';
import { DELETE_GUARD, MIGRATIONS } from './sqliteSchema.ts';
import type {
  Appended,
  AuditFilter,
  AuditStore,
  PagedEntry,
  Position,
  StoredCheckpoint,
  StoredEntry,
  StoredRow,
} from './store.ts';
import { leafHash, type TreeNode } from './tree.ts';

/** How long a write waits for another process's. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens the trail in the SQLite file at `path`, and makes it if there is none. Calls block their thread, so backends and
 * VS Code use a worker.
 * @throws Failure `sqlite-missing`, `audit-damaged` (also for a database of another program), `audit-newer`, `lock-busy`,
 *   `not-a-regular-file`, `logs-missing`, `logs-not-a-folder`, `no-permission`, `disk-full`, `machine-error`
 */
export function openSqliteStore(path: string): AuditStore {
  requireFolder(dirname(path));
  if (kindOf(path) === 'missing') makeFile(path);
  const database = open(path, (DatabaseSync) => new DatabaseSync(path));
  return guarded(path, database, () => {
    database.exec(`PRAGMA busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
    const version = versionOf(database, path);
    if (version < MIGRATIONS.length) {
      // It is fixed once the first page is written.
      if (version === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
      database.exec('PRAGMA journal_mode = WAL');
      migrate(database, path);
    }
    // What moves or is deleted is overwritten, so that a pruned record does not stay in a corner of the file.
    database.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST');
    return new SqliteStore(database, path);
  });
}

/**
 * Opens the trail to read it alone; undefined if there is none, or it was never begun.
 * @param leavesNothing a trail that no program has open is read without the two files that a reader leaves beside it;
 *   then nothing keeps a program from writing meanwhile
 * @throws Failure as `openSqliteStore`
 */
export function openSqliteStoreToRead(path: string, leavesNothing = false): AuditStore | undefined {
  const database = openDatabaseToRead(path, leavesNothing);
  return database && guarded(path, database, () => new SqliteStore(database, path));
}

/** The database of a trail, for reading alone; undefined and failures as `openSqliteStoreToRead`. */
function openDatabaseToRead(path: string, leavesNothing: boolean): DatabaseSync | undefined {
  if (kindOf(path) === 'missing') return undefined;
  const database = open(path, (DatabaseSync) => readable(DatabaseSync, path, leavesNothing));
  return guarded(path, database, () => {
    database.exec(`PRAGMA busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
    if (versionOf(database, path) > 0) return database;
    database.close();
    return undefined;
  });
}

/** Gives `work` what the indexes of the trail in a SQLite file count. @throws Failure as `openSqliteStore` */
export async function countingIndexes<T>(
  path: string,
  leavesNothing: boolean,
  work: (counts: IndexCounts) => Promise<T>,
): Promise<T | undefined> {
  const database = openDatabaseToRead(path, leavesNothing);
  if (database === undefined) return undefined;
  try {
    return await work(indexCounts(database));
  } catch (error) {
    throw toFailure(error, path);
  } finally {
    database.close();
  }
}

type Constructor = (typeof import('node:sqlite'))['DatabaseSync'];

function open(path: string, construct: (DatabaseSync: Constructor) => DatabaseSync): DatabaseSync {
  const what = kindOf(path);
  // A link may lead out of the workspace.
  if (what !== 'file') throw new Failure('not-a-regular-file', { path, what });
  const { DatabaseSync } = requireSqlite();
  try {
    return construct(DatabaseSync);
  } catch (error) {
    throw toFailure(error, path);
  }
}

/** In a folder that cannot be written, SQLite only reads a database that no program has open. */
function readable(DatabaseSync: Constructor, path: string, leavesNothing: boolean): DatabaseSync {
  const hasLog = existsSync(`${path}-wal`);
  if (leavesNothing && !hasLog) return immutable(DatabaseSync, path);
  const read = (options: { readonly readOnly?: boolean }): DatabaseSync => {
    const database = new DatabaseSync(path, options);
    try {
      database.prepare('PRAGMA user_version').get();
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  };
  try {
    return read({ readOnly: true });
  } catch (error) {
    const isUnfinished = hasLog || existsSync(`${path}-journal`);
    if (sqliteCodeOf(error) === SQLITE.READONLY && !leavesNothing) {
      try {
        // A program was killed while it made the database: only one that may write can undo what it began.
        return read({});
      } catch (again) {
        if (isUnfinished) throw again;
      }
    } else if (sqliteCodeOf(error) !== SQLITE.CANTOPEN || isUnfinished) throw error;
    return immutable(DatabaseSync, path);
  }
}

/** As the file lies there, without locks. */
function immutable(DatabaseSync: Constructor, path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.search = '?immutable=1';
  return new DatabaseSync(url, { readOnly: true });
}

function guarded<T>(path: string, database: DatabaseSync, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (database.isOpen) database.close();
    throw toFailure(error, path);
  }
}

/** Only the owner reads the trail, and the group where it may write into the folder. SQLite's other files follow. */
function makeFile(path: string): void {
  const folder = dirname(path);
  try {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
    const descriptor = openSync(path, flags, privateMode(folder));
    try {
      giveToFolder(descriptor, folder);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fromSystemError(error, path, 'write');
  }
}

/** @returns how many migrations were run; 0 for an empty database */
function versionOf(database: DatabaseSync, path: string): number {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > MIGRATIONS.length) throw new Failure('audit-newer', { path, version });
  const { tables } = database.prepare('SELECT count(*) tables FROM sqlite_schema').get() as {
    tables: number;
  };
  if (version === 0 && tables > 0)
    throw new Failure('audit-damaged', { path, detail: 'another program’s database' });
  return version;
}

function migrate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been first.
    const version = versionOf(database, path);
    MIGRATIONS.slice(version).forEach((text) => {
      database.exec(text);
    });
    if (version === 0) database.prepare('INSERT INTO trail (id) VALUES (?)').run(randomToken());
    database.exec(`PRAGMA user_version = ${String(MIGRATIONS.length)}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** What is read at once, so that long records don't fill the memory. */
const MOST_BYTES = 4 * BYTES_PER_MB;
/** Pages that are given back at once. */
const SHRINK_PAGES = 1000;

/** Below any number of a record; numbers that another program put in may be negative. */
const LOWEST = Number.MIN_SAFE_INTEGER;

class SqliteStore implements AuditStore {
  readonly trailId: string;
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.trailId = this.#do(() => {
      const trail = this.#prepare('SELECT id FROM trail').get() as { id: unknown } | undefined;
      return String(trail?.id);
    });
  }

  append(entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    return this.#transaction(() => {
      let next = this.#size();
      const names = ['seq', 'entry', 'leaf', ...COLUMNS];
      const insert = this.#prepare(
        `INSERT INTO record (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`,
      );
      return entries.map((given) => {
        const { entry } = given;
        const columns = columnsOf(JSON.parse(entry));
        if (columns === undefined) throw new Failure('unexpected', { detail: 'an entry lacks a field' });
        const values = COLUMNS.map((name) => columns[name]);
        if (insert.run(next, entry, leafHash(entry), ...values).changes === 1) {
          next += 1;
          return 'appended';
        }
        const stored = this.#find(columns.id);
        return stored !== undefined && isSameRecord(stored.entry, given) ? 'duplicate' : 'conflict';
      });
    });
  }

  size(): Promise<number> {
    return this.#later(() => this.#size());
  }

  #size(): number {
    const row = this.#prepare('SELECT coalesce(max(seq) + 1, 0) AS size FROM record').get();
    return (row as { size: number }).size;
  }

  first(): Promise<number> {
    return this.#later(() => {
      const row = this.#prepare('SELECT coalesce(min(seq), 0) AS first FROM record').get();
      return (row as { first: number }).first;
    });
  }

  rows(from: number, limit: number): Promise<StoredRow[]> {
    return this.#later(() => {
      const start = Math.max(from, LOWEST);
      try {
        return this.#rows(`json_array(${COLUMNS.join(', ')})`, start, limit);
      } catch {
        // Another program put bytes in the place of a text.
        const cells = COLUMNS.map((name) => `iif(typeof(${name}) = 'blob', json_array(), ${name})`);
        return this.#rows(`json_array(${cells.join(', ')})`, start, limit);
      }
    });
  }

  /** @param columns the expression for the columns as JSON, which escapes all that could end a text early */
  #rows(columns: string, from: number, limit: number): StoredRow[] {
    const statement = this.#prepare(
      `SELECT CAST(seq AS REAL), entry, octet_length(entry), iif(typeof(leaf) = 'blob', lower(hex(leaf)), ''), ${columns}
       FROM record NOT INDEXED WHERE seq >= ? ORDER BY seq LIMIT ?`,
    );
    return arraysOf(statement, from, this.#fitting(from, limit)).map(([seq, entry, bytes, leaf, cells]) => {
      const row = { seq, entry, leaf, columns: cells } as StoredRow;
      return isExact(row, bytes as number) ? row : this.#exactly(row, columns);
    });
  }

  /** How many records from a number on are read at once, so that long ones don't fill the memory. */
  #fitting(from: number, limit: number): number {
    const { first } = this.#prepare('SELECT CAST(min(seq) AS REAL) AS first FROM record WHERE seq >= ?').get(
      from,
    ) as {
      first: number | null;
    };
    const statement = this.#prepare(
      'SELECT total(octet_length(entry)) AS bytes FROM record NOT INDEXED WHERE seq >= ?1 AND seq < ?1 + ?2',
    );
    let fitting = limit;
    while (fitting > 1 && (statement.get(first, fitting) as { bytes: number }).bytes > MOST_BYTES)
      fitting = Math.ceil(fitting / 4);
    return fitting;
  }

  /** The row, without the texts whose bytes are others than those of the text. */
  #exactly(row: StoredRow, columns: string): StoredRow {
    const { seq, entry } = row;
    const sql = `SELECT CAST(entry AS BLOB) AS entry, CAST(${columns} AS BLOB) AS columns FROM record NOT INDEXED WHERE seq = ?`;
    const bytes = this.#prepare(sql).get(seq) as { entry: Uint8Array; columns: Uint8Array } | undefined;
    const isText = (text: unknown, stored: Uint8Array | undefined): boolean =>
      typeof text === 'string' && stored !== undefined && Buffer.from(text).equals(stored);
    return {
      ...row,
      entry: isText(entry, bytes?.entry) ? entry : undefined,
      columns: isText(row.columns, bytes?.columns) ? row.columns : '',
    };
  }

  entries(from: number, limit: number): Promise<readonly StoredEntry[]> {
    return this.#later(() => {
      const start = Math.max(from, LOWEST);
      const sql = 'SELECT seq, entry FROM record NOT INDEXED WHERE seq >= ? ORDER BY seq LIMIT ?';
      return this.#prepare(sql).all(start, this.#fitting(start, limit)) as unknown as StoredEntry[];
    });
  }

  find(id: string): Promise<StoredEntry | undefined> {
    return this.#later(() => this.#find(id));
  }

  #find(id: string): StoredEntry | undefined {
    const sql = 'SELECT seq, entry FROM record WHERE id = ?';
    return this.#prepare(sql).get(id) as StoredEntry | undefined;
  }

  expired(from: number, to: number): Promise<number> {
    return this.#later(() => {
      // In the order of the table, so the search ends at the first record that stays.
      const staying =
        'SELECT seq FROM record NOT INDEXED WHERE created_at BETWEEN ? AND ? ORDER BY seq LIMIT 1';
      const sql = `SELECT seq + 1 AS behind FROM record NOT INDEXED
        WHERE created_at < ? AND seq < coalesce((${staying}), ?) ORDER BY seq DESC LIMIT 1`;
      const found = this.#prepare(sql).get(from, from, to, Number.MAX_SAFE_INTEGER);
      return (found as { behind: number } | undefined)?.behind ?? 0;
    });
  }

  page(filter: AuditFilter, after: Position | undefined, limit: number): Promise<PagedEntry[]> {
    return this.#later(() => {
      const { where, values } = conditions(filter, after);
      const sql = `SELECT seq, created_at, entry FROM record ${this.#indexFor(filter, after)} ${where}
        ORDER BY created_at DESC, seq DESC LIMIT ?`;
      return this.#prepare(sql).all(...values, limit) as unknown as PagedEntry[];
    });
  }

  count(filter: AuditFilter, limit: number): Promise<number> {
    return this.#later(() => {
      const { where, values } = conditions(filter, undefined);
      const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM record ${this.#indexFor(filter)} ${where} LIMIT ?)`;
      return (this.#prepare(sql).get(...values, limit) as { count: number }).count;
    });
  }

  /**
   * The index of the filter that fits fewest records, so that a rare one is not looked for among all of another. Of
   * filters that fit many, it is the one whose next records reach furthest back.
   */
  #indexFor(filter: AuditFilter, after?: Position): string {
    const candidates = [
      { index: 'idx_audit_user', parts: { user: filter.user } },
      { index: 'idx_audit_action', parts: { action: filter.action } },
      { index: 'idx_audit_entity', parts: { entityId: filter.entityId } },
      { index: 'idx_audit_type', parts: { entityType: filter.entityType } },
    ].filter(({ parts }) => Object.values(parts).some((value) => value !== undefined));
    let best = { index: 'idx_audit_created', count: Number.POSITIVE_INFINITY, oldest: 0 };
    for (const { index, parts } of candidates) {
      const { where, values } = conditions({ ...parts, from: filter.from, to: filter.to }, after);
      const sql = `SELECT count(*) AS count, min(created_at) AS oldest FROM (SELECT created_at FROM record
        INDEXED BY ${index} ${where} ORDER BY created_at DESC, seq DESC LIMIT ${String(FEW)})`;
      const found = (
        candidates.length === 1 ? { count: 0, oldest: 0 } : this.#prepare(sql).get(...values)
      ) as {
        count: number;
        oldest: number | null;
      };
      const oldest = found.oldest ?? 0;
      if (found.count < best.count || (found.count === best.count && oldest < best.oldest))
        best = { index, count: found.count, oldest };
    }
    return `INDEXED BY ${best.index}`;
  }

  readonly hashes = (level: number, from: number, to: number): Promise<readonly Uint8Array[]> =>
    this.#later(() => {
      const source =
        level === 0
          ? 'SELECT leaf AS hash FROM record NOT INDEXED WHERE seq >= ? AND seq < ? ORDER BY seq'
          : `SELECT hash FROM node WHERE level = ${String(level)} AND idx >= ? AND idx < ? ORDER BY idx`;
      // One text is read faster than a buffer for each.
      const statement = this.#prepare(`SELECT group_concat(hex(hash)) AS hashes FROM (${source})`);
      const { hashes } = statement.get(from, to) as { hashes: string | null };
      return hashes === null ? [] : hashes.split(',').map((hash) => Buffer.from(hash, 'hex'));
    });

  nodeCount(level: number): Promise<number> {
    return this.#later(() => {
      const sql = 'SELECT coalesce(max(idx) + 1, 0) AS count FROM node WHERE level = ?';
      return (this.#prepare(sql).get(level) as { count: number }).count;
    });
  }

  async seal(nodes: readonly TreeNode[], checkpoint?: StoredCheckpoint): Promise<void> {
    this.#do(() => {
      // One sync for the records and another one for their checkpoint would halve what a slow disk takes.
      this.#database.exec('PRAGMA synchronous = NORMAL');
    });
    try {
      await this.#seal(nodes, checkpoint);
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL');
    }
  }

  #seal(nodes: readonly TreeNode[], checkpoint: StoredCheckpoint | undefined): Promise<void> {
    return this.#transaction(() => {
      const insert = this.#prepare('INSERT OR IGNORE INTO node (level, idx, hash) VALUES (?, ?, ?)');
      for (const { level, index, hash } of nodes) insert.run(level, index, hash);
      if (checkpoint !== undefined)
        this.#prepare('INSERT OR IGNORE INTO checkpoint (size, note) VALUES (?, ?)').run(
          checkpoint.size,
          checkpoint.note,
        );
    });
  }

  sync(): Promise<void> {
    return this.#transaction(() => {
      // A transaction that writes nothing is not synced.
      const { user_version: version } = this.#prepare('PRAGMA user_version').get() as {
        user_version: number;
      };
      this.#database.exec(`PRAGMA user_version = ${String(version)}`);
    });
  }

  nodes(after: { level: number; index: number }, limit: number): Promise<readonly TreeNode[]> {
    return this.#later(() => {
      const sql = `SELECT level, idx AS "index", hash FROM node WHERE (level, idx) > (?, ?)
        ORDER BY level, idx LIMIT ?`;
      const statement = this.#prepare(sql);
      statement.setReadBigInts(true);
      const found = statement.all(after.level, after.index, limit) as {
        level: bigint;
        index: bigint;
        hash: Uint8Array;
      }[];
      return found.map(({ level, index, hash }) => ({ level: Number(level), index: Number(index), hash }));
    });
  }

  checkpoints(): Promise<readonly StoredCheckpoint[]> {
    return this.#later(() => {
      const statement = this.#prepare('SELECT size, note FROM checkpoint ORDER BY size');
      statement.setReadBigInts(true);
      const found = statement.all() as { size: bigint; note: string }[];
      return found.map(({ size, note }) => ({ size: Number(size), note }));
    });
  }

  newestCheckpoint(): Promise<StoredCheckpoint | undefined> {
    return this.#later(() => {
      const sql = 'SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1';
      return this.#prepare(sql).get() as StoredCheckpoint | undefined;
    });
  }

  indexProblems(): Promise<readonly string[]> {
    return this.#later(() => {
      const rows = this.#prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
      return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    });
  }

  prune(before: number): Promise<void> {
    return this.#transaction(() => {
      this.#database.exec(`DROP TRIGGER ${DELETE_GUARD.name}`);
      this.#prepare('DELETE FROM record WHERE seq < ?').run(before);
      this.#database.exec(DELETE_GUARD.create);
    });
  }

  shrink(): Promise<boolean> {
    const free = (): number =>
      (this.#database.prepare('PRAGMA freelist_count').get() as { freelist_count: number }).freelist_count;
    return this.#later(() => {
      const before = free();
      this.#database.exec(`PRAGMA incremental_vacuum(${String(SHRINK_PAGES)})`);
      const left = free();
      if (left > 0 && left < before) return true;
      // The file gets shorter only now. If a reader prevents it, a later checkpoint of SQLite does it.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return false;
    });
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #transaction<T>(work: () => T): Promise<T> {
    return this.#later(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #later<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      resolve(this.#do(work));
    });
  }

  #do<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toFailure(error, this.#path);
    }
  }
}

/** Rows as arrays, which cost less than objects. */
function arraysOf(statement: StatementSync, ...values: number[]): unknown[][] {
  // Node.js 22.13 has only objects, whose values are in the order of the columns.
  const { setReturnArrays } = statement as { setReturnArrays?: (isOn: boolean) => void };
  setReturnArrays?.call(statement, true);
  const rows = statement.all(...values) as unknown[];
  if (Array.isArray(rows[0])) return rows as unknown[][];
  return rows.map((row) => Object.values(row as Record<string, unknown>));
}

/** Whether texts are their bytes: what is no UTF-8 is read as U+FFFD, and in older versions of Node.js a NUL ends a text. */
function isExact({ entry, columns }: StoredRow, bytes: number): boolean {
  return (
    typeof entry === 'string' &&
    (entry.length === bytes || Buffer.byteLength(entry) === bytes) &&
    !entry.includes('\ufffd') &&
    !columns.includes('\ufffd')
  );
}

/** Counting further costs more than a bad choice of the index. */
const FEW = 1000;

function conditions(
  filter: AuditFilter,
  after: Position | undefined,
): { readonly where: string; readonly values: (string | number)[] } {
  const parts: (readonly [sql: string, ...values: (string | number)[]])[] = [];
  if (filter.user !== undefined) parts.push(['user_id = ?', filter.user]);
  if (filter.action !== undefined) parts.push(['action = ?', filter.action]);
  if (filter.entityType !== undefined) parts.push(['entity_type = ?', filter.entityType]);
  if (filter.entityId !== undefined) parts.push(['entity_id = ?', filter.entityId]);
  if (filter.from !== undefined) parts.push(['created_at >= ?', filter.from]);
  if (filter.to !== undefined && !isBefore(after, filter.to)) parts.push(['created_at <= ?', filter.to]);
  if (filter.actions !== undefined)
    parts.push([`action IN (${filter.actions.map(() => '?').join(', ')})`, ...filter.actions]);
  if (after !== undefined) parts.push(['(created_at, seq) < (?, ?)', after.created_at, after.seq]);
  const where = parts.length === 0 ? '' : `WHERE ${parts.map(([sql]) => sql).join(' AND ')}`;
  return { where, values: parts.flatMap(([, ...values]) => values) };
}

function toFailure(error: unknown, path: string): Failure {
  if (hasCode(error)) return error;
  const detail = error instanceof Error ? error.message : String(error);
  switch (sqliteCodeOf(error)) {
    case undefined:
      return fromSystemError(error, path);
    case SQLITE.BUSY:
      return new Failure('lock-busy', { path }, error);
    case SQLITE.PERM:
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
      return new Failure('no-permission', { path, call: 'write' }, error);
    case SQLITE.FULL:
      return new Failure('disk-full', { path }, error);
    case SQLITE.IOERR:
      return new Failure('machine-error', { path, call: 'write', errno: detail }, error);
    default:
      return new Failure('audit-damaged', { path, detail }, error);
  }
}
