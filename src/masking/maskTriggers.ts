/**
 * Decides where a scanner may begin. Every character of every logged text is checked here, so a table answers for most
 * characters, and one neighbour for nearly all others.
 */
import { isInWord } from './escapes.ts';
import { isDigit } from './maskCharacters.ts';
import { mayBeToken, tokenPairs } from './shapes/tokenIndex.ts';

/** A scanner may begin at this character in any place. */
const ALWAYS = 1;
/** A scanner may begin only after some characters. */
const BEHIND = 2;
/** A scanner may begin only before some characters: the B of Bearer and Basic. */
const SCHEME = 3;
/** A scanner may not begin in the middle of a time of day. */
const COLON = 4;

const kinds = new Uint8Array(128);
/** For `128 * before + character`: 1 where a scanner may begin, 2 where it may if a token's mark stands there. */
const behind = new Uint8Array(256 * 128);

/**
 * A scanner may begin at the last character of each pair: `eyJ`, `--`, `digest`, `-password`, a quote after a blank or
 * in a call, `->`, the end of an entity, and of `password is` and `login bob password`.
 */
const pairs = [
  ...['yJ', '--', 'ig', 'IG', 'iG', 'Ig', '->'],
  ...['-p', '-P', '-u', '-U', '-a', '-w'],
  ...[' "', " '", ' `', '("', "('", ',"', ",'"],
  ...['t;', '4;', '2;', '0;', 'c;', 'C;'],
  ...['is', 'as', 'IS', 'AS', 'rd', 'wd', ' |'],
];

const MARKED = 2;
for (const pair of tokenPairs) {
  kinds[pair & 127] = BEHIND;
  behind[pair] = MARKED;
}
for (const pair of pairs) {
  kinds[pair.charCodeAt(1)] = BEHIND;
  behind[pair.charCodeAt(0) * 128 + pair.charCodeAt(1)] = 1;
}
for (const character of '=<$%{[') kinds[character.charCodeAt(0)] = ALWAYS;
for (const character of 'Bb') kinds[character.charCodeAt(0)] = SCHEME;
kinds[58] = COLON;

/** 1 where the trigger depends on the character before it; for loops over every character. */
export const pairTriggers: Uint8Array = kinds.map((kind) => (kind === BEHIND ? 1 : 0));

/** For `128 * before + character`: 0 where no scanner begins at a pair's trigger; else ask `begins`. */
export const beginningPairs: Uint8Array = behind;

/** 1 for each character for which `begins` must be called. */
export const triggers: Uint8Array = kinds.map((kind) => (kind === 0 ? 0 : 1));

/** Whether a scanner may begin at `at`, where the trigger `code` is; `from` is the start of the text. */
export function begins(text: string, code: number, at: number, from: number): boolean {
  const kind = kinds[code];
  if (kind === ALWAYS) return true;
  const before = at > from ? text.charCodeAt(at - 1) : 32;
  if (kind === BEHIND) {
    const found = before < 128 ? behind[before * 128 + code] : 0;
    return found === MARKED ? mayBeToken(text, at) : found !== 0;
  }
  if (kind === COLON) return !isTime(text, before, at, from);
  const next = text.charCodeAt(at + 1) | 32;
  return (next === 101 || next === 97) && (at === from || !isInWord(text, at));
}

/** `10:20` and `T10:20:30`: digits on both sides, and no letter but T before the two digits on the left. */
function isTime(text: string, before: number, at: number, from: number): boolean {
  if (!isDigit(before) || !isDigit(text.charCodeAt(at + 1))) return false;
  const first = at - 2 >= from ? text.charCodeAt(at - 2) : 32;
  if (!isDigit(first)) return first === 32 || first === 58;
  const earlier = at - 3 >= from ? text.charCodeAt(at - 3) : 32;
  return earlier === 84 || earlier === 32 || earlier === 58 || earlier === 34 || earlier === 91;
}
