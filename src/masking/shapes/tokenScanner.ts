/** Tokens that vendors mark with a text of their own, and other secrets that are known by their shape. */
import { isInWord } from '../escapes.ts';
import {
  alphanumericCharacters,
  bearerCharacters,
  endOfRun,
  hex,
  isBlank,
  isIn,
  isLetterOrDigit,
  tableOf,
  tokenCharacters,
} from '../maskCharacters.ts';
import { MASK, type MaskScan } from '../maskScan.ts';
import { classOf } from './tokenAlphabets.ts';
import { candidatesAt, isMarked } from './tokenIndex.ts';
import type { Must, Run, TokenShape } from './tokenShapes.ts';

/** `at` is the second character of a pair in a token's mark. */
export function scanToken(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at < 1) return -1;
  for (const candidate of candidatesAt(text, at)) {
    const { shape } = candidate;
    const mark = at - candidate.offset;
    if (mark < scan.floor || mark + shape.mark.length > to || !isMarked(text, mark, candidate)) continue;
    const start = shape.before === undefined ? mark : startOfRun(scan, shape.before, mark);
    if (start < 0) continue;
    const body = mark + shape.mark.length;
    const end = endOfToken(scan, shape, body, to);
    if (end < 0) continue;
    scan.replace(shape.keepsMark ? body : start, end);
    return end;
  }
  return -1;
}

/** Where the run before a mark starts; -1 if there is none. */
function startOfRun(scan: MaskScan, { alphabet, least, most }: Run, mark: number): number {
  const low = Math.max(scan.floor, scan.low, mark - most);
  let start = mark;
  while (start > low && isIn(classOf[alphabet], scan.text.charCodeAt(start - 1))) start -= 1;
  if (mark - start < least) return -1;
  // Azure writes a digit before its mark; what stands before those four characters may be glued to them.
  if (alphabet === 'tilde') return /\d/.test(scan.text.charAt(mark - 1)) ? start : -1;
  return least === most && isInWord(scan.text, start) ? -1 : start;
}

/** Where the token ends whose mark ends at `body`; -1 if it is none. */
function endOfToken(scan: MaskScan, shape: TokenShape, body: number, to: number): number {
  const { text } = scan;
  const { parts, isEvident, leastAtEnd, must } = shape;
  if (body < scan.unfitTo && must !== undefined && must !== 'mixed') return -1;
  let end = body;
  let last: Uint8Array = tokenCharacters;
  for (const part of parts) {
    if (typeof part === 'string') {
      if (text.startsWith(part, end) && end + part.length <= to) {
        end += part.length;
        continue;
      }
    } else {
      last = classOf[part.alphabet];
      const start = end;
      end = endOfRun(text, last, start, Math.min(to, start + part.most));
      if (end - start >= part.least) continue;
    }
    const isCut = end >= to && end - body >= leastAtEnd;
    return isCut && (leastAtEnd <= 8 || holds(text, body, end, 'mixed')) ? end : -1;
  }
  // One more character of the same kind, and it is something else.
  if (
    !isEvident &&
    end < to &&
    (isIn(last, text.charCodeAt(end)) || isIn(alphanumericCharacters, text.charCodeAt(end)))
  )
    return -1;
  if (must !== undefined && !holds(text, body, end, must)) {
    // What is true of this run is true of its end, so it isn't read again for the next mark in it.
    scan.unfitTo = end;
    return -1;
  }
  return withoutStop(
    text,
    body,
    isEvident && !shape.keepsMark ? endOfRun(text, tokenCharacters, end, to) : end,
  );
}

/** A full stop or a slash at the end belongs to the sentence or to the address around the token. */
function withoutStop(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && (text.charCodeAt(at - 1) === 46 || text.charCodeAt(at - 1) === 47)) at -= 1;
  return at;
}

/** Longer runs are masked unseen: then a text of many marks is read once. */
const LONG = 40;
/** How much of a token is decoded. */
const DECODED = 1024;

function holds(text: string, from: number, end: number, must: Must): boolean {
  if (must === 'mixed') return end - from >= LONG || /[0-9A-Z]/.test(text.slice(from, end));
  const some = text.slice(from, Math.min(end, from + DECODED));
  if (must === 'varied') return /\d/.test(some) && /[A-Z]/.test(some) && /[a-z]/.test(some);
  const whole = some
    .slice(0, some.length & ~3)
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  return !whole.slice(0, -4).includes('=') && atob(whole).includes('.');
}

const asanaToken = /\b\d\/(?:\d{15,20}\/)?\d{15,20}:[A-Za-z\d]{32}(?![A-Za-z\d])/y;

/** `1/1200000000000000:ab…`, a token of Asana; `at` is the colon after the digits. */
function scanAsana(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const low = Math.max(scan.floor, scan.low, at - LONG);
  let start = at;
  while (start > low && isIn(asanaCharacters, text.charCodeAt(start - 1))) start -= 1;
  asanaToken.lastIndex = start;
  if (!asanaToken.test(text) || asanaToken.lastIndex > to) return -1;
  scan.replace(start, asanaToken.lastIndex);
  return asanaToken.lastIndex;
}

const asanaCharacters = tableOf('0123456789/');

/** `12345678:AA…`, the token of a Telegram bot; `at` is the colon after the digits. */
export function scanBotToken(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  let start = at;
  while (
    start > scan.floor &&
    at - start < 12 &&
    text.charCodeAt(start - 1) >= 48 &&
    text.charCodeAt(start - 1) <= 57
  )
    start -= 1;
  if (at - start > 11) return scanAsana(scan, at, to);
  if (at - start < 8) return -1;
  const end = endOfRun(text, tokenCharacters, at + 1, to);
  const length = end - at - 1;
  // The number of a device has such colons, too, but only hexadecimal digits.
  if (length < 30 || length > 48 || /^[\da-f-]*$/i.test(text.slice(at + 1, end))) return -1;
  scan.replace(start, end);
  return end;
}

/** JSON web tokens, whole or cut off: base64url of a JSON object, `eyJ…`, followed by a dot. */

const SHORTEST = 8;

/** `at` is the J of `eyJ`. */
export function scanJwt(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const start = at - 2;
  if (start < scan.undottedTo) return -1;
  let end = endOfRun(text, tokenCharacters, at + 1, to);
  if (end - start < SHORTEST && end < to) return -1;
  // Without a dot this is no token but JSON in base64, such as a cursor, unless the text was cut off inside it.
  if (end < to && text.charCodeAt(end) !== 46) {
    scan.undottedTo = end;
    return -1;
  }
  // JSON in base64 that is whole, and no header of a token, is a cursor.
  if (end === to && isCursor(text.slice(start, Math.min(end, start + LONGEST_CURSOR)))) {
    scan.undottedTo = end;
    return -1;
  }
  // An encrypted token has five parts, and some of them may be empty.
  while (end < to && text.charCodeAt(end) === 46) {
    const next = endOfRun(text, tokenCharacters, end + 1, to);
    if (next === end + 1 && text.charCodeAt(next) !== 46) break;
    end = next;
  }
  scan.replace(start, end);
  return end;
}

const LONGEST_CURSOR = 2048;

function isCursor(token: string): boolean {
  try {
    const json: unknown = JSON.parse(atob(token.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof json === 'object' && json !== null && !('alg' in json) && !('enc' in json);
  } catch {
    return false;
  }
}

/** Private keys in PEM, whole or cut off at either end. */

const LONGEST_LABEL = 64;
const base64Line = /[A-Za-z0-9+/=\s\\]/;

/** `at` is the last hyphen before BEGIN or END. */
export function scanPem(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at < 4 || !text.startsWith('-----', at - 4)) return -1;
  const start = at - 4;
  const begins = text.startsWith('BEGIN ', at + 1);
  if (!begins && !text.startsWith('END ', at + 1)) return -1;
  const label = text.slice(at + 1, Math.min(to, at + 1 + LONGEST_LABEL));
  const closed = label.indexOf('-----');
  const name = closed < 0 ? label : label.slice(0, closed);
  if (!/PRIVATE KEY/i.test(name)) return -1;
  const labelEnd = closed < 0 ? at + 1 : at + 1 + closed + 5;
  if (!begins) return scanTail(scan, start, labelEnd);
  let end = scan.next('-----END', labelEnd);
  if (end >= to) end = to;
  else {
    const close = scan.next('-----', end + 8);
    end = close < to && close - end < LONGEST_LABEL ? close + 5 : end + 8;
  }
  scan.replace(start, end);
  return end;
}

/** Masks the end of a key whose beginning was cut off, with the base64 before it. */
function scanTail(scan: MaskScan, at: number, end: number): number {
  let start = at;
  while (start > scan.floor && base64Line.test(scan.text.charAt(start - 1))) start -= 1;
  scan.replace(start, end);
  return end;
}

/** Authentication schemes in text: `Bearer X`, `Basic X`, `Digest …`. */

/** A colour may stand between the scheme and its token. */
const scheme = /(?:bearer|basic)(?:\x1b\[[\d;]{0,16}m)?[ +\t]{1,4}(?:\x1b\[[\d;]{0,16}m)?/iy;
/** `Bearer authentication`, `Basic Auth`, `BASIC AUTH`: an ordinary word and no token. */
const proseWord = /^(?:[A-Za-z]?[a-z]{0,14}|[A-Z]{1,8})[.:]?$/;

/** `at` is the B. */
export function scanScheme(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (isInWord(text, at)) return -1;
  scheme.lastIndex = at;
  if (!scheme.test(text)) return -1;
  const start = scheme.lastIndex;
  const end = endOfRun(text, bearerCharacters, start, to);
  if (end <= start) return -1;
  if (end - start < 17) {
    const token = text.slice(start, end);
    if (proseWord.test(token) || token === MASK || /^(?:realm|scope|error)=|^\d+(?:\.\d+)+/i.test(token))
      return -1;
  }
  scan.replace(start, end);
  return end;
}

const digest = /digest[ \t]+[a-z]{2,20}\s{0,2}=/iy;

/** `at` is the g of Digest, because a g is rarer than a D. */
export function scanDigest(scan: MaskScan, at: number, to: number): number {
  const start = at - 2;
  if (isInWord(scan.text, start)) return -1;
  digest.lastIndex = start;
  if (!digest.test(scan.text)) return -1;
  const end = Math.min(to, scan.next('\n', start));
  scan.replace(start + 7, end);
  return end;
}

/** Secrets that start with a dollar sign: Ansible vault blocks and hashes of passwords. */

const VAULT = '$ANSIBLE_VAULT;';
const hash =
  /\$(?:2[abxy]?\$\d\d\$|argon2(?:id|i|d)\$|(?:1|5|6|8|9|y|apr1)\$|scrypt\$)[A-Za-z0-9./$=,+-]{16,500}/y;

/** `at` is the dollar sign. */
export function scanVault(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (!text.startsWith(VAULT, at)) {
    hash.lastIndex = at;
    const found = hash.exec(text);
    if (found === null) return -1;
    scan.replace(at, Math.min(to, hash.lastIndex));
    return Math.min(to, hash.lastIndex);
  }
  let end = at + VAULT.length;
  while (end < to && !/[\s\\]/.test(text.charAt(end)) && end - at < 80) end += 1;
  for (let next = end; next >= 0; next = endOfHexLine(text, end, to)) end = next;
  scan.replace(at, end);
  return end;
}

/** The end of the hex on the next line; -1 if that line holds anything else. The line break may be escaped (`\n`). */
function endOfHexLine(text: string, from: number, to: number): number {
  let start = from;
  while (start < to && isBreak(text, start)) start += 1;
  if (start === from) return -1;
  const end = endOfRun(text, hex, start, to);
  return end > start && (end >= to || !isLetterOrDigit(text.charCodeAt(end))) ? end : -1;
}

/** Whether the character is a blank, a backslash or the letter of an escaped line break. */
function isBreak(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isBlank(code) || code === 92 || ((code === 110 || code === 114) && text.charCodeAt(at - 1) === 92);
}
