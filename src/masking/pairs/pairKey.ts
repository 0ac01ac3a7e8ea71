/** The key before a colon or an equals sign, read backwards. */
import { endOfEscape, startOfColours } from '../escapes.ts';
import { GOES_ON_BEFORE, SENSITIVE } from '../keys.ts';
import { isIn, isQuote, isWideSeparator, keyCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';
import { percentDecode } from '../shapes/percentScanner.ts';

const LONGEST_KEY = 128;
/** `%6B`. */
const SHORTEST_ENCODED = 3;

/**
 * Finds the key that ends before `at`, inside the region and after the last replacement. Sets `scan.keyStart` (with the
 * quote) and `scan.keyQuoted`; returns the verdict on the key, or 0 if there is no key.
 */
export function verdictBefore(scan: MaskScan, at: number, afterDot: boolean): number {
  const { text } = scan;
  const low = Math.max(scan.floor, scan.low);
  let end = at;
  // Any number of blanks: tables and aligned settings have many. Each run of blanks is read for one sign only.
  while (end > low && isSpace(text.charCodeAt(end - 1))) end -= 1;
  scan.keyQuoted = false;
  end = startOfColours(text, end, low);
  if (end <= low) return 0;
  const last = text.charCodeAt(end - 1);
  // `os.environ["DB_PASSWORD"] = "x"`.
  if (last === 93 && end - 1 > low && isQuote(text.charCodeAt(end - 2)))
    return verdictOfQuoted(scan, end - 2, text.charCodeAt(end - 2), low);
  if (isQuote(last)) return verdictOfQuoted(scan, end - 1, last, low);
  const limit = Math.max(low, end - LONGEST_KEY);
  let start = end;
  let isEncoded = false;
  let hasLetter = false;
  let dot = -1;
  while (start > limit) {
    const code = text.charCodeAt(start - 1);
    if (code < 128 ? !isIn(keyCharacters, code) : isWideSeparator(code)) break;
    if (code > 57) hasLetter ||= code !== 91 && code !== 93 && code !== 95;
    else if (code === 37) isEncoded = true;
    start -= 1;
    if (code === 46 && dot < 0) dot = start + 1;
  }
  // A key without a letter means nothing: the number of a line, the sign of a currency. A letter may be encoded.
  if (!hasLetter && (!isEncoded || end - start < SHORTEST_ENCODED)) return 0;
  scan.keyStart = start;
  if (isEncoded) return scan.rules.verdict.key(percentDecode(text.slice(start, end)));
  let verdict = scan.rules.verdict.at(text, afterDot && dot >= 0 ? dot : start, end);
  const plain = (verdict & SENSITIVE) === 0 ? endOfEscape(text, start) : start;
  if (plain > start && plain < end) {
    // `\n` before `api_key`. Before `oken` it is the name of a folder, so both are tried.
    verdict = scan.rules.verdict.at(text, plain, end);
    scan.keyStart = plain;
  }
  return (verdict & GOES_ON_BEFORE) === 0 ? verdict : verdictOfLonger(scan, start, end, low) | verdict;
}

/** `api key: x` and `connection string: x` have a key of two words. */
function verdictOfLonger(scan: MaskScan, start: number, end: number, low: number): number {
  if (scan.text.charCodeAt(start - 1) !== 32) return 0;
  const longer = /[a-z]{2,20} $/i.exec(scan.text.slice(Math.max(low, start - 22), start));
  return longer === null ? 0 : scan.rules.verdict.at(scan.text, start - longer[0].length, end);
}

function verdictOfQuoted(scan: MaskScan, close: number, quote: number, low: number): number {
  const { text } = scan;
  let end = close;
  while (end > low && text.charCodeAt(end - 1) === 92) end -= 1;
  const limit = Math.max(low, end - LONGEST_KEY);
  let start = end;
  let isEscaped = false;
  while (start > limit && text.charCodeAt(start - 1) !== quote) {
    start -= 1;
    if (text.charCodeAt(start) === 92) isEscaped = true;
  }
  if (start === end || start <= low || text.charCodeAt(start - 1) !== quote) return 0;
  scan.keyStart = start - 1;
  scan.keyQuoted = true;
  return isEscaped
    ? scan.rules.verdict.key(unescaped(text.slice(start, end)))
    : scan.rules.verdict.at(text, start, end);
}

function unescaped(key: string): string {
  return key.replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 0xa0;
}
