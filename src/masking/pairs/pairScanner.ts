/** Pairs of key and value in any notation: queries, forms, cookies, headers, YAML, JSON within text, settings. */
import { FIELD_ONLY, NAMES_KEY, NUMBER_IS_COUNT, SENSITIVE } from '../keys.ts';
import { endOfBlanks, isBlank, isDigit } from '../maskCharacters.ts';
import { scanNamed } from './multipartScanner.ts';
import { ENTITY, judgeKeyBefore } from './pairKey.ts';
import { endOfQueryValue } from './pairQuery.ts';
import { endOfValue } from './pairValue.ts';
import type { MaskScan } from '../maskScan.ts';

const LINE = 240;

/** `at` is a colon. */
export function scanColon(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const after = text.charCodeAt(at + 1);
  // `Token::new` is a path, `password:=` an assignment.
  if (after === 58 || after === 61 || text.charCodeAt(at - 1) === 58) return -1;
  const verdict = judgeKeyBefore(scan, at, isPortBehind(text, at, to));
  if ((verdict & SENSITIVE) === 0) return -1;
  const { keyStart, keyQuoted: quotedKey } = scan;
  const value = endOfBlanks(text, at + 1, to, false);
  if (text.startsWith('&quot;', value)) return maskEntities(scan, value + ENTITY, to);
  if (!quotedKey && (verdict & FIELD_ONLY) !== 0 && !isField(text, keyStart, scan.low, at + 1, to)) return -1;
  const numberIsCount = (verdict & NUMBER_IS_COUNT) !== 0;
  return endOfValue(scan, at + 1, to, { assigned: false, quotedKey, numberIsCount, keyStart });
}

/** `at` is an equals sign. */
export function scanEquals(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  let keyEnd = at;
  while (keyEnd > scan.floor && at - keyEnd < 3 && isOperator(text.charCodeAt(keyEnd - 1))) keyEnd -= 1;
  const verdict = judgeKeyBefore(scan, keyEnd, false);
  if (verdict === 0) return -1;
  if ((verdict & NAMES_KEY) !== 0) return scanNamed(scan, at, to);
  if ((verdict & SENSITIVE) === 0) return -1;
  let from = at + 1;
  while (from < to && (text.charCodeAt(from) === 61 || text.charCodeAt(from) === 62)) from += 1;
  const { keyStart } = scan;
  if (isWorkingFolder(text, keyStart, keyEnd, from)) return -1;
  const semicolons = isPartOfList(text, scan.floor, keyStart, from, to);
  const isPlain = !semicolons && keyEnd === at && from === at + 1;
  return endOfValue(scan, from, to, {
    assigned: true,
    quotedKey: false,
    numberIsCount: (verdict & NUMBER_IS_COUNT) !== 0,
    semicolons,
    queryEnd: isPlain ? endOfQueryValue(scan, keyStart, at, to) : -1,
  });
}

/** The value between `&quot;` and the next; to the end where it is cut. */
function maskEntities(scan: MaskScan, from: number, to: number): number {
  const end = Math.min(to, scan.next('&quot;', from));
  scan.replace(from, end);
  return Math.min(to, end + ENTITY);
}

/** `PWD=/home/ada`, as every environment has it. */
function isWorkingFolder(text: string, start: number, end: number, value: number): boolean {
  if (end - start !== 3 || !text.startsWith('PWD', start)) return false;
  return text.charCodeAt(value) === 47 || /^[A-Z]:\\/.test(text.slice(value, value + 3));
}

/** Of `:=`, `==`, `+=`, `!=` and `?=`. */
function isOperator(code: number): boolean {
  return code === 58 || code === 61 || code === 43 || code === 33 || code === 63;
}

/** `tokens.example.com:443` is a host: what counts is the last part of its name. */
function isPortBehind(text: string, at: number, to: number): boolean {
  let end = at + 1;
  while (end < to && end - at < 7 && isDigit(text.charCodeAt(end))) end += 1;
  return end > at + 1 && end - at < 7;
}

/** Whether `auth:` is no label of a message: one word follows. */
function isField(text: string, start: number, low: number, from: number, to: number): boolean {
  if (!startsField(text, start, low)) return false;
  const value = endOfBlanks(text, from, to, false);
  const line = text.slice(value, Math.min(to, value + LINE)).split(/[\r\n]/, 1)[0] ?? '';
  return !/\s/.test(line.trimEnd()) || /^["'{[]/.test(line);
}

/** Whether the key starts a line or a member of an object. */
function startsField(text: string, start: number, low: number): boolean {
  let before = start - 1;
  while (
    before >= low &&
    start - before < 40 &&
    (text.charCodeAt(before) === 32 || text.charCodeAt(before) === 9)
  )
    before -= 1;
  if (before < low) return true;
  return /[\n\r{,&;<>"'`-]/.test(text.charAt(before));
}

/** Whether `;` parts the pairs around: one stands before the key, or behind the value with another pair after it. */
function isPartOfList(text: string, floor: number, start: number, from: number, to: number): boolean {
  let before = start - 1;
  while (before >= floor && start - before < 4 && isBlank(text.charCodeAt(before))) before -= 1;
  if (text.charCodeAt(before) === 59) return true;
  const limit = Math.min(to, from + LINE);
  for (let at = from; at < limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 59) return /^;\s?[\w .-]{1,40}=/.test(text.slice(at, at + 44));
    if (code === 10 || code === 13 || code === 38 || code === 34 || code === 61) return false;
  }
  return false;
}
