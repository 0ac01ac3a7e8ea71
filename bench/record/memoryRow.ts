import { mb, times, type Row } from '../table.ts';
import { median } from '../sideBySide.ts';
import { runProgram } from './program.ts';
import { inWorkspace } from './recordingWorkspace.ts';
import type { StalledReport } from './stalledDisk.ts';

const TURNS = 5;
const QUEUE_BYTES = 8 * 1_048_576;

/** The memory of a million entries while the disk accepts none. The control shows the growth without a queue. */
export async function memoryRow(base: string): Promise<Row> {
  const reports: StalledReport[] = [];
  const control = await stall(base, ['excluded']);
  for (let turn = 0; turn < TURNS; turn += 1) reports.push(await stall(base, []));
  const growth = median(reports.map((report) => report.growth));
  const queued = median(reports.map((report) => report.queued));
  const taken = median(reports.map(({ accepted }) => accepted));
  return {
    what: `memory grown after 1,000,000 entries on a stalled disk (${taken.toLocaleString('en-US')} taken)`,
    measured: mb(growth),
    against: `the queue’s limit, ${mb(QUEUE_BYTES)} (${mb(queued)} in it; grown with all filtered: ${mb(control.growth)})`,
    ratio: times(growth / QUEUE_BYTES),
    goal: '≤ 1 ×',
    met: growth <= QUEUE_BYTES,
  };
}

function stall(base: string, words: readonly string[]): Promise<StalledReport> {
  return inWorkspace(base, (folder) => runProgram<StalledReport>('stalledDisk.ts', [folder, ...words]));
}
