import { sample } from '../chance.ts';
import { runUnderStrace, type Surroundings } from './strace.ts';

/**
 * The turns at which an injection into `calls` hits a program: strace counts each call by its name in its thread.
 * @param words the program, in a workspace of its own
 * @param counts which calls matter, by their line in the trace; the others keep their numbers
 */
export async function turnsOf(
  calls: string,
  words: readonly string[],
  surroundings?: Surroundings,
  counts = /^/,
): Promise<number[]> {
  const { trace } = await runUnderStrace(words, { calls }, surroundings);
  const ordinals = new Map<string, number>();
  const turns = new Set<number>();
  for (const [, thread = '', call = '', name = ''] of trace.matchAll(/^(\d+) +((\w+)\(.*)$/gm)) {
    const ordinal = (ordinals.get(`${thread} ${name}`) ?? 0) + 1;
    ordinals.set(`${thread} ${name}`, ordinal);
    if (counts.test(call)) turns.add(ordinal);
  }
  return [...turns].sort((one, other) => one - other);
}

/**
 * The first turn, the last one and two between them; in a soak run all.
 * @param name as for `randomOf`
 */
export function chosenTurns(turns: readonly number[], name: string): number[] {
  if (turns.length < 2) return [...turns];
  return [...turns.slice(0, 1), ...sample(turns.slice(1, -1), 2, name), ...turns.slice(-1)];
}
