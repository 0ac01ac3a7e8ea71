import { join } from 'node:path';
import { COLUMNS } from '../../src/audit/columns.ts';
import { prove } from '../../src/audit/proof.ts';
import { openSqliteStoreToRead } from '../../src/audit/sqliteStore.ts';
import type { AuditStore } from '../../src/audit/store.ts';
import { duration, sideBySide } from '../sideBySide.ts';
import { ms, times, type Row } from '../table.ts';
import type { PlainTable, Workspace } from './trails.ts';

const TURNS = 5;
const MOST_VERIFY = 3.5;
const MOST_READ = 1100;

/** A verification of all records beside a scan that only reads them; and what a proof reads. */
export async function verifyRows(workspace: Workspace, plain: PlainTable): Promise<readonly Row[]> {
  const { root, trail } = workspace;
  const scan = plain.database.prepare(`SELECT seq, entry, ${COLUMNS.join(', ')} FROM record ORDER BY seq`);
  let records = 0;
  const medians = await sideBySide(TURNS, {
    verify: () =>
      duration(async () => {
        const { state, records: read } = await trail.run('verifyTrail', { root });
        if (state !== 'sound') throw new Error(state);
        records = read;
      }),
    bare: () =>
      duration(() => {
        for (const { entry } of scan.iterate()) if (entry === '') throw new Error('an empty entry');
      }),
  });
  const ratio = medians.verify / medians.bare;
  const each = (time: number): string => `${((time / records) * 1000).toFixed(1)} µs a record`;
  return [
    {
      what: `verification of ${records.toLocaleString('en-US')} records`,
      measured: `${ms(medians.verify)}, ${each(medians.verify)}`,
      against: `a scan that only reads them, row by row, ${each(medians.bare)}`,
      ratio: times(ratio),
      goal: `≤ ${String(MOST_VERIFY)} ×`,
      met: ratio <= MOST_VERIFY,
    },
    await proofRow(workspace, records),
  ];
}

async function proofRow({ root, trail }: Workspace, records: number): Promise<Row> {
  const note = await trail.run('sealTrail', { root });
  const store = openSqliteStoreToRead(join(root, 'logs', 'audit.db'));
  if (store === undefined || note === undefined) throw new Error('there is no trail');
  let most = 0;
  for (const part of [0, 0.31, 0.5, 0.77, 0.999_999]) {
    const [row] = await store.entries(Math.floor(part * records), 1);
    const { id } = JSON.parse(row?.entry ?? '') as { id: string };
    const counting = countReads(store);
    await prove(counting.store, id, note);
    most = Math.max(most, counting.reads());
  }
  store.close();
  return {
    what: `rows that a proof of one of ${records.toLocaleString('en-US')} records reads, at most`,
    measured: most.toLocaleString('en-US'),
    against: '',
    ratio: '',
    goal: `≤ ${MOST_READ.toLocaleString('en-US')}`,
    met: most <= MOST_READ,
  };
}

function countReads(store: AuditStore): { readonly store: AuditStore; readonly reads: () => number } {
  let reads = 0;
  const counting: Pick<AuditStore, 'find' | 'hashes' | 'trailId'> = {
    trailId: store.trailId,
    find: (id) => {
      reads += 1;
      return store.find(id);
    },
    hashes: async (level, from, to) => {
      const hashes = await store.hashes(level, from, to);
      reads += hashes.length;
      return hashes;
    },
  };
  return { store: counting as AuditStore, reads: () => reads };
}
