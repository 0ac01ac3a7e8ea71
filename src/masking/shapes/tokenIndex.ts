/** Where a token may begin: each shape is looked for at one pair of characters of its mark. */
import { isInWord } from '../escapes.ts';
import { isDigit } from '../maskCharacters.ts';
import { tokenShapes, type TokenShape } from './tokenShapes.ts';

/** A shape, and where its mark starts before the second character of its pair. */
export interface Candidate {
  readonly shape: TokenShape;
  readonly offset: number;
  /** The first character of the mark, which is compared before anything is called. */
  readonly first: number;
}

/** The letters of English text from common to rare: a pair of common ones would stop the walk too often. */
const COMMON = 'etaoinsrhldcumfwyvkxjqz';
/** At these characters other scanners begin, so they can't be the second one of a pair. */
const TAKEN = '<$%{[=:"\'`BbGgPpJ-';
/** `/api/`, `created_at`, `example.com`: pairs that stand in most entries. */
const USUAL = new Set(['pi', 'd_', 'e.', 'r_', 's.', 'm.', 'io']);

function commonness(character: string): number {
  const rank = COMMON.indexOf(character);
  if (rank >= 0) return 2 * (COMMON.length - rank);
  if (character >= '0' && character <= '9') return 12;
  if (character >= 'A' && character <= 'Z') return 3;
  return character === '/' ? 16 : 6;
}

/** The offset in the mark of the second character of its rarest pair; `used` are second characters of others. */
function rarestPair(mark: string, used: ReadonlySet<string>): number {
  let best = -1;
  let least = Infinity;
  for (let at = 1; at < mark.length; at += 1) {
    const [first, second] = [mark.charAt(at - 1), mark.charAt(at)];
    // A hyphen is fine where it isn't the second of two, which begin a flag or a key in PEM.
    if (TAKEN.includes(second) && !(second === '-' && first !== '-')) continue;
    const cost =
      (USUAL.has(first + second) ? 20 : 1) * commonness(first) * commonness(second) +
      (used.has(second) ? 0 : 200 * commonness(second));
    if (cost >= least) continue;
    least = cost;
    best = at;
  }
  return best;
}

function indexOf(shapes: readonly TokenShape[]): ReadonlyMap<number, readonly Candidate[]> {
  const found = new Map<number, Candidate[]>();
  const used = new Set(['_', '-', '.']);
  // Marks with few pairs have no choice, so they come first.
  for (const shape of [...shapes].sort((a, b) => a.mark.length - b.mark.length)) {
    const at = rarestPair(shape.mark, used);
    used.add(shape.mark.charAt(at));
    const pair = 128 * shape.mark.charCodeAt(at - 1) + shape.mark.charCodeAt(at);
    const others = found.get(pair);
    const candidate = { shape, offset: at, first: shape.mark.charCodeAt(0) };
    if (others === undefined) found.set(pair, [candidate]);
    else others.push(candidate);
  }
  // A longer mark is tried first: `live_pub_` before `live_`.
  for (const candidates of found.values())
    candidates.sort((a, b) => b.shape.mark.length - a.shape.mark.length);
  return found;
}

const byPair = indexOf(tokenShapes);

/** The pairs, as `128 * first + second`. */
export const tokenPairs: readonly number[] = [...byPair.keys()];

const lists: readonly (readonly Candidate[])[] = [[], ...byPair.values()];
const listOf = new Uint8Array(128 * 128);
for (const [number, pair] of tokenPairs.entries()) listOf[pair] = number + 1;

/** The shapes that are looked for at the pair whose second character is at `at`. */
export function candidatesAt(text: string, at: number): readonly Candidate[] {
  const [before, code] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return lists[before < 128 && code < 128 ? (listOf[128 * before + code] ?? 0) : 0] ?? [];
}

/** Whether the mark stands at `start` and nothing before it makes it the middle of a word. */
export function isMarked(text: string, start: number, { mark, before, isEvident }: TokenShape): boolean {
  if (start < 0 || !text.startsWith(mark, start)) return false;
  if (before !== undefined || start === 0) return true;
  return !isInWord(text, start) || (isEvident && isDigit(text.charCodeAt(start - 1)));
}

/** Whether a mark stands at the pair whose second character is at `at`. Most pairs belong to ordinary words. */
export function mayBeToken(text: string, at: number): boolean {
  for (const { shape, offset, first } of candidatesAt(text, at))
    if (text.charCodeAt(at - offset) === first && isMarked(text, at - offset, shape)) return true;
  return false;
}
