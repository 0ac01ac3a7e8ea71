/**
 * Runs the suites that are named, or all. The last line is `N passed, N failed`; the exit code is 1 where something
 * failed.
 */
import type { Counts } from './countingReporter.ts';
import { ensureVscodeServer } from './installVscodeServer.ts';
import { buildExtension, packExtension } from './packExtension.ts';
import { runSuite } from './runSuite.ts';
import { suites, type Suite } from './suites.ts';
import { ensureSystemCommands } from './systemPackages.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
const chosen = suites.filter((suite) => names.length === 0 || names.includes(suite.name));

const interrupted = new AbortController();
for (const reason of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(reason, () => {
    interrupted.abort();
  });
}

const results: (Counts & { readonly name: string; readonly seconds: string })[] = [];

async function record(name: string, work: () => Promise<Counts>): Promise<void> {
  const begin = performance.now();
  const outcome = await work().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  });
  results.push({ name, ...outcome, seconds: ((performance.now() - begin) / 1000).toFixed(1) });
}

/** What the suites stand on; where it fails, that is a failure, and suites that need it say so too. */
async function prepare(wanted: readonly Suite[]): Promise<Counts> {
  await ensureSystemCommands([...new Set(wanted.flatMap((suite) => suite.needs))]);
  if (wanted.some((suite) => suite.needsServer)) await ensureVscodeServer();
  if (wanted.some((suite) => suite.needsBuild)) {
    console.log('Building and packing the extension…');
    await buildExtension();
    await packExtension();
  }
  return { passed: 0, failed: 0 };
}

if (unknown.length > 0) {
  console.error(`There is no suite “${unknown.join('”, “')}”: ${suites.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 1;
} else {
  await record('set-up', () => prepare(chosen));
  for (const suite of chosen) {
    if (interrupted.signal.aborted) break;
    console.log(`\n── ${suite.name} ──`);
    await record(suite.name, () => runSuite(suite));
  }
  if (interrupted.signal.aborted) {
    console.log('\nStopped before the end.');
    results.push({ name: 'the rest', passed: 0, failed: 1, seconds: '' });
  }
  console.log('');
  // Once more at the end, where somebody looks first who has only the last lines of a long report.
  for (const { name, failures = [] } of results) {
    for (const failure of failures) console.log(`✖ ${name}: ${failure}\n`);
  }
  for (const { name, passed, failed, seconds } of results) {
    console.log(
      `${name.padEnd(8)} ${`${passed} passed, ${failed} failed`.padEnd(24)} ${seconds.padStart(6)} s`,
    );
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || interrupted.signal.aborted ? 1 : 0;
}
// The channel to the process that started this one would keep it alive.
if (process.connected) process.disconnect();
