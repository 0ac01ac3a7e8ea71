/**
 * Masks values again wherever else they stand: `{"password":"P","error":"bad value P"}`. The time doesn't grow with the
 * number of values: a rolling hash of eight characters finds where one may begin.
 */
import { wordsOf } from './keys.ts';
import { tellingLastWords } from './keyWords.ts';
import { isLetterOrDigit } from './maskCharacters.ts';
import { MASK } from './maskScan.ts';
import { endOfQuoted } from './pairs/pairValue.ts';

/** A shorter value would be found in ordinary words and numbers. */
const SHORTEST = 8;
/** Longer values are compared up to here, and then as far as they are the same. */
const COMPARED = 256;
/** Nobody encodes a longer value once more; a private key has 3,000 characters. */
const LONGEST_ENCODED = 16_384;
/** How many values with the same beginning are compared whole. With more, only the beginning counts. */
const MOST_ALIKE = 16;
/** A part of a value (a cookie's, or what follows a scheme) must be longer, and hold a digit. */
const SHORTEST_PART = 16;
const FACTOR = 31;
const PLACES = 1024;
/** What leaves the eight characters: FACTOR to the power of 8, in 32 bits. */
const LEAVING = Array.from({ length: SHORTEST }).reduce<number>((power) => Math.imul(power, FACTOR), 1);

/** Masks what it was made for. */
export interface Repeats {
  /** Free text. */
  readonly text: (text: string) => string;
  /** JSON text, or a part of it that begins and ends outside of strings; it stays valid. */
  readonly json: (json: string) => string;
}

/** Finds the values in `pieces`, which were masked just now and stand here as they were written. */
export function repeatsOf(pieces: readonly string[]): Repeats {
  const values = new Set(pieces.flatMap(valuesIn).filter(isTelling));
  const finderOf = (asText: boolean): Finder => {
    const finder = new Finder();
    for (const value of values) for (const spelling of spellingsOf(value, asText)) finder.add(spelling);
    return finder;
  };
  // Nearly always one of the two is asked for.
  let inText: Finder | undefined;
  let inJson: Finder | undefined;
  return {
    text: (text) => (values.size === 0 ? text : (inText ??= finderOf(true)).replace(text, false)),
    json: (json) => (values.size === 0 ? json : replaceInStrings(json, (inJson ??= finderOf(false)))),
  };
}

/** A value as it may be written; in JSON it doesn't stand as it is, if that would need an escape. */
function spellingsOf(value: string, asText: boolean): ReadonlySet<string> {
  if (/^[\w.-]+$/.test(value)) return new Set([value]);
  const once = escaped(value);
  if (value.length > LONGEST_ENCODED) return new Set([once, ...(asText ? [value] : [])]);
  const percent = encodeURIComponent(value.toWellFormed());
  return new Set([once, escaped(once), percent, percent.replaceAll('%20', '+'), ...(asText ? [value] : [])]);
}

/**
 * The strings of an object or a list as they are written, without the keys, and without those that only say whose the
 * secret is or of which kind.
 */
function stringsIn(piece: string): string[] {
  const strings: string[] = [];
  let isReadable = false;
  let slashes = 0;
  let quotes = '"\'';
  for (let at = 0; at < piece.length; at += 1) {
    const character = piece.charAt(at);
    if (!quotes.includes(character)) {
      slashes = character === '\\' ? slashes + 1 : 0;
      continue;
    }
    const close = endOfQuoted(piece, at, piece.length, slashes);
    if (close < 0) {
      // It was an apostrophe, or the piece was cut off. Each of them is searched to the end once.
      quotes = quotes.replace(character, '');
      continue;
    }
    const string = piece.slice(at + 1, close);
    if (isKey.test(piece.slice(close, close + LONGEST_END))) isReadable = describes(string);
    else if (!isReadable) strings.push(string);
    at = close + slashes;
    slashes = 0;
  }
  return strings;
}

function describes(key: string): boolean {
  const last = wordsOf(key.slice(-LONGEST_END)).at(-1) ?? '';
  return describingWords.has(last) || tellingLastWords.has(last);
}

const describingWords = new Set('user username email mail login account role roles region'.split(' '));
const isKey = /^\\*["']\s*:/;
const LONGEST_END = 80;

/** The values in a masked piece: the piece, the strings of an object, the parts of a cookie or a header. */
function valuesIn(piece: string): string[] {
  if (piece.length < SHORTEST) return [];
  if (/^[{[]/.test(piece)) return stringsIn(piece).flatMap(unescaped);
  const parts = piece
    .split(/[\s;,]+/, 64)
    .map((part) => part.replace(/^[\w.-]{1,64}=(?=[^=])/, '').replace(/^["']|["']$/g, ''))
    .filter((part) => part.length >= SHORTEST_PART && /\d/.test(part));
  return [piece, ...parts].flatMap(unescaped);
}

/** The text as it is and, if it holds escapes, as they are read. */
function unescaped(text: string): string[] {
  if (!text.includes('\\')) return [text];
  try {
    return [text, JSON.parse(`"${text}"`) as string];
  } catch {
    return [text];
  }
}

/** Whether the value is more than a line of hyphens or blanks, and isn't the mask. */
function isTelling(value: string): boolean {
  return value.length >= SHORTEST && new Set(value.slice(0, 64)).size > 2;
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function replaceInStrings(json: string, finder: Finder): string {
  let out = '';
  let from = 0;
  for (let open = json.indexOf('"'); open >= 0;) {
    let close = open + 1;
    while (close < json.length && json.charCodeAt(close) !== 34)
      close += json.charCodeAt(close) === 92 ? 2 : 1;
    const inside = json.slice(open + 1, close);
    const masked =
      inside.length < SHORTEST ? inside : finder.replace(inside, json.charCodeAt(close + 1) === 58);
    if (masked !== inside) {
      out += json.slice(from, open + 1) + masked;
      from = close;
    }
    open = json.indexOf('"', close + 1);
  }
  return from === 0 ? json : out + json.slice(from);
}

class Finder {
  readonly #filter = new Uint8Array(PLACES);
  readonly #byBeginning = new Map<string, string[]>();

  add(value: string): void {
    const beginning = value.slice(0, SHORTEST);
    const alike = this.#byBeginning.get(beginning);
    if (alike === undefined) {
      let hash = 0;
      for (let at = 0; at < SHORTEST; at += 1) hash = (Math.imul(hash, FACTOR) + value.charCodeAt(at)) | 0;
      this.#filter[place(hash)] = 1;
      this.#byBeginning.set(beginning, [value]);
    } else if (alike.length < MOST_ALIKE) alike.push(value);
    else if (alike.length === MOST_ALIKE) alike.push(beginning);
  }

  /** A word of small letters, such as a setting's, is no secret in a key and in a longer word. */
  replace(text: string, isKey: boolean): string {
    let out = '';
    let floor = 0;
    let hash = 0;
    for (let end = 0; end < text.length; end += 1) {
      const leaving = end >= SHORTEST ? Math.imul(LEAVING, text.charCodeAt(end - SHORTEST)) : 0;
      hash = (Math.imul(hash, FACTOR) + text.charCodeAt(end) - leaving) | 0;
      if (this.#filter[place(hash)] === 0) continue;
      const start = end + 1 - SHORTEST;
      if (start < floor) continue;
      const length = this.#lengthAt(text, start, isKey);
      if (length === 0) continue;
      out += text.slice(floor, start) + MASK;
      floor = start + length;
    }
    return floor === 0 ? text : out + text.slice(floor);
  }

  /** The length of the longest value at `start`; 0 if there is none. */
  #lengthAt(text: string, start: number, isKey: boolean): number {
    const alike = this.#byBeginning.get(text.slice(start, start + SHORTEST));
    if (alike === undefined || isEscaped(text, start)) return 0;
    let longest = 0;
    for (const value of alike) {
      if (value.length <= longest || !text.startsWith(value.slice(0, COMPARED), start)) continue;
      let length = Math.min(value.length, COMPARED);
      while (length < value.length && text.charCodeAt(start + length) === value.charCodeAt(length))
        length += 1;
      if (/^[a-z_]+$/.test(value) && (isKey || !isApart(text, start, start + length))) continue;
      longest = length;
    }
    return longest;
  }
}

function place(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 22) & (PLACES - 1);
}

function isApart(text: string, start: number, end: number): boolean {
  const isWord = (code: number): boolean => code === 95 || isLetterOrDigit(code);
  return (
    (start === 0 || !isWord(text.charCodeAt(start - 1))) &&
    (end >= text.length || !isWord(text.charCodeAt(end)))
  );
}

/** Whether the character at `at` is escaped: an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (start > 0 && at - start < 64 && text.charCodeAt(start - 1) === 92) start -= 1;
  return (at - start) % 2 === 1;
}
