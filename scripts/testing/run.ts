/**
 * `npm test [-- WHAT …] [--grep WORDS] [--learn] [--soak]`: runs all tests and checks, or the named suites, files and
 * folders. The last line is `N passed, N failed`; the exit code is 1 after a failure.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { seed } from '../../test/chance.ts';
import { inOrder, learn, readDurations, writeDurations } from './durations.ts';
import { prepare } from './prepare.ts';
import { countsOf, printCosts, printFailures, printResult, sumOf } from './print.ts';
import { runQueue, type Result } from './queue.ts';
import { allItems, chooseItems } from './suites.ts';

/** A soak run tries every case; `npm test` tries a sample. */
const SOAK_TAKES_LONGER = 10;

const interrupted = new AbortController();
for (const reason of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(reason, () => {
    interrupted.abort();
  });
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
// The channel to the process that started this one would keep it alive.
if (process.connected) process.disconnect();

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      grep: { type: 'string' },
      learn: { type: 'boolean', default: false },
      soak: { type: 'boolean', default: false },
    },
  });
  const all = allItems();
  const chosen = chooseItems(all, positionals);
  const begin = performance.now();
  const secondsSince = (): number => (performance.now() - begin) / 1000;
  console.log(`Seed ${String(seed)}. ${values.soak ? 'Everything is tried, no sample.' : ''}`);
  await prepare(chosen);
  const setUpSeconds = secondsSince();

  const results = await runQueue(inOrder(chosen, readDurations()), {
    workers: availableParallelism(),
    besideWindows: availableParallelism(),
    environment: { SEED: String(seed), ...(values.soak && { SOAK: '1' }) },
    ...(values.grep !== undefined && { grep: values.grep }),
    slower: values.soak ? SOAK_TAKES_LONGER : 1,
    onResult: printResult,
    signal: interrupted.signal,
  });

  if (results.some(({ report }) => report.failed > 0)) {
    console.log(
      `\nFailures (to try again with the same random choices: SEED=${String(seed)} npm test -- FILE):`,
    );
    for (const result of results) printFailures(result);
  }
  printCosts(results, setUpSeconds, secondsSince());
  if (values.learn && !interrupted.signal.aborted)
    writeDurations(
      learned(
        results,
        all.map(({ name }) => name),
      ),
    );

  const { passed, failed } = sumOf(results);
  const left = chosen.length - results.length;
  if (left > 0) console.log(`\nStopped: ${String(left)} of ${String(chosen.length)} were not done.`);
  const notDone = left > 0 || passed + failed === 0 ? 1 : 0;
  console.log(`\n${countsOf({ passed, failed: failed + notDone })}`);
  process.exitCode = failed + notDone > 0 ? 1 : 0;
}

function learned(results: readonly Result[], names: readonly string[]): Record<string, number> {
  const seconds = new Map(results.map(({ item, seconds: took }) => [item.name, took]));
  return { ...learn(readDurations(), seconds, new Set(names)) };
}
