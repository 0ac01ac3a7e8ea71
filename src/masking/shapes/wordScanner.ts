/** A sensitive word directly followed by a quoted string: `password 'x'`, `identified by "x"`. */
import { FIELD_ONLY, NUMBER_IS_COUNT, SENSITIVE } from '../keys.ts';
import { isSecretArgument, maskLogin } from '../pairs/pairLinks.ts';
import { endOfQuoted, endOfValue, isProse, looksRandom } from '../pairs/pairValue.ts';
import {
  endOfRun,
  isBlank,
  isIn,
  isLetterOrDigit,
  isQuote,
  keyCharacters,
  tableOf,
  tokenCharacters,
} from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';

const complaint = /(?:unexpected|invalid|expected|unknown|illegal|unrecognized|missing)\s+$/i;
const identified = /(?:identified by|password is|password was|token is|token was|secret is|secret was)$/i;

/** `at` is a quote after a blank, a comma or a parenthesis. */
export function scanQuotedWord(scan: MaskScan, at: number, to: number): number {
  const before = scan.text.charCodeAt(at - 1);
  const found = before === 32 ? scanWordBefore(scan, at, to) : -1;
  return found >= 0 ? found : scanArgument(scan, at, to);
}

/** `Header.Set("X-Api-Key", "x")`. */
function scanArgument(scan: MaskScan, at: number, to: number): number {
  let before = at - 1;
  while (before > scan.low && at - before < 20 && isBlank(scan.text.charCodeAt(before))) before -= 1;
  const code = scan.text.charCodeAt(before);
  if (code !== 44 && code !== 40) return -1;
  if (code === 44 && !isQuote(scan.text.charCodeAt(before - 1)) && !isBlank(scan.text.charCodeAt(before - 1)))
    return -1;
  const close = endOfQuoted(scan.text, at, Math.min(to, at + LONGEST_ARGUMENT), 0);
  if (close < 0 || !hasLetters(scan.text, at + 1, close) || !isSecretArgument(scan, at, close)) return -1;
  if (isProse(scan.text.slice(at + 1, close))) return -1;
  scan.replace(at + 1, close);
  return close;
}

function scanWordBefore(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const low = Math.max(scan.floor, scan.low);
  let end = at - 1;
  while (end > 0 && at - end < 4 && text.charCodeAt(end) === 32) end -= 1;
  // `token - 'x'`.
  const isDashed = text.charCodeAt(end) === 45 && isBlank(text.charCodeAt(end - 1));
  if (isDashed) end -= 2;
  let start = end + 1;
  while (start > low && end - start < 64 && isIn(keyCharacters, text.charCodeAt(start - 1))) start -= 1;
  if (start > end) return -1;
  const word = text.slice(start, end + 1);
  const before = text.slice(Math.max(low, start - 16), start);
  if (!identified.test(before + word)) {
    const verdict = scan.rules.verdict.key(word);
    // A plural names a list, not a value.
    if ((verdict & SENSITIVE) === 0 || (verdict & (FIELD_ONLY | NUMBER_IS_COUNT)) !== 0) return -1;
    if (complaint.test(before)) return -1;
  }
  const close = endOfQuoted(text, at, to, 0);
  const valueEnd = close < 0 ? to : close;
  if (!hasLetters(text, at + 1, valueEnd)) return -1;
  if (isDashed && (valueEnd - at < SHORTEST_DASHED || !looksRandom(text.slice(at + 1, valueEnd)))) return -1;
  scan.replace(at + 1, valueEnd);
  return valueEnd;
}

const LONGEST_ARGUMENT = 4096;
/** A hyphen also joins the parts of a sentence, and then a name or a short text follows. */
const SHORTEST_DASHED = 9;

function hasLetters(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (isLetterOrDigit(text.charCodeAt(at))) return true;
  return false;
}

/** Flags of command lines: `--password hunter2`, `-password hunter2`. */

const beforeFlag = tableOf('"\'[,');
const loginFlag = /^(?:user|proxy-user|userpwd|creds?)$/i;

/** `at` is the last hyphen. */
export function scanFlag(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const before = text.charCodeAt(at - 1) === 45 ? at - 2 : at - 1;
  if (before >= 0 && !isBlank(text.charCodeAt(before)) && !isIn(beforeFlag, text.charCodeAt(before)))
    return -1;
  const end = endOfRun(text, tokenCharacters, at + 1, Math.min(to, at + 65));
  const code = text.charCodeAt(end);
  if (end === at + 1 || end >= to || (code !== 32 && code !== 9 && code !== 61)) return -1;
  const name = text.slice(at + 1, end);
  if (loginFlag.test(name)) return maskLogin(scan, end, to);
  if (code === 61) return -1;
  if ((scan.rules.verdict.key(name) & SENSITIVE) === 0) return -1;
  if (text.charCodeAt(end + 1) === 45) return -1;
  return endOfValue(scan, end + 1, to, { assigned: true, quotedKey: false, numberIsCount: false });
}
