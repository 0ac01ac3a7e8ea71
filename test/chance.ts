/**
 * Every random choice of the tests, from one seed. `npm test` prints the seed, and each failure repeats it: the same
 * choices come again with `SEED=… npm test -- FILE`.
 */
import { createHash, randomInt } from 'node:crypto';

/** `npm run soak`: everything is tried instead of a sample. */
export const soak: boolean = process.env.SOAK === '1';

/** The seed of all choices of this run. */
export const seed: number = process.env.SEED === undefined ? randomInt(2 ** 31) : Number(process.env.SEED);

/**
 * Random numbers from 0 to 1, exclusive.
 * @param name a name for the choices of one test, so that they do not depend on which other tests run
 */
export function randomOf(name: string): () => number {
  // mulberry32, a generator in the public domain whose whole state is 32 bits.
  let state = createHash('sha256')
    .update(`${String(seed)} ${name}`)
    .digest()
    .readUInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * `count` of the list, chosen at random, in the list's order; in a soak run all of it.
 * @param name as for `randomOf`
 */
export function sample<T>(list: readonly T[], count: number, name: string): T[] {
  if (soak || count >= list.length) return [...list];
  const random = randomOf(name);
  const places = list.map((_, place) => place);
  const chosen = new Set<number>();
  while (chosen.size < count) {
    const [place = 0] = places.splice(Math.floor(random() * places.length), 1);
    chosen.add(place);
  }
  return list.filter((_, place) => chosen.has(place));
}

/** A number of lines, bytes or rounds: as many as the proof needs, and in a soak run as many as it once had. */
export function size<T extends number | string>(usual: T, complete: T): T {
  return soak ? complete : usual;
}
