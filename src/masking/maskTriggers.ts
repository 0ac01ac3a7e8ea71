/**
 * Decides where a scanner may begin. Every character of every logged text is checked here, so a table answers for most
 * characters, and one neighbour for nearly all others.
 */
import { isDigit, isLetterOrDigit } from './maskCharacters.ts';
import { tokenEndings } from './shapes/tokenPrefixes.ts';

/** A scanner may begin at this character in any place. */
const ALWAYS = 1;
/** A scanner may begin only after some characters. */
const BEHIND = 2;
/** A scanner may begin only before some characters: the B of Bearer and Basic. */
const SCHEME = 3;
/** A scanner may not begin in the middle of a time of day. */
const COLON = 4;

const kinds = new Uint8Array(128);
/** 1 for `128 * before + character` where a scanner may begin. */
const behind = new Uint8Array(128 * 128);

/**
 * A scanner may begin at the last character of each pair: `eyJ`, `--`, `digest`, `-password`, a quote after a blank or
 * in a call, `->`, the end of an entity, and of `password is` and `login bob password`.
 */
const pairs = [
  ...[...tokenEndings, 'yJ', '--', 'ig', 'IG', 'iG', 'Ig', '->'],
  ...['-p', '-P', '-u', '-U', '-a', '-w'],
  ...[' "', " '", ' `', '("', "('", ',"', ",'"],
  ...['t;', '4;', '2;', '0;', 'c;', 'C;'],
  ...['is', 'as', 'IS', 'AS', 'rd', 'wd'],
];

for (const pair of pairs) {
  kinds[pair.charCodeAt(1)] = BEHIND;
  behind[pair.charCodeAt(0) * 128 + pair.charCodeAt(1)] = 1;
}
for (const character of '=<$%{[') kinds[character.charCodeAt(0)] = ALWAYS;
for (const character of 'Bb') kinds[character.charCodeAt(0)] = SCHEME;
kinds[58] = COLON;

/** Whether the trigger depends only on the character before it; for loops over every character. */
export function isPairTrigger(code: number): boolean {
  return kinds[code] === BEHIND;
}

/** 1 for `128 * before + character` where a scanner may begin at a pair's trigger. */
export const beginningPairs: Uint8Array = behind;

/** 1 for each character for which `begins` must be called. */
export const triggers: Uint8Array = kinds.map((kind) => (kind === 0 ? 0 : 1));

/** Whether a scanner may begin at `at`, where the trigger `code` is; `from` is the start of the text. */
export function begins(text: string, code: number, at: number, from: number): boolean {
  const kind = kinds[code];
  if (kind === ALWAYS) return true;
  const before = at > from ? text.charCodeAt(at - 1) : 32;
  if (kind === BEHIND) return before < 128 && behind[before * 128 + code] === 1;
  if (kind === COLON) return !isTime(text, before, at, from);
  const next = text.charCodeAt(at + 1) | 32;
  return (next === 101 || next === 97) && !isLetterOrDigit(before);
}

/** `10:20` and `T10:20:30`: digits on both sides, and no letter but T before the two digits on the left. */
function isTime(text: string, before: number, at: number, from: number): boolean {
  if (!isDigit(before) || !isDigit(text.charCodeAt(at + 1))) return false;
  const first = at - 2 >= from ? text.charCodeAt(at - 2) : 32;
  if (!isDigit(first)) return first === 32 || first === 58;
  const earlier = at - 3 >= from ? text.charCodeAt(at - 3) : 32;
  return earlier === 84 || earlier === 32 || earlier === 58 || earlier === 34 || earlier === 91;
}
