import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { COLUMNS, columnsOf } from '../../src/audit/columns.ts';
import { openPostgresStore } from '../../src/audit/postgres/postgresStore.ts';
import { queryIndexes } from '../../src/audit/postgres/postgresSchema.ts';
import { seal } from '../../src/audit/seal.ts';
import type { AuditStore } from '../../src/audit/store.ts';
import { openTrailKeys, type TrailKeys } from '../../src/audit/trailKeys.ts';
import { PostgresServer } from '../../test/unit/audit/postgres/postgresServer.ts';
import { duration, sideBySide } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';

const CLIENTS = 16;
/** Records of each client in one turn. */
const RECORDS = 250;
const TURNS = 7;
/** As often as a trail is sealed. */
const SEALED_AFTER = 1000;

/**
 * The audit trail in PostgreSQL beside plain inserts into a table with the same columns and indexes and nothing else.
 * Each client has a connection, and waits for one record before it appends the next.
 */
export async function postgresRows(): Promise<readonly Row[]> {
  const server = await PostgresServer.start({ isDurable: true });
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-audit-'));
  const keys = openTrailKeys({ XDG_STATE_HOME: folder });
  try {
    const [ours, plain] = [await server.schema(), await server.schema()];
    await server.query(plain, plainTable());
    const url = server.url(ours);
    const stores = await Promise.all(
      Array.from({ length: CLIENTS }, () => openPostgresStore({ connectionString: url }, {})),
    );
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        const client = new pg.Client({ connectionString: server.url(plain) });
        await client.connect();
        return client;
      }),
    );
    let number = 0;
    const next = (): string => entryOf((number += 1));
    const names = ['entry', ...COLUMNS];
    const insert = `INSERT INTO record (${names.join(', ')}) VALUES (${names.map((_, at) => `$${String(at + 1)}`).join(', ')})`;
    const { evidence, bare } = await sideBySide(TURNS, {
      evidence: () => duration(() => Promise.all(stores.map((store) => append(store, keys, next)))),
      bare: () =>
        duration(() =>
          Promise.all(
            clients.map(async (client) => {
              for (let turn = 0; turn < RECORDS; turn += 1) {
                const entry = next();
                const columns = columnsOf(JSON.parse(entry));
                await client.query({
                  name: 'insert',
                  text: insert,
                  values: [entry, ...COLUMNS.map((name) => columns?.[name])],
                });
              }
            }),
          ),
        ),
    });
    for (const store of stores) store.close();
    await Promise.all(clients.map((client) => client.end()));
    const perSecond = (ms: number): string => `${Math.round((CLIENTS * RECORDS * 1000) / ms).toString()}/s`;
    return [
      {
        what: `${String(CLIENTS)} clients append to PostgreSQL, one record at a time`,
        measured: perSecond(evidence),
        against: `${perSecond(bare)} plain inserts`,
        ratio: times(bare / evidence),
        goal: '≥ 0.7 ×',
        met: bare / evidence >= 0.7,
      },
    ];
  } finally {
    await server.remove();
    rmSync(folder, { recursive: true });
  }
}

let appended = 0;
/** Whoever appends the thousandth record seals. */
async function append(store: AuditStore, keys: TrailKeys, next: () => string): Promise<void> {
  for (let turn = 0; turn < RECORDS; turn += 1) {
    await store.append([{ entry: next(), filled: [] }]);
    appended += 1;
    if (appended % SEALED_AFTER === 0) await seal(store, keys);
  }
}

function entryOf(number: number): string {
  return JSON.stringify({
    id: crypto.randomUUID(),
    user_id: `user ${String(number % 500)}`,
    action: 'plan_updated',
    entity_type: 'plan',
    entity_id: `plan-${String(number % 2000)}`,
    description: `The price of plan ${String(number % 2000)} was changed`,
    changes: { price: { old: number, new: number + 100 } },
    audit_metadata: { door: 'api', request: number },
    created_at: 1_738_368_000 + Math.floor(number / 50),
  });
}

function plainTable(): string {
  const columns = COLUMNS.map((name) =>
    name === 'created_at' || name === 'response_status_code' ? `${name} bigint` : `${name} text`,
  );
  return `CREATE TABLE record (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry text NOT NULL,
    ${columns.join(', ')}); CREATE UNIQUE INDEX idx_audit_id ON record (id); ${queryIndexes}`;
}
