import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COUNTS_FILE, type Counts } from './countingReporter.ts';
import { checkout } from './folders.ts';
import { killTree } from './processGroup.ts';
import type { Suite } from './suites.ts';

/** Who has not ended so long after a signal is killed. */
const GRACE_MS = 3000;

/**
 * Runs a suite to its end. A suite that ends without counts, counts no test at all, or fails in spite of its counts,
 * has one failure at least.
 */
export async function runSuite(suite: Suite): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'counts-'));
  const file = join(folder, 'counts.json');
  try {
    const code = await exitCodeOf(suite, { ...process.env, [COUNTS_FILE]: file });
    if (!suite.counts) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    const counts = await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as Counts,
      () => undefined,
    );
    if (counts === undefined) console.error(`“${suite.name}” ended without counting its tests.`);
    const { passed, failed, failures }: Counts = counts ?? { passed: 0, failed: 1 };
    if (passed + failed === 0) console.error(`“${suite.name}” ran no test.`);
    const fine = code === 0 && passed > 0;
    return { passed, failed: fine ? failed : Math.max(1, failed), ...(failures && { failures }) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @returns null when a signal ended it */
function exitCodeOf(suite: Suite, env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(process.execPath, suite.words, { cwd: checkout, env, stdio: 'inherit' });
  const limit = setTimeout(() => {
    console.error(`“${suite.name}” has not ended after ${suite.minutes} minutes, so it is stopped.`);
    end();
  }, suite.minutes * 60_000);
  let killing: NodeJS.Timeout | undefined;
  const end = (): void => {
    // From the terminal and from the parent: it is one wish.
    if (killing !== undefined) return;
    child.kill('SIGINT');
    killing = setTimeout(() => {
      if (child.pid !== undefined) killTree(child.pid);
    }, GRACE_MS);
  };
  const reasons = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const;
  for (const reason of reasons) process.on(reason, end);
  return new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => {
    clearTimeout(limit);
    clearTimeout(killing);
    for (const reason of reasons) process.off(reason, end);
  });
}
