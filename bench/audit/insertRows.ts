import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { duration, sideBySide } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';
import { entriesOf } from './records.ts';
import { makeWorkspace, PlainTable } from './trails.ts';

const TURNS = 5;
const BATCHES = 50;
const BATCH = 1000;
const SINGLES = 300;
const LEAST_BATCHED = 0.7;
const MOST_SINGLE = 1.3;

/** Records a second in batches, and one after the other, each synced before the next. */
export async function insertRows(base: string): Promise<readonly Row[]> {
  const batches = Array.from({ length: BATCHES }, (_, index) => entriesOf(index * BATCH, BATCH));
  const singles = entriesOf(BATCHES * BATCH, SINGLES);
  let turn = 0;
  const ours = { batched: Number.NaN, single: Number.NaN };
  const plain = { batched: Number.NaN, single: Number.NaN };

  async function writeTrail(): Promise<number> {
    turn += 1;
    const workspace = makeWorkspace(base, `insert-${String(turn)}`);
    await workspace.trail.run('idOfTrail', workspace);
    ours.batched = await duration(async () => {
      for (const entries of batches) await workspace.append(entries);
      await workspace.trail.run('sealTrail', workspace);
    });
    ours.single = await duration(async () => {
      for (const entry of singles) await workspace.append([entry]);
    });
    await workspace.close();
    return ours.batched;
  }
  async function writePlain(): Promise<number> {
    const folder = join(base, `insert-${String(turn)}`);
    const table = new PlainTable(join(folder, 'plain.db'), join(folder, 'logs', 'audit.db'));
    plain.batched = await duration(() => {
      for (const entries of batches) table.append(entries);
    });
    plain.single = await duration(() => {
      for (const entry of singles) table.append([entry]);
    });
    table.close();
    rmSync(folder, { recursive: true });
    return plain.batched;
  }

  const medians = await sideBySide(TURNS, {
    ours: writeTrail,
    plain: writePlain,
    ourSingle: () => ours.single,
    plainSingle: () => plain.single,
  });
  const rate = (count: number, time: number): string =>
    `${Math.round((count / time) * 1000).toLocaleString('en-US')}/s`;
  const count = BATCHES * BATCH;
  const batched = medians.plain / medians.ours;
  const single = medians.ourSingle / medians.plainSingle;
  return [
    {
      what: 'records inserted in batches of 1,000, sealed after each',
      measured: rate(count, medians.ours),
      against: `the same table without evidence, ${rate(count, medians.plain)}`,
      ratio: times(batched),
      goal: `≥ ${String(LEAST_BATCHED)} ×`,
      met: batched >= LEAST_BATCHED,
    },
    {
      what: 'time of a durable record, one after the other',
      measured: `${(medians.ourSingle / SINGLES).toFixed(2)} ms`,
      against: `the same table without evidence, ${(medians.plainSingle / SINGLES).toFixed(2)} ms`,
      ratio: times(single),
      goal: `≤ ${String(MOST_SINGLE)} ×`,
      met: single <= MOST_SINGLE,
    },
  ];
}
