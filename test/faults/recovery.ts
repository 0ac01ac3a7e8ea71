import assert from 'node:assert/strict';
import type { App } from '../../src/jobs/jobs.ts';
import { assertSameLines, countLines, logTexts, missingLines } from './logText.ts';
import { leftoversIn } from './workspaceFolder.ts';

/** Asserts that the command line reports a failure in sentences, each on a line of its own, and without a stack. */
export function assertSentences(stderr: string): void {
  for (const line of stderr.split('\n')) assert.match(line, /^$|^workspace-logs: \S.*\S$/);
  assert.doesNotMatch(stderr, /unexpected|^\s+at |“”/m);
  // A message must not name a temporary file, except for the one that the tests create.
  assert.doesNotMatch(stderr, /“[^”]*\.tmp-(?!0123456789abcdef)/);
}

export function assertNothingLost(root: string, staying: ReadonlyMap<string, number>): void {
  assert.deepEqual(missingLines(staying, countLines(logTexts(root).values())), [], 'lines lost');
}

/** The next run, undisturbed, does the rest; the run after it has nothing to do. */
export async function assertRecovers(
  app: App,
  root: string,
  staying: ReadonlyMap<string, number>,
): Promise<void> {
  const next = await app.run('runMaintenance', { root });
  assert.deepEqual([next.failed, next.skipped, next.git.failure], [[], [], undefined], 'the next run');
  assertSameLines(countLines(logTexts(root).values()), staying, 'each line exactly once');
  assert.deepEqual(leftoversIn(root), []);
  assert.deepEqual((await app.run('runMaintenance', { root })).steps, []);
}
