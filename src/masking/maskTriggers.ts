/**
 * Decides where a scanner may begin. Every character of every logged text is checked here, so one look into a table
 * answers for nearly all of them, and three characters for nearly all others.
 */
import { isInWord } from './escapes.ts';
import { isDigit } from './maskCharacters.ts';
import { mayBeToken, shapesByPair } from './shapes/tokenIndex.ts';

const BLANKS = ' \t\r\n\v\f\xa0\u2028';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
/** What may stand directly before a sign: the end of a key, a quote or a blank. */
const BEFORE_SIGN = ` \t"'\`${LETTERS}${DIGITS}_-.[]%$+\xa0`;
/**
 * The characters at which a scanner may begin by themselves, and what may stand before and behind them: any character
 * if that is empty. Each row is a kind; they are counted from 1.
 */
const singles: readonly (readonly [characters: string, before: string, next: string])[] = [
  // Not `::`.
  [':', BEFORE_SIGN, withoutCharacter(':')],
  // Also `:=`, `!=` and other operators.
  ['=', `${BEFORE_SIGN}:=!?|&~`, ''],
  // A tag, or `<-`.
  ['<', '', `${LETTERS}${DIGITS}:_-.\xa0`],
  // `Bearer`, `Basic`.
  ['Bb', '', 'eEaA'],
  // JSON behind its brackets.
  ['{', '', '"} \t\r\n'],
  ['[', '', '"{[-0123456789tfn \t\r\n'],
  // `%3D`.
  ['%', '', `${DIGITS}abcdefABCDEF`],
  // `$ANSIBLE_VAULT`, `$2b$`.
  ['$', '', 'A125689ays'],
];
/** A scanner may not begin in the middle of a time of day. */
export const COLON = 1;
/** A scheme may not begin in the middle of a word. */
const SCHEME = 4;
/** A scanner may begin only at this character behind another one: this is the first of the pairs' numbers. */
export const FIRST_PAIR: number = 1 + singles.length;

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
/** For `256 * what beginnings holds + next character`: 0 where no scanner begins. */
export const aheadOf: Uint8Array = new Uint8Array(256 * 256);
/** Numbers from here on are free for other uses. */
export const LAST_ROW = 250;
export const BLANK = 32;
const BEYOND = 255;

/** What may stand before and behind a pair: any character if it is empty. */
const pairs: readonly (readonly [before: string, next: string, ...pairs: string[]])[] = [
  ['', '', ' "', " '", ' `', '("', "('", ',"', ",'", ' |'],
  // `--password`, `-----BEGIN`.
  [`${BLANKS}"'[,-`, `${LETTERS}${DIGITS}_-`, '--'],
  ['', BLANKS, '->'],
  // `eyJ`, `digest`.
  ['e', '', 'yJ'],
  ['dD', 'eE', 'ig', 'IG', 'iG', 'Ig'],
  // `-password`, `-u bob:x`.
  [`${BLANKS}"'[,`, '', '-p', '-P', '-u', '-U', '-a', '-w'],
  // The end of `&lt;`, `&quot;`, `&#34;`, `&#60;`, `&#x22;` and `&#x3c;`.
  ['lLoO', '', 't;'],
  ['3', '', '4;', 'c;', 'C;'],
  ['6', '', '0;'],
  ['2', '', '2;'],
  // `password is`, `password was`, `login bob password`, `enable secret`.
  [' \t', ' \t:', 'is', 'IS'],
  ['wW', ' \t:', 'as', 'AS'],
  ['o', BLANKS, 'rd'],
  ['s', BLANKS, 'wd'],
  ['r', BLANKS, 'et'],
];

function withoutCharacter(character: string): string {
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('');
  return `${all.replace(character, '')}\xa0`;
}

/** Adds characters to a table; all of them if there are none. */
function addTo(table: Uint8Array, characters: string, value: number): void {
  if (characters === '') table.fill(value);
  for (const character of characters) table[asBefore(character.charCodeAt(0))] = value;
}

/** For each pair, as `128 * first + second`: for each character before it 0, BEGINS or MARKED; 1 for each behind it. */
interface Row {
  readonly before: Uint8Array;
  readonly next: Uint8Array;
}
const rows = new Map<number, Row>();

function rowOf(pair: number): Row {
  const row = rows.get(pair) ?? { before: new Uint8Array(256), next: new Uint8Array(256) };
  rows.set(pair, row);
  return row;
}

for (const [pair, candidates] of shapesByPair)
  for (const { shape, offset, next } of candidates) {
    const row = rowOf(pair);
    addTo(row.before, shape.mark.charAt(offset - 2), MARKED);
    addTo(row.next, next, 1);
  }
for (const [before, next, ...list] of pairs)
  for (const pair of list) {
    const row = rowOf(128 * pair.charCodeAt(0) + pair.charCodeAt(1));
    addTo(row.before, before, BEGINS);
    addTo(row.next, next, 1);
  }

// Pairs with the same row share it, so that the number of a row is a byte.
const numbers = new Map<string, number>();
for (const [pair, { before, next }] of rows) {
  const both = `${before.join()} ${next.join()}`;
  const number = numbers.get(both) ?? FIRST_PAIR + numbers.size;
  if (number > LAST_ROW) throw new RangeError('too many rows of pairs');
  numbers.set(both, number);
  beginnings[pair] = number;
  behindPairs.set(before, 256 * number);
  aheadOf.set(next, 256 * number);
}

for (const [index, [characters, before, next]] of singles.entries()) {
  const kind = 1 + index;
  addTo(aheadOf.subarray(256 * kind, 256 * kind + 256), next, 1);
  const table = new Uint8Array(256);
  addTo(table, before, 1);
  for (const character of characters)
    for (let code = 0; code < 256; code += 1)
      if (table[code] === 1) beginnings[128 * code + character.charCodeAt(0)] = kind;
}
for (let row = 0; row < 256 * 256; row += 256) {
  // In JSON a blank may be written as an escape.
  aheadOf[row + 92] = 1;
  aheadOf.fill(aheadOf[row + BEYOND] ?? 0, row + 128, row + 256);
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
  if (aheadOf[(kind << 8) | asBefore(text.charCodeAt(at + 1))] === 0) return false;
  if (kind >= FIRST_PAIR) return pairBegins(text, kind, at, at - 2 >= from ? text.charCodeAt(at - 2) : BLANK);
  if (kind === COLON) return !isTime(text, at, from);
  return kind !== SCHEME || at === from || !isInWord(text, at);
}

/** The same for a pair, whose second character is at `at`; `before` is the character before the pair. */
export function pairBegins(text: string, kind: number, at: number, before: number): boolean {
  const found = behindPairs[(kind << 8) | asBefore(before)];
  return found === BEGINS || (found === MARKED && mayBeToken(text, at));
}

/** `10:20` and `T10:20:30`: digits on both sides, and no letter but T before the two digits on the left. */
function isTime(text: string, at: number, from: number): boolean {
  if (at === from || !isDigit(text.charCodeAt(at - 1)) || !isDigit(text.charCodeAt(at + 1))) return false;
  const first = at - 2 >= from ? text.charCodeAt(at - 2) : BLANK;
  if (!isDigit(first)) return first === 32 || first === 58;
  const earlier = at - 3 >= from ? text.charCodeAt(at - 3) : BLANK;
  return earlier === 84 || earlier === 32 || earlier === 58 || earlier === 34 || earlier === 91;
}
