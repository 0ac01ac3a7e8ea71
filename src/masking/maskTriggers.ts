/**
 * Decides where a scanner may begin. Every character of every logged text is checked here, so one look into a table
 * answers for nearly all of them, and three characters for nearly all others.
 */
import { isInWord } from './escapes.ts';
import { isDigit, isIn, tableOf } from './maskCharacters.ts';
import { mayBeToken, shapesByPair } from './shapes/tokenIndex.ts';

/** A scanner may begin at this character in any place. */
const ALWAYS = 1;
/** A scanner may begin only before some characters: the B of Bearer and Basic. */
const SCHEME = 2;
/** A scanner may not begin in the middle of a time of day. */
export const COLON = 3;
/** A scanner may begin only before the characters of a table: this is the first table's number. */
const FIRST_AHEAD = 4;
/** What may follow: in JSON behind its brackets, in `%3D`, `$ANSIBLE_VAULT` or `$2b$`. */
const ahead: readonly (readonly [character: string, next: string])[] = [
  ['{', '"} \t\r\n'],
  ['[', '"{[-0123456789tfn \t\r\n'],
  ['%', '0123456789abcdefABCDEF'],
  ['$', 'A125689ays'],
];
const aheadTables = ahead.map(([, next]) => tableOf(next));
/** A scanner may begin only after some characters: this is the first of the pairs' numbers. */
export const FIRST_PAIR: number = FIRST_AHEAD + ahead.length;

/** A scanner begins after these three characters. */
const BEGINS = 1;
/** It begins if the mark of a token stands there. */
const MARKED = 2;

/**
 * For `128 * before + character`: 0 where no scanner begins; else ask `begins`. `before` is `asBefore` of the character
 * before, or BLANK at the start. From FIRST_PAIR on it is the number of a row in `behindPairs`.
 */
export const beginnings: Uint8Array = new Uint8Array(256 * 128);
/** For `256 * row + character before the pair`: 0 where no scanner begins. */
export const behindPairs: Uint8Array = new Uint8Array(256 * 256);
/** Numbers from here on are free for other uses. */
export const LAST_ROW = 250;
export const BLANK = 32;
const BEYOND = 255;

/** What may stand before a pair: any character if it is empty. */
const pairs: readonly (readonly [before: string, ...pairs: string[]])[] = [
  ['', '--', '->', ' "', " '", ' `', '("', "('", ',"', ",'", ' |'],
  // `eyJ`, `digest`.
  ['e', 'yJ'],
  ['dD', 'ig', 'IG', 'iG', 'Ig'],
  // `-password`, `-u bob:x`.
  [' \t\r\n\v\f\xa0\u2028"\'[,', '-p', '-P', '-u', '-U', '-a', '-w'],
  // The end of `&lt;`, `&quot;`, `&#34;`, `&#60;`, `&#x22;` and `&#x3c;`.
  ['lLoO', 't;'],
  ['3', '4;', 'c;', 'C;'],
  ['6', '0;'],
  ['2', '2;'],
  // `password is`, `password was`, `login bob password`.
  [' \t', 'is', 'IS'],
  ['wW', 'as', 'AS'],
  ['o', 'rd'],
  ['s', 'wd'],
];

/** For each pair, as `128 * first + second`: 0, BEGINS or MARKED for each character before it. */
const rows = new Map<number, Uint8Array>();

function rowOf(pair: number): Uint8Array {
  const row = rows.get(pair) ?? new Uint8Array(256);
  rows.set(pair, row);
  return row;
}

for (const [pair, candidates] of shapesByPair)
  for (const { shape, offset } of candidates) {
    if (offset === 1) rowOf(pair).fill(MARKED);
    else rowOf(pair)[shape.mark.charCodeAt(offset - 2)] = MARKED;
  }
for (const [before, ...list] of pairs)
  for (const pair of list) {
    const row = rowOf(128 * pair.charCodeAt(0) + pair.charCodeAt(1));
    if (before === '') row.fill(BEGINS);
    for (const character of before) row[asBefore(character.charCodeAt(0))] = BEGINS;
  }

// Pairs with the same row share it, so that the number of a row is a byte.
const numbers = new Map<string, number>();
for (const [pair, row] of rows) {
  const number = numbers.get(row.join()) ?? FIRST_PAIR + numbers.size;
  if (number > LAST_ROW) throw new RangeError('too many rows of pairs');
  numbers.set(row.join(), number);
  beginnings[pair] = number;
  behindPairs.set(row, 256 * number);
}

for (let before = 0; before < 256; before += 1) {
  for (const character of '=<') beginnings[128 * before + character.charCodeAt(0)] = ALWAYS;
  for (const character of 'Bb') beginnings[128 * before + character.charCodeAt(0)] = SCHEME;
  beginnings[128 * before + 58] = COLON;
  for (const [number, [character]] of ahead.entries())
    beginnings[128 * before + character.charCodeAt(0)] = FIRST_AHEAD + number;
}

/** The character as the tables know it: all beyond ASCII are alike. */
export function asBefore(code: number): number {
  return code > 127 ? BEYOND : code;
}

/**
 * Whether a scanner may begin at `at`; `kind` is what `beginnings` holds for that place, and not 0; `from` is the start
 * of the text.
 */
export function begins(text: string, kind: number, at: number, from: number): boolean {
  if (kind === ALWAYS) return true;
  if (kind >= FIRST_PAIR) {
    const before = at - 2 >= from ? asBefore(text.charCodeAt(at - 2)) : BLANK;
    const found = behindPairs[(kind << 8) | before];
    return found === MARKED ? mayBeToken(text, at) : found === BEGINS;
  }
  if (kind === COLON) return !isTime(text, at, from);
  const table = aheadTables[kind - FIRST_AHEAD];
  if (table !== undefined) return isIn(table, text.charCodeAt(at + 1));
  const next = text.charCodeAt(at + 1) | 32;
  return (next === 101 || next === 97) && (at === from || !isInWord(text, at));
}

/** `10:20` and `T10:20:30`: digits on both sides, and no letter but T before the two digits on the left. */
function isTime(text: string, at: number, from: number): boolean {
  if (at === from || !isDigit(text.charCodeAt(at - 1)) || !isDigit(text.charCodeAt(at + 1))) return false;
  const first = at - 2 >= from ? text.charCodeAt(at - 2) : BLANK;
  if (!isDigit(first)) return first === 32 || first === 58;
  const earlier = at - 3 >= from ? text.charCodeAt(at - 3) : BLANK;
  return earlier === 84 || earlier === 32 || earlier === 58 || earlier === 34 || earlier === 91;
}
