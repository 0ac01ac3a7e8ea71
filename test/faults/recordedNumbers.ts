import assert from 'node:assert/strict';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { logTexts } from './logText.ts';
import { leftoversIn } from './workspaceFolder.ts';

interface Numbers {
  /** How often each numbered entry stands there. */
  readonly counts: Map<string, number>;
  /** Lines that are no entries. */
  readonly torn: string[];
  /** How many entries the recorder's own notes say are missing. */
  readonly noted: number;
}

/** The entries in the logs and archives of a workspace. */
export function numbersIn(root: string): Numbers {
  const counts = new Map<string, number>();
  const torn: string[] = [];
  let noted = 0;
  for (const text of logTexts(root).values()) {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const entry = entryOf(line);
      const number = entry?.path.replace('/numbered/', '') ?? '';
      if (entry === undefined) torn.push(line);
      else if (entry.dropped !== undefined) noted += entry.dropped;
      else counts.set(number, (counts.get(number) ?? 0) + 1);
    }
  }
  return { counts, torn, noted };
}

function entryOf(line: string): { readonly path: string; readonly dropped?: number } | undefined {
  try {
    return JSON.parse(line) as { path: string };
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
