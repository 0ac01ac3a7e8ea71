import { closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure, fromSystemError, hasCode } from '../base/failure.ts';
import { giveToFolder, randomToken } from '../files/durable.ts';
import { requireSqlite, SQLITE, sqliteCodeOf } from '../files/folderLock.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { COLUMNS, columnsOf } from './columns.ts';
import { isSameRecord, type NewEntry } from './record.ts';
import { MIGRATIONS } from './sqliteSchema.ts';
import type {
  Appended,
  AuditFilter,
  AuditStore,
  PagedEntry,
  Position,
  StoredCheckpoint,
  StoredEntry,
} from './store.ts';
import { leafHash, type TreeNode } from './tree.ts';

/** How long a write waits for another process's. */
const BUSY_TIMEOUT_MS = 10_000;
const GROUP_WRITES = 0o020;

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
      database.exec('PRAGMA journal_mode = WAL');
      migrate(database, path);
    }
    database.exec('PRAGMA synchronous = FULL');
    return new SqliteStore(database, path);
  });
}

/**
 * Opens the trail to read it alone; undefined if there is none, or it was never begun.
 * @throws Failure as `openSqliteStore`
 */
export function openSqliteStoreToRead(path: string): AuditStore | undefined {
  if (kindOf(path) === 'missing') return undefined;
  const database = open(path, (DatabaseSync) => readable(DatabaseSync, path));
  return guarded(path, database, () => {
    database.exec(`PRAGMA busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
    if (versionOf(database, path) === 0) {
      database.close();
      return undefined;
    }
    return new SqliteStore(database, path);
  });
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
function readable(DatabaseSync: Constructor, path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.prepare('PRAGMA user_version').get();
    return database;
  } catch (error) {
    database.close();
    if (sqliteCodeOf(error) !== SQLITE.CANTOPEN || existsSync(`${path}-wal`)) throw error;
    const url = pathToFileURL(path);
    url.search = '?immutable=1';
    return new DatabaseSync(url, { readOnly: true });
  }
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
  const mode = (statSync(folder).mode & GROUP_WRITES) === 0 ? 0o600 : 0o660;
  try {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
    const descriptor = openSync(path, flags, mode);
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
        if (insert.run(next, entry, leafHash(Buffer.from(entry)), ...values).changes === 1) {
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

  rows(from: number, limit: number): ReturnType<AuditStore['rows']> {
    return this.#later(() => {
      const statement = this.#prepare(
        `SELECT seq, CAST(entry AS BLOB) AS entry, leaf, ${COLUMNS.join(', ')} FROM record NOT INDEXED
         WHERE seq >= ? ORDER BY seq LIMIT ?`,
      );
      const found = allRows(statement, Math.max(from, LOWEST), limit);
      return found.map(([seq, entry, leaf, ...columns]) => ({
        seq: Number(seq),
        entry: entry as Uint8Array,
        leaf: leaf as Uint8Array,
        columns,
      }));
    });
  }

  entries(from: number, limit: number): Promise<readonly StoredEntry[]> {
    return this.#later(() => {
      const sql = 'SELECT seq, entry FROM record NOT INDEXED WHERE seq >= ? ORDER BY seq LIMIT ?';
      return this.#prepare(sql).all(Math.max(from, LOWEST), limit) as unknown as StoredEntry[];
    });
  }

  find(id: string): Promise<StoredEntry | undefined> {
    return this.#later(() => this.#find(id));
  }

  #find(id: string): StoredEntry | undefined {
    const sql = 'SELECT seq, entry FROM record WHERE id = ?';
    return this.#prepare(sql).get(id) as StoredEntry | undefined;
  }

  page(filter: AuditFilter, after: Position | undefined, limit: number): Promise<PagedEntry[]> {
    return this.#later(() => {
      const { where, values } = conditions(filter, after);
      const sql = `SELECT seq, created_at, entry FROM record ${this.#indexFor(filter)} ${where}
        ORDER BY created_at DESC, seq DESC LIMIT ?`;
      return this.#prepare(sql).all(...values, limit) as unknown as PagedEntry[];
    });
  }

  count(filter: AuditFilter, limit: number): Promise<number> {
    return this.#later(() => {
      const { where, values } = conditions(filter, undefined);
      return this.#count(`${this.#indexFor(filter)} ${where}`, values, limit);
    });
  }

  #count(rest: string, values: readonly (string | number)[], limit: number): number {
    const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM record ${rest} LIMIT ?)`;
    return (this.#prepare(sql).get(...values, limit) as { count: number }).count;
  }

  /** The index of the filter that fits fewest records, so that a rare one is not looked for among all of another. */
  #indexFor(filter: AuditFilter): string {
    const candidates = [
      { index: 'idx_audit_user', parts: { user: filter.user } },
      { index: 'idx_audit_action', parts: { action: filter.action } },
      { index: 'idx_audit_entity', parts: { entityType: filter.entityType, entityId: filter.entityId } },
    ].filter(({ parts }) => Object.values(parts).every((value) => value !== undefined));
    let [best, fewest] = ['idx_audit_created', Number.POSITIVE_INFINITY];
    for (const { index, parts } of candidates) {
      const { where, values } = conditions({ ...parts, from: filter.from, to: filter.to }, undefined);
      const limit = Math.min(FEW, fewest);
      const count = candidates.length === 1 ? 0 : this.#count(`INDEXED BY ${index} ${where}`, values, limit);
      if (count < fewest) [best, fewest] = [index, count];
    }
    return `INDEXED BY ${best}`;
  }

  readonly hashes = (level: number, from: number, to: number): Promise<readonly Uint8Array[]> =>
    this.#later(() => {
      const rows =
        level === 0
          ? this.#prepare(
              'SELECT leaf AS hash FROM record NOT INDEXED WHERE seq >= ? AND seq < ? ORDER BY seq',
            ).all(from, to)
          : this.#prepare('SELECT hash FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx').all(
              level,
              from,
              to,
            );
      return (rows as { hash: Uint8Array }[]).map(({ hash }) => hash);
    });

  nodeCount(level: number): Promise<number> {
    return this.#later(() => {
      const sql = 'SELECT coalesce(max(idx) + 1, 0) AS count FROM node WHERE level = ?';
      return (this.#prepare(sql).get(level) as { count: number }).count;
    });
  }

  seal(nodes: readonly TreeNode[], checkpoint?: StoredCheckpoint): Promise<void> {
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

/** A number that another program put in may be too large for ours; reading all of them so takes a third longer. */
function allRows(statement: StatementSync, ...values: number[]): unknown[][] {
  // Node.js 22.13 has only objects, whose values are in the order of the columns.
  const { setReturnArrays } = statement as { setReturnArrays?: (isOn: boolean) => void };
  setReturnArrays?.call(statement, true);
  statement.setReadBigInts(false);
  try {
    const rows = statement.all(...values) as unknown[];
    return rows.map((row) =>
      Array.isArray(row) ? (row as unknown[]) : Object.values(row as Record<string, unknown>),
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_OUT_OF_RANGE') throw error;
    statement.setReadBigInts(true);
    const rows = statement.all(...values).map((row) => Object.values(row));
    return rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
  }
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
  if (filter.to !== undefined) parts.push(['created_at <= ?', filter.to]);
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
