/**
 * Letters and digits that belong to an escape or to a colour, and so to no word: `\n`, `\u003d`, `\x1b[32m`. A text
 * that was written twice, or in another language, still holds them.
 */
import { alphanumericCharacters, hex, isDigit, isIn } from './maskCharacters.ts';

const BACKSLASH = 92;
const BRACKET = 91;
const LONGEST_COLOUR = 24;

/**
 * Whether a word goes on at `at`: a letter or digit of ASCII stands before it that belongs to no escape. Tokens are
 * ASCII, and no blank is written between them and a text in Chinese.
 */
export function isInWord(text: string, at: number): boolean {
  return at > 0 && isIn(alphanumericCharacters, text.charCodeAt(at - 1)) && !isEscapeEnd(text, at);
}

/** Whether what ends before `at` is an escape or the sequence of a colour. */
export function isEscapeEnd(text: string, at: number): boolean {
  return startOfEscape(text, at, 0) < at;
}

/** Where the escape or colour starts that ends before `at`; `at` if there is none. Nothing before `low` is read. */
function startOfEscape(text: string, at: number, low: number): number {
  if (at - 1 < low) return at;
  const code = text.charCodeAt(at - 1);
  const before = at - 2 >= low ? text.charCodeAt(at - 2) : 0;
  const lower = code | 32;
  // `\n`, `\r`, `\t`, `\b`, `\f`, `\v`, `\e`, `\a` and `\0`.
  if (before === BACKSLASH && (code === 48 || 'nrtbfvea'.includes(String.fromCharCode(code)))) return at - 2;
  if (lower >= 97 && lower <= 122) {
    const colour = startOfColour(text, at - 1, low);
    if (colour >= 0) return colour;
  }
  if (!isIn(hex, code) || !isIn(hex, before)) return at;
  const sign = at - 3 >= low ? text.charCodeAt(at - 3) : 0;
  // `%3D`, `\x3d`, `\u003d` and `\033`.
  if (sign === 37) return at - 3;
  if (sign === 120 && text.charCodeAt(at - 4) === BACKSLASH && at - 4 >= low) return at - 4;
  if (sign === 48 && text.charCodeAt(at - 4) === BACKSLASH && at - 4 >= low) return at - 4;
  if (at - 6 < low || text.charCodeAt(at - 5) !== 117 || text.charCodeAt(at - 6) !== BACKSLASH) return at;
  return isIn(hex, sign) && isIn(hex, text.charCodeAt(at - 4)) ? at - 6 : at;
}

/** Where the colours start that end before `at`; `at` if there are none. */
export function startOfColours(text: string, at: number, low: number): number {
  // Behind another letter no letter ends a colour. Most keys end so.
  const before = text.charCodeAt(at - 2) | 32;
  if (before >= 97 && before <= 122) return at;
  let start = at;
  while (start > low && isIn(alphanumericCharacters, text.charCodeAt(start - 1))) {
    const colour = startOfColour(text, start - 1, low);
    if (colour < low || isDigit(text.charCodeAt(start - 1))) break;
    start = colour;
  }
  return start;
}

const ahead = /(?:(?<=\\)(?:[nrtbfvea0]|u[0-9a-f]{4}|x[0-9a-f]{2}|0\d\d))?(?:\[[\d;?]*[a-z])?/iy;

/** Where the escape or colour ends whose letters start at `start`: a key is read backwards up to its backslash. */
export function endOfEscape(text: string, start: number): number {
  const before = text.charCodeAt(start - 1);
  // A colour has a number or a letter behind its bracket.
  const isColour =
    text.charCodeAt(start) === BRACKET &&
    (isParameter(text.charCodeAt(start + 1)) || isIn(alphanumericCharacters, text.charCodeAt(start + 1)));
  if (before !== BACKSLASH && !isColour) return start;
  ahead.lastIndex = start;
  ahead.test(text);
  return ahead.lastIndex;
}

/** Where the sequence `[32m` starts whose letter is at `letter`, with the escape before it; -1 if there is none. */
function startOfColour(text: string, letter: number, low: number): number {
  let at = letter;
  while (at > low && letter - at < LONGEST_COLOUR && isParameter(text.charCodeAt(at - 1))) at -= 1;
  if (at <= low || text.charCodeAt(at - 1) !== BRACKET) return text.charCodeAt(at - 1) === 0x9b ? at - 1 : -1;
  at -= 1;
  const code = at > low ? text.charCodeAt(at - 1) : 0;
  if (code === 27) return at - 1;
  const escape = startOfEscape(text, at, low);
  // The escape character may have been removed before the text came here. Without it a number tells a colour.
  return escape < at || letter > at + 1 ? escape : -1;
}

function isParameter(code: number): boolean {
  return isDigit(code) || code === 59 || code === 63;
}
