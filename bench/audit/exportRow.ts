import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../sideBySide.ts';
import { mb, type Row } from '../table.ts';
import { fill, makeWorkspace, type Workspace } from './trails.ts';

const TURNS = 3;
const FEW = 20_000;
/** In MB. In a small heap garbage is collected soon, so what is measured is what the export needs. */
const HEAP = ['--max-old-space-size=32', '--max-semi-space-size=4'];
const MOST_GROWTH_BYTES = 16 * 1_048_576;

/** The memory of an export of many records beside one of few: it must not grow with them. */
export async function exportRow(base: string, many: Workspace, records: number): Promise<Row> {
  const few = makeWorkspace(base, 'few');
  await fill(FEW, few.append);
  await few.close();
  const peaks = (root: string): number => median(Array.from({ length: TURNS }, () => exportAlone(root)));
  const [large, small] = [peaks(many.root), peaks(few.root)];
  return {
    what: `peak memory of an export of ${records.toLocaleString('en-US')} records with its manifest, in a heap of 32 MB`,
    measured: mb(large),
    against: `one of ${FEW.toLocaleString('en-US')} records, ${mb(small)}`,
    ratio: '',
    goal: `≤ ${mb(MOST_GROWTH_BYTES)} more`,
    met: large - small <= MOST_GROWTH_BYTES,
  };
}

function exportAlone(root: string): number {
  const script = join(import.meta.dirname, 'exportAlone.ts');
  return Number(execFileSync(process.execPath, [...HEAP, script, root], { encoding: 'utf8' }));
}
