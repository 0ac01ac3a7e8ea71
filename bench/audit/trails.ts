import { mkdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { join } from 'node:path';
import { COLUMNS, columnsOf } from '../../src/audit/columns.ts';
import type { NewEntry } from '../../src/audit/record.ts';
import type { TrailReport } from '../../src/audit/outputs/outputs.ts';
import { trailJobs, type Trail, type TrailJobs } from '../../src/audit/trail.ts';
import { inlineRunner } from '../../src/base/job.ts';
import { entriesOf } from './records.ts';

const BATCH = 1000;

/** A managed workspace with a trail, which this thread writes. */
export interface Workspace {
  readonly root: string;
  readonly trail: Trail;
  readonly append: (entries: readonly NewEntry[]) => Promise<unknown>;
  close(): Promise<void>;
}

export function makeWorkspace(base: string, name: string): Workspace {
  const root = join(base, name);
  mkdirSync(join(root, 'logs'), { recursive: true });
  writeFileSync(join(root, '.workspace-logs.json'), JSON.stringify({ version: 1, workspaceId: name }));
  const trail: Trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, process.env);
  return {
    root,
    trail,
    append: (entries) => trail.run('appendToTrail', { root, entries }),
    close: () => trail.run('closeTrail', { root }),
  };
}

/** The same columns and indexes as the trail's, without leaf, triggers, nodes and checkpoints. */
export class PlainTable {
  readonly database: DatabaseSync;
  readonly #insert: StatementSync;
  #size = 0;

  /** @param trail a database of a trail, whose columns and indexes are taken */
  constructor(path: string, trail: string) {
    this.database = new DatabaseSync(path);
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    const model = new DatabaseSync(trail, { readOnly: true });
    const rows = model.prepare(
      `SELECT sql FROM sqlite_schema WHERE tbl_name = 'record' AND type IN ('table', 'index')`,
    );
    for (const { sql } of rows.all() as { sql: string }[])
      this.database.exec(sql.replace(' leaf BLOB NOT NULL,', ''));
    model.close();
    const names = ['seq', 'entry', ...COLUMNS];
    this.#insert = this.database.prepare(
      `INSERT INTO record (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
  }

  append(entries: readonly NewEntry[]): void {
    this.database.exec('BEGIN IMMEDIATE');
    for (const { entry } of entries) {
      const columns = columnsOf(JSON.parse(entry));
      if (columns === undefined) throw new Error(entry);
      this.#insert.run(this.#size, entry, ...COLUMNS.map((name) => columns[name]));
      this.#size += 1;
    }
    this.database.exec('COMMIT');
  }

  close(): void {
    this.database.close();
  }
}

/** Appends records to all of `targets` in batches of 1,000. */
export async function fill(
  count: number,
  ...targets: ((entries: readonly NewEntry[]) => unknown)[]
): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const entries = entriesOf(from, Math.min(BATCH, count - from));
    for (const append of targets) await append(entries);
  }
}
