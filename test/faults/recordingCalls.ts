import { runUnderStrace } from './strace.ts';

/** The calls by which a recorder, its rotation and its maintenance lock and change something, one family of names each. */
export const killingCalls = [
  'fcntl',
  'write',
  'pwrite64',
  'fsync',
  'fdatasync',
  'openat',
  '/^rename',
  '/^link',
  '/^unlink',
  '/^mkdir',
  '/^chmod$|^fchmodat',
];

/** Most calls of these names neither lock nor make anything. */
const narrow: ReadonlyMap<string, RegExp> = new Map([
  ['fcntl', /F_SETLK/],
  ['openat', /O_CREAT/],
]);

/**
 * Which of those calls concern the workspace, counted in their thread. Watched twice, as threads wake each other at random.
 * @param atMost how many of a family, spread over all of it
 */
export async function watchRecording(
  atMost: number,
  start: () => { readonly root: string; readonly words: readonly string[] },
): Promise<[calls: string, when: number][]> {
  const found = new Map<string, Set<number>>(killingCalls.map((calls) => [calls, new Set()]));
  for (let round = 0; round < 2; round += 1) {
    const { root, words } = start();
    const { trace } = await runUnderStrace(words, { calls: killingCalls.join() });
    const counts = new Map<string, number>();
    for (const [, thread = '', call = '', name = ''] of trace.matchAll(/^(\d+) +((\w+)\(.*)$/gm)) {
      // strace counts each name by itself: `unlink` apart from `unlinkat`.
      const ordinal = (counts.get(`${thread} ${name}`) ?? 0) + 1;
      counts.set(`${thread} ${name}`, ordinal);
      if (!call.includes(`${root}/`) || narrow.get(name)?.test(call) === false) continue;
      const family = killingCalls.find(
        (calls) => calls === name || (calls.startsWith('/') && new RegExp(calls.slice(1)).test(name)),
      );
      if (family !== undefined) found.get(family)?.add(ordinal);
    }
  }
  return [...found].flatMap(([calls, ordinals]) => {
    const sorted = [...ordinals].sort((a, b) => a - b);
    const step = Math.max(1, sorted.length / atMost);
    return sorted
      .filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
      .map((when): [string, number] => [calls, when]);
  });
}
