import { runUnderStrace } from './strace.ts';
import type { Surroundings } from './strace.ts';

/** Most calls of these names change no file: they read one, or wake another thread. */
const changing: ReadonlyMap<string, RegExp> = new Map([
  ['openat', /\bO_CREAT\b/],
  ['write', /^write\(\d+<\//],
]);

/**
 * Which of those calls do change one, counted in their thread. Watched twice, as threads wake each other at random.
 * @param words gives the same command line, on a fresh copy of the same workspace
 */
export async function watchChanges(
  words: () => readonly string[],
  surroundings?: Surroundings,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const found = new Map([...changing.keys()].map((name) => [name, new Set<number>()]));
  for (let round = 0; round < 2; round += 1) {
    const { trace } = await runUnderStrace(words(), { calls: [...changing.keys()].join() }, surroundings);
    const counts = new Map<string, number>();
    for (const [, thread, call, name] of trace.matchAll(/^(\d+) +((\w+)\(.*)$/gm)) {
      if (thread === undefined || call === undefined || name === undefined) continue;
      const ordinal = (counts.get(`${thread} ${name}`) ?? 0) + 1;
      counts.set(`${thread} ${name}`, ordinal);
      if (changing.get(name)?.test(call) === true) found.get(name)?.add(ordinal);
    }
  }
  return found;
}
