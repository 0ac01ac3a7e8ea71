import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRow } from './audit/exportRow.ts';
import { insertRows } from './audit/insertRows.ts';
import { queryRows } from './audit/queryRows.ts';
import { stallRows } from './audit/stallRows.ts';
import { fill, makeWorkspace, PlainTable } from './audit/trails.ts';
import { verifyRows } from './audit/verifyRows.ts';
import { buildLibrary } from './record/builtLibrary.ts';
import type { Row } from './table.ts';

const RECORDS = 1_000_000;

/** The audit trail: insertion, verification, proofs, queries and export. It takes about eight minutes. */
export async function audit(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-audit-'));
  process.env.XDG_STATE_HOME = join(folder, 'state');
  console.log(`\nSQLite ${process.versions.sqlite}\n${conditions}`);
  try {
    await buildLibrary(join(folder, 'library'));
    const inserted = await insertRows(folder);
    const workspace = makeWorkspace(folder, 'million');
    await workspace.trail.run('idOfTrail', workspace);
    const plain = new PlainTable(join(folder, 'plain.db'), join(workspace.root, 'logs', 'audit.db'));
    await fill(RECORDS, workspace.append, (entries) => {
      plain.append(entries);
    });
    const verified = await verifyRows(workspace, plain);
    plain.close();
    await workspace.close();
    return [
      ...inserted,
      ...verified,
      ...(await queryRows(workspace, RECORDS)),
      await exportRow(folder, workspace, RECORDS),
      ...(await stallRows(workspace, RECORDS)),
    ];
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 5 });
  }
}

const conditions = `Records are those of a backend, about 600 bytes each; ids are random. The table beside it has the same columns,
indexes and PRAGMAs, and the same function fills its columns; it lacks leaves, nodes, checkpoints and triggers.
A checkpoint is signed and synced after every 1,000 records.`;
