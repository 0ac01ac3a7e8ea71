/** Pairs of key and value in any notation: queries, forms, cookies, headers, YAML, JSON within text, settings. */
import { FIELD_ONLY, NUMBER_IS_COUNT, SENSITIVE } from './keys.ts';
import { isBlank, isDigit } from './maskCharacters.ts';
import { scanNamed } from './multipartScanner.ts';
import { keyBefore } from './pairKey.ts';
import type { PairKey } from './pairKey.ts';
import { endOfValue } from './pairValue.ts';
import type { MaskScan } from './maskScan.ts';

const LINE = 240;

/** `at` is a colon. */
export function scanColon(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const after = text.charCodeAt(at + 1);
  // `Token::new` is a path, `password:=` an assignment.
  if (after === 58 || after === 61 || text.charCodeAt(at - 1) === 58) return -1;
  const pair = keyBefore(scan, at);
  if (pair === undefined) return -1;
  const verdict = scan.rules.judge(keyOrLastPart(text, pair, at, to));
  if ((verdict & SENSITIVE) === 0) return -1;
  if (!pair.quoted && (verdict & FIELD_ONLY) !== 0 && !startsField(text, pair.start)) return -1;
  return endOfValue(scan, at + 1, to, {
    assigned: false,
    quotedKey: pair.quoted,
    numberIsCount: (verdict & NUMBER_IS_COUNT) !== 0,
    keyStart: pair.start,
  });
}

/** `at` is an equals sign. */
export function scanEquals(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  let keyEnd = at;
  while (keyEnd > scan.floor && /[:=+!?]/.test(text.charAt(keyEnd - 1)) && at - keyEnd < 3) keyEnd -= 1;
  const pair = keyBefore(scan, keyEnd);
  if (pair === undefined) return -1;
  if (/^(?:name|key)$/i.test(pair.key)) return scanNamed(scan, at, to);
  const verdict = scan.rules.judge(pair.key);
  if ((verdict & SENSITIVE) === 0) return -1;
  let from = at + 1;
  while (text.charCodeAt(from) === 61 || text.charCodeAt(from) === 62) from += 1;
  return endOfValue(scan, from, to, {
    assigned: true,
    quotedKey: false,
    numberIsCount: (verdict & NUMBER_IS_COUNT) !== 0,
    semicolons: isPartOfList(text, scan.floor, pair.start, from, to),
  });
}

/** `tokens.example.com:443` is a host: what counts is the last part of its name. */
function keyOrLastPart(text: string, pair: PairKey, at: number, to: number): string {
  const dot = pair.quoted ? -1 : pair.key.lastIndexOf('.');
  if (dot < 0) return pair.key;
  let end = at + 1;
  while (end < to && end - at < 7 && isDigit(text.charCodeAt(end))) end += 1;
  return end > at + 1 && end - at < 7 ? pair.key.slice(dot + 1) : pair.key;
}

/** Whether the key starts a line or a member of an object, where `auth:` is no label of a message. */
function startsField(text: string, start: number): boolean {
  let before = start - 1;
  while (
    before >= 0 &&
    start - before < 40 &&
    (text.charCodeAt(before) === 32 || text.charCodeAt(before) === 9)
  )
    before -= 1;
  if (before < 0) return true;
  return /[\n\r{,&;<>-]/.test(text.charAt(before));
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
