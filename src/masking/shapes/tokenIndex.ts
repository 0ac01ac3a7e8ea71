/** Where a token may begin: each shape is looked for at one pair of characters of its mark. */
import { isInWord } from '../escapes.ts';
import { isDigit, isIn } from '../maskCharacters.ts';
import { alphabets, classOf } from './tokenAlphabets.ts';
import { tokenShapes, type TokenShape } from './tokenShapes.ts';

/** A shape, and where its mark starts before the second character of its pair. */
export interface Candidate {
  readonly shape: TokenShape;
  readonly offset: number;
  /** A character of this class stands as far behind the mark as the token must reach at least. */
  readonly classes: Uint8Array;
  readonly reach: number;
  /** The characters that may stand behind the pair: all if it is empty. */
  readonly next: string;
}

function candidateOf(shape: TokenShape, offset: number): Candidate {
  const [first] = shape.parts;
  const isRun = typeof first === 'object' && first.least > 0;
  return {
    ...{ shape, offset, classes: classOf[isRun ? first.alphabet : 'token'] },
    reach: isRun ? shape.mark.length + Math.min(first.least, shape.leastAtEnd) - 1 : 0,
    next: shape.mark.charAt(offset + 1) || (isRun ? alphabets[first.alphabet] : ''),
  };
}

/** The letters of logged texts from common to rare: a pair of common ones would stop the walk too often. */
const COMMON = 'etaoinsrdcmulphgfvybwkxjqz';
/** At these characters other scanners begin, so they can't be the second one of a pair. */
const TAKEN = '<$%{[=:"\'`BbGgPpJ-';
/** Pairs of rarer characters that stand in most entries: `/api/`, `created_at`, `10.0.0.1`. */
const USUAL = new Set('pi d_ e_ n_ r_ s_ t_ y_ e. m. s. t. 0. 1. 2. r- s- GE PA AT us'.split(' '));

function commonness(character: string): number {
  const rank = COMMON.indexOf(character);
  if (rank >= 0) return (COMMON.length - rank) ** 2;
  if (character >= 'A' && character <= 'Z') return 8;
  return character === '/' ? 150 : 50;
}

/** The offset in the mark of the second character of its rarest pair. The third one is better: three are compared. */
function rarestPair(mark: string): number {
  let best = 1;
  let least = Infinity;
  for (let at = 1; at < mark.length; at += 1) {
    const [first, second] = [mark.charAt(at - 1), mark.charAt(at)];
    // A hyphen is fine where it isn't the second of two, which begin a flag or a key in PEM.
    if (TAKEN.includes(second) && !(second === '-' && first !== '-')) continue;
    const cost =
      commonness(first) * commonness(second) * (USUAL.has(first + second) ? 8 : 1) * (at === 1 ? 4 : 1);
    if (cost >= least) continue;
    least = cost;
    best = at;
  }
  return best;
}

function indexOf(shapes: readonly TokenShape[]): ReadonlyMap<number, readonly Candidate[]> {
  const found = new Map<number, Candidate[]>();
  // A longer mark is tried first: `live_pub_` before `live_`.
  for (const shape of [...shapes].sort((a, b) => b.mark.length - a.mark.length)) {
    const offset = rarestPair(shape.mark);
    const pair = 128 * shape.mark.charCodeAt(offset - 1) + shape.mark.charCodeAt(offset);
    const candidate = candidateOf(shape, offset);
    const others = found.get(pair);
    if (others === undefined) found.set(pair, [candidate]);
    else others.push(candidate);
  }
  return found;
}

/** The shapes by the pair, as `128 * first + second`, at which they are looked for. */
export const shapesByPair: ReadonlyMap<number, readonly Candidate[]> = indexOf(tokenShapes);

const lists: readonly (readonly Candidate[])[] = [[], ...shapesByPair.values()];
const listOf = new Uint16Array(128 * 128);
for (const [number, pair] of [...shapesByPair.keys()].entries()) listOf[pair] = number + 1;

/** The shapes that are looked for at the pair whose second character is at `at`. */
export function candidatesAt(text: string, at: number): readonly Candidate[] {
  const [before, code] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return lists[before < 128 && code < 128 ? (listOf[128 * before + code] ?? 0) : 0] ?? [];
}

/** Whether the mark stands at `start`, nothing before it makes it the middle of a word, and enough may follow it. */
export function isMarked(text: string, start: number, { shape, classes, reach }: Candidate): boolean {
  const { mark, before, isEvident } = shape;
  if (start < 0 || !text.startsWith(mark, start)) return false;
  if (reach > 0 && !isIn(classes, text.charCodeAt(start + reach))) return false;
  if (before !== undefined || start === 0) return true;
  return !isInWord(text, start) || (isEvident && isDigit(text.charCodeAt(start - 1)));
}

/** Whether a mark stands at the pair whose second character is at `at`. Most pairs belong to ordinary words. */
export function mayBeToken(text: string, at: number): boolean {
  for (const candidate of candidatesAt(text, at))
    if (isMarked(text, at - candidate.offset, candidate)) return true;
  return false;
}
