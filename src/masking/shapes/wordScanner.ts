/** A sensitive word directly followed by a quoted string: `password 'x'`, `identified by "x"`. */
import { FIELD_ONLY, NUMBER_IS_COUNT, SENSITIVE } from '../keys.ts';
import { endOfQuoted } from '../pairs/pairValue.ts';
import { isIn, isLetterOrDigit, keyCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';

const complaint = /(?:unexpected|invalid|expected|unknown|illegal|unrecognized|missing)\s+$/i;
const identified = /(?:identified by|password is|password was|token is|token was|secret is|secret was)$/i;

/** `at` is a quote after a blank. */
export function scanQuotedWord(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const low = Math.max(scan.floor, scan.low);
  let end = at - 1;
  while (end > 0 && at - end < 4 && text.charCodeAt(end) === 32) end -= 1;
  let start = end + 1;
  while (start > low && end - start < 64 && isIn(keyCharacters, text.charCodeAt(start - 1))) start -= 1;
  if (start > end) return -1;
  const word = text.slice(start, end + 1);
  const before = text.slice(Math.max(low, start - 16), start);
  if (!identified.test(before + word)) {
    const verdict = scan.rules.judge.key(word);
    // Plurals name what is listed, not a value.
    if ((verdict & SENSITIVE) === 0 || (verdict & (FIELD_ONLY | NUMBER_IS_COUNT)) !== 0) return -1;
    if (complaint.test(before)) return -1;
  }
  const close = endOfQuoted(text, at, to, 0);
  const valueEnd = close < 0 ? to : close;
  if (!hasLetters(text, at + 1, valueEnd)) return -1;
  scan.replace(at + 1, valueEnd);
  return valueEnd;
}

function hasLetters(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (isLetterOrDigit(text.charCodeAt(at))) return true;
  return false;
}
