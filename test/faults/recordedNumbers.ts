import assert from 'node:assert/strict';
import { inlineApp } from '../../src/app/jobs.ts';
import { logTexts } from './logText.ts';
import { leftoversIn } from './workspaceFolder.ts';

/** How often each numbered entry stands in the logs and archives of a workspace, and the lines that are none. */
export function numbersIn(root: string): { readonly counts: Map<string, number>; readonly torn: string[] } {
  const counts = new Map<string, number>();
  const torn: string[] = [];
  for (const text of logTexts(root).values()) {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const number = numberOf(line);
      if (number === undefined) torn.push(line);
      else counts.set(number, (counts.get(number) ?? 0) + 1);
    }
  }
  return { counts, torn };
}

function numberOf(line: string): string | undefined {
  try {
    return (JSON.parse(line) as { path: string }).path.split('/').slice(2).join('/');
  } catch {
    return undefined;
  }
}

/**
 * After a run of maintenance: each acknowledged entry is there once, no entry twice, and at most `pieces` torn lines stand
 * on their own.
 */
export async function assertRecorded(
  root: string,
  acknowledged: readonly string[],
  pieces = 1,
): Promise<void> {
  const { failed, skipped } = await inlineApp().run('runMaintenance', { root });
  assert.deepEqual([failed, skipped], [[], []], 'the run after it');
  const { counts, torn } = numbersIn(root);
  assert.deepEqual(
    acknowledged.filter((number) => counts.get(number) !== 1),
    [],
    'acknowledged, and not there exactly once',
  );
  assert.deepEqual(
    [...counts].filter(([, count]) => count > 1),
    [],
    'twice',
  );
  assert.ok(torn.length <= pieces, torn.join('\n'));
  assert.deepEqual(leftoversIn(root), []);
}
