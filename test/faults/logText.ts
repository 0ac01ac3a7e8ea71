import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The text of each log in `logs/` by name, zipped ones read by Info-ZIP rather than by the code under test. */
export function logTexts(root: string): Map<string, string> {
  const folder = join(root, 'logs');
  const texts = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.log')) texts.set(name, readFileSync(join(folder, name), 'utf8'));
    if (name.endsWith('.zip')) texts.set(name, unzipped(join(folder, name)));
  }
  return texts;
}

/** The texts of small archives by their bytes: a test that looks at many states meets the same ones again. */
const unzippedTexts = new Map<string, string>();
const SMALL_BYTES = 20_000;

/** Fails where `unzip` finds the archive unsound. */
function unzipped(path: string): string {
  const key = statSync(path).size > SMALL_BYTES ? undefined : readFileSync(path, 'latin1');
  const known = key === undefined ? undefined : unzippedTexts.get(key);
  if (known !== undefined) return known;
  const text = execFileSync('unzip', ['-p', path], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (key !== undefined) unzippedTexts.set(key, text);
  return text;
}

/** How often each line stands in the texts. */
export function countLines(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const line of text.split('\n')) if (line !== '') counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

/** How many lines a failure shows: the comparison of many thousands takes gigabytes. */
const SHOWN = 20;

/** The first lines of `wanted` that `found` has less often, and how many it lacks of each. */
export function missingLines(
  wanted: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, number>,
): [line: string, count: number][] {
  return [...wanted]
    .map(([line, count]): [string, number] => [line, count - (found.get(line) ?? 0)])
    .filter(([, lacking]) => lacking > 0)
    .slice(0, SHOWN);
}

/** Asserts that the same lines stand equally often. */
export function assertSameLines(
  found: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
  what: string,
): void {
  assert.deepEqual({ missing: missingLines(wanted, found), more: missingLines(found, wanted) }, NONE, what);
}
const NONE = { missing: [], more: [] };
