import { COLUMNS } from './columns.ts';

const types: Readonly<Record<string, string>> = {
  created_at: 'INTEGER NOT NULL',
  response_status_code: 'INTEGER',
  ...Object.fromEntries(
    ['id', 'user_id', 'action', 'entity_type', 'entity_id'].map((name) => [name, 'TEXT NOT NULL']),
  ),
};
const columns = COLUMNS.map((name) => `${name} ${types[name] ?? 'TEXT'}`).join(', ');

function guardOf(table: string, deed: 'UPDATE' | 'DELETE'): string {
  return `CREATE TRIGGER ${table}_no_${deed.toLowerCase()} BEFORE ${deed} ON ${table} BEGIN
         SELECT RAISE(ABORT, 'the audit trail is only added to'); END;`;
}

const guards = ['trail', 'record', 'node', 'checkpoint'].flatMap((table) => [
  guardOf(table, 'UPDATE'),
  guardOf(table, 'DELETE'),
]);

/** Refuses to delete records. A prune takes it off and puts it back in one transaction, so no other program is without. */
export const DELETE_GUARD = { name: 'record_no_delete', create: guardOf('record', 'DELETE') };

/**
 * Each text brings a database one version further; `user_version` says how many were run. A text that was released stays
 * as it is.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE trail (id TEXT NOT NULL) STRICT;
  CREATE TABLE record (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, leaf BLOB NOT NULL, ${columns}) STRICT;
  CREATE UNIQUE INDEX idx_audit_id ON record (id);
  CREATE INDEX idx_audit_user ON record (user_id, created_at, seq);
  CREATE INDEX idx_audit_entity ON record (entity_type, entity_id, created_at, seq);
  CREATE INDEX idx_audit_created ON record (created_at, seq);
  CREATE INDEX idx_audit_action ON record (action, created_at, seq);
  CREATE TABLE node (level INTEGER, idx INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;
  CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
  CREATE VIEW billing_audit_log AS SELECT id, user_id, action, entity_type, entity_id, description, changes,
    audit_metadata, created_at FROM record;
  ${guards.join('\n')}
  `,
  // Each filter has an index of its own, so that a page of any of them alone is read in its order.
  `
  DROP INDEX idx_audit_entity;
  CREATE INDEX idx_audit_entity ON record (entity_id, created_at, seq);
  CREATE INDEX idx_audit_type ON record (entity_type, created_at, seq);
  `,
];
