import { COLUMNS } from '../columns.ts';

const types: Readonly<Record<string, string>> = {
  created_at: 'bigint NOT NULL',
  response_status_code: 'bigint',
  ...Object.fromEntries(
    ['id', 'user_id', 'action', 'entity_type', 'entity_id'].map((name) => [name, `${text()} NOT NULL`]),
  ),
};
const columns = COLUMNS.map((name) => `${name} ${types[name] ?? text()}`).join(', ');

/** Compared by bytes: an update of the system's languages changes no order, and so breaks no index. */
function text(): string {
  return 'text COLLATE "C"';
}

/** Entries of an index are limited to 2,704 bytes, and a field's text is not. */
const INDEXED = 200;

/** How an index holds a text. What is looked for has to be compared with the whole text, too. */
export function indexed(expression: string): string {
  return `left(${expression}, ${String(INDEXED)})`;
}

/** The unique index of an id. An id has any length; its backslashes would be escapes of bytes. */
export function idKey(expression: string): string {
  return `sha256(replace(${expression}, E'\\\\', E'\\\\\\\\')::bytea)`;
}

/** The indexes of records by which queries go, and what they hold. */
const queried = {
  idx_audit_created: 'created_at, number',
  ...Object.fromEntries(
    Object.entries({ user: 'user_id', action: 'action', type: 'entity_type', entity: 'entity_id' }).map(
      ([name, column]) => [`idx_audit_${name}`, `${indexed(column)}, created_at, number`],
    ),
  ),
};

/** Makes the indexes for queries. */
export const queryIndexes: string = Object.entries(queried)
  .map(([name, columns]) => `CREATE INDEX ${name} ON record (${columns});`)
  .join('\n');

/**
 * Each text brings a database one version further; `trail.version` says how many were run. A text that was released
 * stays as it is. A record keeps its `number`, by which queries go on; its place in the tree is a row of `place`, since
 * who appends may change no record. Until then its number is in `pending`.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE record (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry text NOT NULL,
    leaf bytea NOT NULL, ${columns});
  CREATE UNIQUE INDEX idx_audit_id ON record (${idKey('id')});
  ${queryIndexes}
  CREATE TABLE pending (number bigint PRIMARY KEY);
  CREATE TABLE place (seq bigint PRIMARY KEY, number bigint NOT NULL UNIQUE);
  CREATE TABLE sequencer (id integer PRIMARY KEY);
  INSERT INTO sequencer VALUES (1);
  CREATE TABLE node (level integer, idx bigint, hash bytea NOT NULL, PRIMARY KEY (level, idx));
  CREATE TABLE checkpoint (size bigint PRIMARY KEY, note text NOT NULL);
  CREATE VIEW billing_audit_log AS SELECT id, user_id, action, entity_type, entity_id, description, changes,
    audit_metadata, created_at FROM record;
  `,
];

/** The statements that bring a database from a version to the newest one, in one transaction. */
export function migration(version: number, trailId: string): string {
  const newest = String(MIGRATIONS.length);
  const trail =
    version === 0
      ? `CREATE TABLE trail (id text NOT NULL, version integer NOT NULL);
         INSERT INTO trail VALUES ('${trailId}', ${newest});`
      : `UPDATE trail SET version = ${newest} WHERE version = ${String(version)};`;
  return `BEGIN; ${trail} ${MIGRATIONS.slice(version).join('\n')} COMMIT`;
}

const ways = [
  ...Object.entries({ ...queried, idx_audit_id: idKey('id'), record_pkey: 'number' }).map(
    ([name, order]) => ['record', name, order] as const,
  ),
  ['place', 'place_pkey', 'seq'],
  ['place', 'place_number_key', 'number'],
] as const;

function counting(table: string, name: string, rest: string): string {
  return `SELECT '${table}' AS table, '${name}' AS name, count(*) AS found FROM (SELECT 1 FROM ${table} ${rest}) AS few;`;
}

/** Counts what is in the tables, as `name` in '', and what each index leads to, all at one moment. */
export const COUNT_BY_INDEXES = `
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off;
  ${['record', 'place'].map((table) => counting(table, '', 'OFFSET 0')).join('\n')}
  SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off;
  SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on;
  ${ways.map(([table, name, order]) => counting(table, name, `ORDER BY ${order} OFFSET 0`)).join('\n')}
  COMMIT`;
