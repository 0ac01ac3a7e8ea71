import { Failure, isFailure } from '../../base/failure.ts';
import type { Environment } from '../../base/job.ts';
import { randomToken } from '../../files/durable.ts';
import { COLUMNS, columnsOf, type Columns } from '../columns.ts';
import { isBefore } from '../query.ts';
import { isSameRecord, type NewEntry } from '../record.ts';
import type {
  Appended,
  AuditFilter,
  AuditStore,
  ConnectionSource,
  PagedEntry,
  Position,
  StoredCheckpoint,
  StoredEntry,
  StoredRow,
} from '../store.ts';
import { leafHash, type TreeNode } from '../tree.ts';
import { openDatabase, usualPatience, type Database } from './connection.ts';
import { COUNT_BY_INDEXES, idKey, indexed, migration, MIGRATIONS } from './postgresSchema.ts';

/**
 * Opens the trail in a PostgreSQL database, and makes its tables if there are none. Many programs may append at once.
 * @throws Failure `audit-database`, `audit-damaged`, `audit-newer`, those of a file that cannot be read
 */
export async function openPostgresStore(
  source: ConnectionSource,
  environment: Environment,
  patience = usualPatience,
): Promise<AuditStore> {
  const database = await openDatabase(source, environment, patience);
  return guarded(database, async () => {
    const found = await trailIn(database);
    if (found?.version === MIGRATIONS.length) return new PostgresStore(database, found.id);
    await requireUnicode(database);
    const trail = await migrate(database, found?.version ?? 0);
    return new PostgresStore(database, trail.id);
  });
}

/** Opens the trail to read it alone; undefined if it was never begun. @throws Failure as `openPostgresStore` */
export async function openPostgresStoreToRead(
  source: ConnectionSource,
  environment: Environment,
  patience = usualPatience,
): Promise<AuditStore | undefined> {
  const database = await openDatabase(source, environment, patience);
  return guarded(database, async () => {
    const found = await trailIn(database);
    if (found !== undefined) return new PostgresStore(database, found.id);
    database.close();
    return undefined;
  });
}

async function guarded<T>(database: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    database.close();
    throw error;
  }
}

const UNDEFINED_TABLE = '42P01';

interface FoundTrail {
  readonly id: string;
  readonly version: number;
}

async function trailIn(database: Database): Promise<FoundTrail | undefined> {
  try {
    const { rows } = await database.run<FoundTrail>('SELECT id, version FROM trail');
    const [trail] = rows;
    if (trail === undefined) throw new Failure('audit-damaged', { path: database.name, detail: 'no trail' });
    if (trail.version > MIGRATIONS.length)
      throw new Failure('audit-newer', { path: database.name, version: trail.version });
    return trail;
  } catch (error) {
    if (isFailure(error, 'audit-database') && error.data.code === UNDEFINED_TABLE) return undefined;
    throw error;
  }
}

async function requireUnicode(database: Database): Promise<void> {
  const { rows } = await database.run<{ server_encoding: string }>('SHOW server_encoding');
  if (rows[0]?.server_encoding !== 'UTF8')
    throw new Failure('audit-database', { name: database.name, why: 'encoding', code: '' });
}

async function migrate(database: Database, version: number): Promise<FoundTrail> {
  try {
    await database.run(migration(version, randomToken()));
  } catch (error) {
    // Another program may have been first; then its tables are the ones that were in the way.
    const trail = await trailIn(database);
    if (trail?.version !== MIGRATIONS.length) throw error;
  }
  const trail = await trailIn(database);
  if (trail === undefined) throw new Failure('unexpected', { detail: 'the tables were not made' });
  return trail;
}

/**
 * Records from the place $1 on in tree order: as many as $2, or as many as 4 MB hold, and at least one. The length of a
 * long text is known without reading it.
 */
function fitting(columns: string): string {
  return `(
    SELECT seq, ${columns}, sum(octet_length(entry)) OVER (ORDER BY seq) - octet_length(entry) AS bytes_before
    FROM place JOIN record USING (number) WHERE seq >= $1::bigint ORDER BY seq LIMIT $2::bigint
  ) AS few WHERE bytes_before < ${String(MOST_BYTES)} ORDER BY seq`;
}

/** Below any number of a record. */
const LOWEST = Number.MIN_SAFE_INTEGER;
/**
 * What is appended or read at once: a statement that holds very much more would be refused, since an array has 1 GB at
 * most, and an answer would fill the memory.
 */
const MOST_BYTES = 4_194_304;
/** Records that get their places in one transaction. */
const MOST_PLACED = 10_000;
/** Records that are looked through at once for such without a place. */
const CHUNK = 50_000;
/** What goes through all records in one statement may take so long. */
const LONG_MS = 600_000;

const fields = ['entry', 'leaf', ...COLUMNS];
const names = fields.join(', ');
const places = fields.map((_, index) => `$${String(index + 1)}`);
const arrays = fields.map((name, index) => {
  const type = name === 'leaf' ? 'bytea' : isNumber(name) ? 'bigint' : 'text';
  return `${places[index] ?? ''}::${type}[]`;
});

function isNumber(name: string): boolean {
  return name === 'created_at' || name === 'response_status_code';
}

/**
 * A record and its number in `pending` are added together, and no row is shared with who else appends. The statements
 * have names, since planning one takes longer than the insert.
 */
function adding(name: string, given: string): { readonly name: string; readonly text: string } {
  const text = `
    WITH added AS (
      INSERT INTO record (${names}) ${given} ON CONFLICT DO NOTHING RETURNING number, id
    ), waiting AS (
      INSERT INTO pending SELECT number FROM added
    )
    SELECT id FROM added`;
  return { name: `workspace-logs ${name}`, text };
}

const ADD_ONE = adding('one', `VALUES (${places.join(', ')})`);
const ADD_MANY = adding(
  'many',
  `SELECT ${names} FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS given (${names}, turn) ORDER BY turn`,
);

/**
 * Gives the records that wait their places. The lock is held by the server alone: all of it is one message, so a client
 * that stops keeps no other from it.
 */
const PLACE = `
  BEGIN ISOLATION LEVEL READ COMMITTED;
  SELECT id FROM sequencer FOR UPDATE;
  WITH moved AS (
    DELETE FROM pending WHERE number IN (SELECT number FROM pending ORDER BY number LIMIT ${String(MOST_PLACED)})
    RETURNING number
  )
  INSERT INTO place (seq, number)
    SELECT (SELECT coalesce(max(seq) + 1, 0) FROM place) + row_number() OVER (ORDER BY number) - 1, number FROM moved;
  COMMIT`;

class PostgresStore implements AuditStore {
  readonly trailId: string;
  readonly #database: Database;
  /** Who may only read sees records of others once they have their places. */
  #mayPlace = true;

  constructor(database: Database, trailId: string) {
    this.#database = database;
    this.trailId = trailId;
  }

  /** In one transaction for each 4 MB: what a failure leaves behind counts once when it is appended again. */
  async append(entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    const outcomes: Appended[] = [];
    let [from, bytes] = [0, 0];
    for (const [index, { entry }] of entries.entries()) {
      bytes += entry.length;
      if (bytes < MOST_BYTES && index < entries.length - 1) continue;
      outcomes.push(...(await this.#append(entries.slice(from, index + 1))));
      [from, bytes] = [index + 1, 0];
    }
    return outcomes;
  }

  async #append(entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    const given = entries.map((entry) => ({ ...entry, columns: requireColumns(entry) }));
    // The first of each id.
    const fresh = new Map<string, (typeof given)[number]>();
    for (const one of given) if (!fresh.has(one.columns.id)) fresh.set(one.columns.id, one);
    const rows = [...fresh.values()].map(({ entry, columns }) => [
      entry,
      leafHash(entry),
      ...COLUMNS.map((name) => columns[name]),
    ]);
    const [first = []] = rows;
    const { rows: news, isRepeated } = await (rows.length === 1
      ? this.#database.run<{ id: string }>(ADD_ONE, first)
      : this.#database.run<{ id: string }>(
          ADD_MANY,
          first.map((_, field) => rows.map((row) => row[field])),
        ));
    const appended = new Set(news.map(({ id }) => id));
    const stored = await this.#entriesOf([...fresh.keys()].filter((id) => !appended.has(id)));
    return given.map((one): Appended => {
      const { id } = one.columns;
      const isFirst = fresh.get(id) === one;
      if (isFirst && appended.has(id)) return 'appended';
      const known = stored.get(id) ?? fresh.get(id)?.entry ?? '';
      // The connection was lost when the record was there already.
      if (isFirst && isRepeated && known === one.entry) return 'appended';
      return isSameRecord(known, one) ? 'duplicate' : 'conflict';
    });
  }

  async #entriesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.#database.run<{ id: string; entry: string }>(
      `SELECT id, entry FROM record WHERE ${idKey('id')} IN (SELECT ${idKey('id')} FROM unnest($1::text[]) AS given (id))`,
      [ids],
    );
    return new Map(rows.map(({ id, entry }) => [id, entry]));
  }

  /** Gives the records that wait now their places in the tree. Everything that reads the tree begins so. */
  async #place(): Promise<void> {
    if (!this.#mayPlace) return;
    try {
      const waiting = await this.#number('SELECT count(*) AS found FROM pending');
      for (let placed = 0; placed < waiting; placed += MOST_PLACED) await this.#database.run(PLACE);
    } catch (error) {
      if (!isFailure(error, 'audit-database') || error.data.why !== 'rights') throw error;
      this.#mayPlace = false;
    }
  }

  async #number(statement: string, values: readonly unknown[] = []): Promise<number> {
    const { rows } = await this.#database.run<{ found: number }>(statement, values);
    return rows[0]?.found ?? 0;
  }

  async size(): Promise<number> {
    await this.#place();
    return this.#number('SELECT coalesce(max(seq) + 1, 0) AS found FROM place');
  }

  async first(): Promise<number> {
    await this.#place();
    return this.#number('SELECT coalesce(min(seq), 0) AS found FROM place');
  }

  async rows(from: number, limit: number): Promise<readonly StoredRow[]> {
    await this.#place();
    const unplaced = from === -Infinity ? await this.#unplaced() : [];
    const text = `SELECT seq, entry, leaf, ${COLUMNS.join(', ')} FROM ${fitting(`entry, leaf, ${COLUMNS.join(', ')}`)}`;
    const placed = await this.#rows(text, [Math.max(from, LOWEST), limit]);
    return [...unplaced, ...placed].slice(0, limit);
  }

  async #rows(text: string, values: readonly unknown[]): Promise<readonly StoredRow[]> {
    const { rows } = await this.#database.run<unknown[]>({ text, rowMode: 'array' }, values);
    return rows.map(([seq, entry, leaf, ...columns]) => ({
      seq: Number(seq),
      entry: entry as string,
      leaf: (leaf as Buffer).toString('hex'),
      columns: JSON.stringify(columns),
    }));
  }

  /** The first record that another program put into the table alone. It has the number -1, where no record may be. */
  async #unplaced(): Promise<readonly StoredRow[]> {
    const text = `SELECT -1 AS seq, entry, leaf, ${COLUMNS.join(', ')} FROM record
      LEFT JOIN place USING (number) LEFT JOIN pending USING (number)
      WHERE number > $1::bigint AND number <= $2::bigint AND place.number IS NULL AND pending.number IS NULL
      ORDER BY number LIMIT 1`;
    for (let from = LOWEST; ;) {
      const to = await this.#number(
        `SELECT coalesce(max(number), $1::bigint) AS found FROM
         (SELECT number FROM record WHERE number > $1::bigint ORDER BY number LIMIT $2::bigint) AS few`,
        [from, CHUNK],
      );
      if (to === from) return [];
      const found = await this.#rows(text, [from, to]);
      if (found.length > 0) return found;
      from = to;
    }
  }

  async entries(from: number, limit: number): Promise<readonly StoredEntry[]> {
    await this.#place();
    const { rows } = await this.#database.run<StoredEntry>(`SELECT seq, entry FROM ${fitting('entry')}`, [
      Math.max(from, LOWEST),
      limit,
    ]);
    return rows;
  }

  async find(id: string): Promise<StoredEntry | undefined> {
    if (!isStorable(id)) return undefined;
    await this.#place();
    const { rows } = await this.#database.run<StoredEntry>(
      `SELECT seq, entry FROM record JOIN place USING (number)
       WHERE ${idKey('id')} = ${idKey('$1::text')} AND id = $1::text`,
      [id],
    );
    return rows[0];
  }

  async page(
    filter: AuditFilter,
    after: Position | undefined,
    limit: number,
  ): Promise<readonly PagedEntry[]> {
    const { where, values } = conditions(filter, after);
    const { rows } = await this.#database.run<PagedEntry>(
      `SELECT created_at, number AS seq, entry FROM record WHERE ${where}
       ORDER BY created_at DESC, number DESC LIMIT $${String(values.length + 1)}::bigint`,
      [...values, limit],
    );
    return rows;
  }

  count(filter: AuditFilter, limit: number): Promise<number> {
    const { where, values } = conditions(filter, undefined);
    return this.#number(
      `SELECT count(*) AS found FROM
       (SELECT 1 FROM record WHERE ${where} LIMIT $${String(values.length + 1)}::bigint) AS few`,
      [...values, limit],
    );
  }

  /** As in SQLite: times are seconds since 1970. */
  async expired(from: number, to: number): Promise<number> {
    await this.#place();
    return this.#number(
      `SELECT coalesce(max(seq) + 1, 0) AS found FROM place JOIN record USING (number)
       WHERE created_at < $1::bigint AND seq < coalesce((
         SELECT seq FROM place JOIN record USING (number)
         WHERE created_at BETWEEN $1::bigint AND $2::bigint ORDER BY seq LIMIT 1), $3::bigint)`,
      [from, to, Number.MAX_SAFE_INTEGER],
    );
  }

  readonly hashes = async (level: number, from: number, to: number): Promise<readonly Uint8Array[]> => {
    const { rows } = await (level === 0
      ? this.#database.run<{ hash: Uint8Array }>(
          `SELECT leaf AS hash FROM place JOIN record USING (number)
           WHERE seq >= $1::bigint AND seq < $2::bigint ORDER BY seq`,
          [from, to],
        )
      : this.#database.run<{ hash: Uint8Array }>(
          `SELECT hash FROM node WHERE level = $1::integer AND idx >= $2::bigint AND idx < $3::bigint ORDER BY idx`,
          [level, from, to],
        ));
    return rows.map(({ hash }) => hash);
  };

  nodeCount(level: number): Promise<number> {
    return this.#number('SELECT coalesce(max(idx) + 1, 0) AS found FROM node WHERE level = $1::integer', [
      level,
    ]);
  }

  async seal(nodes: readonly TreeNode[], checkpoint?: StoredCheckpoint): Promise<void> {
    await this.#database.run(
      `WITH added AS (
         INSERT INTO node SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING
       )
       INSERT INTO checkpoint SELECT * FROM unnest($4::bigint[], $5::text[]) ON CONFLICT DO NOTHING`,
      [
        nodes.map(({ level }) => level),
        nodes.map(({ index }) => index),
        nodes.map(({ hash }) => Buffer.from(hash)),
        checkpoint === undefined ? [] : [checkpoint.size],
        checkpoint === undefined ? [] : [checkpoint.note],
      ],
    );
  }

  /** The server acknowledges what is synced alone. */
  sync(): Promise<void> {
    return Promise.resolve();
  }

  async nodes(after: { level: number; index: number }, limit: number): Promise<readonly TreeNode[]> {
    const { rows } = await this.#database.run<TreeNode>(
      `SELECT level, idx AS index, hash FROM node WHERE (level, idx) > ($1::integer, $2::bigint)
       ORDER BY level, idx LIMIT $3::bigint`,
      [after.level, after.index, limit],
    );
    return rows;
  }

  async checkpoints(): Promise<readonly StoredCheckpoint[]> {
    const { rows } = await this.#database.run<StoredCheckpoint>(
      'SELECT size, note FROM checkpoint ORDER BY size',
    );
    return rows;
  }

  async newestCheckpoint(): Promise<StoredCheckpoint | undefined> {
    const { rows } = await this.#database.run<StoredCheckpoint>(
      'SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1',
    );
    return rows[0];
  }

  async indexProblems(): Promise<readonly string[]> {
    const { rows } = await this.#database.run<{ table: string; name: string; found: number }>({
      text: COUNT_BY_INDEXES,
      query_timeout: LONG_MS,
    });
    const total = new Map(rows.flatMap(({ table, name, found }) => (name === '' ? [[table, found]] : [])));
    return rows
      .filter(({ table, found }) => found !== total.get(table))
      .map(({ name, found }) => `${name} leads to ${String(found)} rows`);
  }

  async prune(before: number): Promise<void> {
    const text = `WITH gone AS (DELETE FROM place WHERE seq < $1::bigint RETURNING number)
      DELETE FROM record WHERE number IN (SELECT number FROM gone)`;
    await this.#database.run({ text, query_timeout: LONG_MS }, [before]);
  }

  /** PostgreSQL gives space back by itself. */
  shrink(): Promise<boolean> {
    return Promise.resolve(false);
  }

  close(): void {
    this.#database.close();
  }
}

function requireColumns({ entry }: NewEntry): Columns {
  const columns = columnsOf(JSON.parse(entry));
  if (columns === undefined) throw new Failure('unexpected', { detail: 'an entry lacks a field' });
  return columns;
}

/** PostgreSQL takes no text with a NUL, so no column has one. */
function isStorable(value: string): boolean {
  return !value.includes('\0');
}

function conditions(
  filter: AuditFilter,
  after: Position | undefined,
): { readonly where: string; readonly values: readonly unknown[] } {
  const parts: string[] = ['true'];
  const values: unknown[] = [];
  const place = (value: unknown): string => `$${String(values.push(value))}`;
  const texts = {
    user_id: filter.user,
    action: filter.action,
    entity_type: filter.entityType,
    entity_id: filter.entityId,
  };
  for (const [column, value] of Object.entries(texts)) {
    if (value === undefined) continue;
    const given = isStorable(value) ? `${place(value)}::text` : undefined;
    parts.push(
      given === undefined ? 'false' : `${indexed(column)} = ${indexed(given)} AND ${column} = ${given}`,
    );
  }
  if (filter.from !== undefined) parts.push(`created_at >= ${place(whole(Math.ceil(filter.from)))}::bigint`);
  if (filter.to !== undefined && !isBefore(after, filter.to))
    parts.push(`created_at <= ${place(whole(Math.floor(filter.to)))}::bigint`);
  if (filter.actions !== undefined)
    parts.push(`action = ANY(${place(filter.actions.filter(isStorable))}::text[])`);
  if (after !== undefined)
    parts.push(`(created_at, number) < (${place(after.created_at)}::bigint, ${place(after.seq)}::bigint)`);
  return { where: parts.join(' AND '), values };
}

function whole(seconds: number): number {
  return Math.min(Math.max(seconds, LOWEST), Number.MAX_SAFE_INTEGER);
}
