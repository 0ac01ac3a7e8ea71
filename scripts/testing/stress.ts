/**
 * `npm run stress -- FILE …`: runs test files twenty times, each time in a new process and with another seed, beside
 * eight loops that keep the processors busy. A test that depends on time or on chance fails here.
 */
import { Worker } from 'node:worker_threads';
import { seed } from '../../test/chance.ts';
import { prepare } from './prepare.ts';
import { countsOf, printResult, sumOf } from './print.ts';
import { runQueue, type Result } from './queue.ts';
import { allItems, chooseItems } from './suites.ts';

const RUNS = 20;
const BUSY_LOOPS = 8;
/** The factor for time limits: nine programs share the processors. */
const SLOWER = 10;

const interrupted = new AbortController();
for (const reason of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(reason, () => {
    interrupted.abort();
  });
}

const names = process.argv.slice(2);
if (names.length === 0) {
  console.error('Name a test file: npm run stress -- test/unit/base/job.test.ts');
  process.exitCode = 1;
} else {
  try {
    await stress();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
if (process.connected) process.disconnect();

async function stress(): Promise<void> {
  const items = chooseItems(allItems(), names).map((item) => ({ ...item, isAlone: true }));
  await prepare(items);
  const loops = Array.from({ length: BUSY_LOOPS }, () => new Worker('for (;;);', { eval: true }));
  const results: Result[] = [];
  try {
    for (let run = 0; run < RUNS && !interrupted.signal.aborted; run += 1) {
      const own = String(seed + run);
      console.log(`Run ${String(run + 1)} of ${String(RUNS)}, SEED=${own}`);
      results.push(
        ...(await runQueue(items, {
          workers: 1,
          besideWindows: 0,
          environment: { SEED: own },
          slower: SLOWER,
          onResult: printResult,
          signal: interrupted.signal,
        })),
      );
    }
  } finally {
    await Promise.all(loops.map((loop) => loop.terminate()));
  }
  const { passed, failed } = sumOf(results);
  const notDone = results.length < RUNS * items.length ? 1 : 0;
  console.log(`\n${countsOf({ passed, failed: failed + notDone })}`);
  process.exitCode = failed + notDone > 0 ? 1 : 0;
}
