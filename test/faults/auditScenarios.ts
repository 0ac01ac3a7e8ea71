import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inlineRunner, type Environment } from '../../src/base/job.ts';
import { columnsOf, COLUMNS } from '../../src/audit/columns.ts';
import { MIGRATIONS } from '../../src/audit/sqliteSchema.ts';
import type { TrailReport } from '../../src/audit/outputs/outputs.ts';
import { trailJobs, type Trail, type TrailJobs } from '../../src/audit/trail.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { entriesOf } from '../unit/audit/sampleTrail.ts';

/** The work of a program on an audit trail until it is killed. */
export interface AuditScenario {
  readonly name: string;
  /** How many records the trail has before; they are numbered from 0. */
  readonly first: number;
  /** The version of the database before; the newest one if it is absent. */
  readonly version?: number;
  /** How many records it appends each time, with a checkpoint after each. */
  readonly appends: readonly number[];
  /** Whether it prunes what has expired in the end: the first 512 records. */
  readonly isPruned: boolean;
}

export const PRUNED = 512;

export const auditScenarios: readonly AuditScenario[] = [
  { name: 'append to a new trail', first: 0, appends: [1, 2], isPruned: false },
  { name: 'append and seal a block of 256', first: 250, appends: [3, 10], isPruned: false },
  { name: 'migrate and append', first: 20, version: 1, appends: [1], isPruned: false },
  { name: 'prune', first: 520, appends: [], isPruned: true },
];

/** Fills the trail of a workspace as a scenario finds it. */
export async function fillTrail(
  root: string,
  { first, version }: AuditScenario,
  environment: Environment = process.env,
): Promise<void> {
  if (first === 0) return;
  if (version !== undefined) {
    mkdirSync(join(root, 'logs'), { recursive: true });
    oldTrail(join(root, 'logs', 'audit.db'), version, first);
    return;
  }
  const trail = trailHere(environment);
  await trail.run('appendToTrail', { root, entries: entriesOf(0, first) });
  await trail.run('closeTrail', { root });
}

/** The jobs of a trail in this thread. */
export function trailHere(environment: Environment = process.env): Trail {
  return inlineRunner<TrailJobs, TrailReport>(trailJobs, environment);
}

/** A database of an earlier version, with records and without a checkpoint. */
function oldTrail(path: string, version: number, count: number): void {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; ${MIGRATIONS.slice(0, version).join('')}`);
  database.exec(`INSERT INTO trail VALUES ('0123456789abcdef'); PRAGMA user_version = ${String(version)}`);
  const places = ['seq', 'entry', 'leaf', ...COLUMNS];
  const insert = database.prepare(
    `INSERT INTO record (${places.join(', ')}) VALUES (${places.map(() => '?').join(', ')})`,
  );
  for (const [seq, { entry }] of entriesOf(0, count).entries()) {
    const columns = columnsOf(JSON.parse(entry));
    insert.run(seq, entry, leafHash(Buffer.from(entry)), ...COLUMNS.map((name) => columns?.[name] ?? null));
  }
  database.close();
}
