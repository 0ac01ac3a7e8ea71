/**
 * A process of its own that completes session logs as a backend does, and reports the cost. Arguments: workspace,
 * count.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { flushSessions, openSession, sessionStats, type SessionLog } from '../../src/library/index.ts';
import { timerCost } from '../record/timerCost.ts';

/** Times in ms. */
export interface Completed {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly perSecond: number;
  readonly written: number;
  readonly bytesPerLog: number;
  /** The memory of full queues: with logs as above, and with large ones. */
  readonly queueBytes: number;
  readonly largeQueueBytes: number;
}

const [workspace = '', count = '10000'] = process.argv.slice(2);
const LINES = 72;
const LOGS_PER_CHAT = 50;
const WARM_UP = 100;
/** The queue takes 500. */
const MOST_WAITING = 480;
const AT_ONCE = 10;

const password = 'velvet orbit cactus lantern mosaic';
const open = (messageId: string, chat = 0, onWarning = (): void => undefined): SessionLog =>
  openSession(
    { userId: 'bench', sessionId: 's', chatId: `c${chat}`, messageId, requestId: 'r' },
    { workspace, password, onWarning },
  );

/** Some 20 KB. */
function fill(log: SessionLog, number: number): void {
  for (let line = 0; line < LINES; line += 1) {
    const message = `event ${line}: {"type":"delta","id":"${(number * 7919 + line * 104_729).toString(36)}"}`;
    log.log(line % 10 === 0 ? 'INFO' : 'DEBUG', message, { event_type: 'sse.event', duration: line });
  }
}

function complete(number: number): number {
  const log = open(`m${number}`, Math.floor(number / LOGS_PER_CHAT));
  fill(log, number);
  const start = performance.now();
  log.complete();
  return performance.now() - start;
}

async function room(): Promise<void> {
  for (;;) {
    const { completed, written, skipped, dropped } = sessionStats();
    if (completed - written - skipped - dropped < MOST_WAITING) return;
    await delay(5);
  }
}

for (let number = 0; number < WARM_UP; number += 1) complete(-1 - number);
await flushSessions();

const cost = timerCost();
const taken: number[] = [];
const began = performance.now();
for (let number = 0; number < Number(count); number += 1) {
  taken.push(Math.max(0, complete(number) - cost));
  if (number % AT_ONCE === 0) await room();
}
await flushSessions();
const seconds = (performance.now() - began) / 1000;
const { written } = sessionStats();

const held = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().arrayBuffers;
};
// The memory of data that was copied to the worker is freed a little later.
held();
await delay(500);
// The worker gets nothing before this turn ends.
const before = held();
for (let number = 0; number < 500; number += 1) complete(-1000 - number);
const queueBytes = held() - before;
await flushSessions();
const long = 'x y '.repeat(2 ** 18);
const beforeLarge = held();
for (let number = 0; number < 100; number += 1) {
  const log = open(`l${number}`);
  for (let line = 0; line < 4; line += 1) log.log('INFO', long);
  log.complete();
}
const largeQueueBytes = held() - beforeLarge;

const sorted = taken.sort((a, b) => a - b);
const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
const completed: Completed = {
  p50: at(0.5),
  p99: at(0.99),
  worst: sorted.at(-1) ?? 0,
  perSecond: Number(count) / seconds,
  written: written - WARM_UP,
  bytesPerLog: queueBytes / 500,
  queueBytes,
  largeQueueBytes,
};
process.send?.(completed, () => {
  // Ends the process without writing the waiting logs, which are not needed.
  process.kill(process.pid, 'SIGKILL');
});
