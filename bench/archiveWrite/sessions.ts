import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mb, type Row } from '../table.ts';
import type { Completed } from './completeAlone.ts';

/** An hour's backlog. */
const LOGS = 10_000;
const MOST_P99_MS = 0.05;
const LEAST_PER_SECOND = 30;
const MOST_QUEUE_BYTES = 256 * 2 ** 20;

/** The cost of a session log for its request, and the speed at which a backlog becomes archives (LZMA, the default). */
export async function sessionRows(folder: string): Promise<readonly Row[]> {
  const workspace = join(folder, 'sessions');
  mkdirSync(workspace);
  const policy = { version: 1, workspaceId: 'bench', sessions: { enabled: true } };
  writeFileSync(join(workspace, '.workspace-logs.json'), JSON.stringify(policy));
  const child = fork(join(import.meta.dirname, 'completeAlone.ts'), [workspace, String(LOGS)], {
    execArgv: ['--expose-gc', '--no-warnings'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`completeAlone ended with ${String(code)}`);
  });
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [Completed];
  ended.catch(() => undefined);
  const { p50, p99, worst, perSecond, written, bytesPerLog, queueBytes, largeQueueBytes } = result;
  const none = { against: '', ratio: '' };
  return [
    {
      ...none,
      what: `complete() while the worker is busy, p99 of ${LOGS} (p50 ${micro(p50)}, worst ${micro(worst)})`,
      measured: micro(p99),
      goal: `< ${micro(MOST_P99_MS)}`,
      met: p99 < MOST_P99_MS,
    },
    {
      ...none,
      what: `archives a second of a backlog of ${LOGS} (${(bytesPerLog / 1000).toFixed(0)} KB each, LZMA)`,
      measured: `${perSecond.toFixed(0)}/s${written === LOGS ? '' : `, ${LOGS - written} LOST`}`,
      goal: `> ${LEAST_PER_SECOND}/s`,
      met: perSecond > LEAST_PER_SECOND && written === LOGS,
    },
    {
      ...none,
      what: `memory of a full queue of large logs (500 of those above: ${mb(queueBytes)})`,
      measured: mb(largeQueueBytes),
      goal: `≤ ${mb(MOST_QUEUE_BYTES)}`,
      met: largeQueueBytes <= MOST_QUEUE_BYTES * 1.05,
    },
  ];
}

function micro(time: number): string {
  return `${(time * 1000).toFixed(1)} µs`;
}
