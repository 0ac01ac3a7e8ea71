import { mkdtempSync, realpathSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shareBuild } from './prepare.ts';
import type { Report } from './report.ts';
import { startWorker, type Worker } from './startWorker.ts';
import { suiteOf, type Item } from './suites.ts';

/** The result of an item and its cost. */
export interface Result {
  readonly item: Item;
  readonly report: Report;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface QueueOptions {
  /** How many items that keep a core busy, or wait for a window, run at a time. */
  readonly workers: number;
  /** How many items without a window run in addition: a test that waits for its window leaves its core idle. */
  readonly besideWindows: number;
  /** Environment variables for the tests, in addition to those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Only the tests whose titles contain it. */
  readonly grep?: string;
  /** The factor by which the time limits of tests and files are longer than usual. */
  readonly slower: number;
  readonly onResult: (result: Result) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the items in their order, some at a time. A worker runs one after the other. It is replaced after a failure, so
 * that the failure does not disturb other items, and when it has become large.
 */
export async function runQueue(items: readonly Item[], options: QueueOptions): Promise<Result[]> {
  // A short path, because a socket's path in it may be 107 bytes long at most.
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wl-')));
  chmodSync(base, 0o755);
  const environment = { ...options.environment, ...shareBuild(items, join(base, 'built')) };
  const waiting = [...items];
  const results: Result[] = [];
  let started = 0;
  const running = new Set<Worker>();
  const start = (): Worker => {
    started += 1;
    const worker = startWorker(join(base, String(started)), environment);
    running.add(worker);
    return worker;
  };
  const end = async (worker: Worker): Promise<void> => {
    await worker.end();
    running.delete(worker);
  };
  const stop = (): void => {
    waiting.length = 0;
    for (const worker of running) void worker.end();
  };
  options.signal.addEventListener('abort', stop);

  const take = (fits: (item: Item) => boolean): Item | undefined => {
    const index = waiting.findIndex(fits);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  const takeTurns = async (fits: (item: Item) => boolean): Promise<void> => {
    let kept: Worker | undefined;
    for (let item = take(fits); item !== undefined; item = take(fits)) {
      // One that may have a window open keeps it for the next item with a window.
      if (kept?.isLarge() === true && !suiteOf(item).needsServer) {
        await end(kept);
        kept = undefined;
      }
      const worker = item.isAlone === true ? start() : (kept ?? start());
      const result = await measured(item, worker, options);
      if (options.signal.aborted) return;
      results.push(result);
      options.onResult(result);
      if (item.isAlone !== true) kept = worker;
      if (item.isAlone === true || result.report.failed > 0) {
        await end(worker);
        if (kept === worker) kept = undefined;
      }
    }
    if (kept !== undefined) await end(kept);
  };
  try {
    const { workers, besideWindows } = options;
    await Promise.all([
      ...Array.from({ length: workers }, () => takeTurns(() => true)),
      ...Array.from({ length: besideWindows }, () => takeTurns((item) => !suiteOf(item).needsServer)),
    ]);
  } finally {
    options.signal.removeEventListener('abort', stop);
    await Promise.all([...running].map(end));
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
  return results;
}

async function measured(item: Item, worker: Worker, options: QueueOptions): Promise<Result> {
  const { grep, slower } = options;
  const suite = suiteOf(item);
  const begin = performance.now();
  const cpuBefore = worker.cpuSeconds();
  const order = { name: item.name, command: item.command, timeout: suite.timeout * 1000 * slower, grep };
  const report = await worker.run(order, suite.minutes * slower);
  const late = worker.takeLate().map((text) => ({ title: `${item.name}, or a file before it`, text }));
  return {
    item,
    report: {
      ...report,
      failed: report.failed + late.length,
      failures: [...report.failures, ...late],
    },
    seconds: (performance.now() - begin) / 1000,
    // The time of a program that no process waited for is lost.
    cpuSeconds: Math.max(0, worker.cpuSeconds() - cpuBefore),
  };
}
