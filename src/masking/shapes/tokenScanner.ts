/** Tokens that vendors mark with a prefix. */
import {
  bearerCharacters,
  endOfRun,
  hex,
  isBlank,
  isLetterOrDigit,
  tokenCharacters,
} from '../maskCharacters.ts';
import { MASK, type MaskScan } from '../maskScan.ts';
import { type Prefix, prefixes } from './tokenPrefixes.ts';

/** The prefixes by their last two characters, as `256 * last but one + last`. */
const byEnding = new Map<number, Prefix[]>();
for (const entry of prefixes) {
  const ending =
    entry.text.charCodeAt(entry.text.length - 2) * 256 + entry.text.charCodeAt(entry.text.length - 1);
  byEnding.set(ending, [...(byEnding.get(ending) ?? []), entry]);
}

/** `at` is the last character of the prefix. */
export function scanToken(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at < 1) return -1;
  const candidates = byEnding.get(text.charCodeAt(at - 1) * 256 + text.charCodeAt(at));
  if (candidates === undefined) return -1;
  for (const { text: mark, least, leastAtEnd, characters } of candidates) {
    const start = at + 1 - mark.length;
    if (start < scan.floor || !text.startsWith(mark, start)) continue;
    if (start > 0 && isLetterOrDigit(text.charCodeAt(start - 1))) continue;
    const end = endOfRun(text, characters, at + 1, to);
    const length = end - at - 1;
    if (length < (end === to ? leastAtEnd : least)) continue;
    // `sk-learn-contrib` is a name. A long run is masked without this test: a run with many prefixes is then read once.
    if (mark === 'sk-' && length < 40 && !/[0-9A-Z]/.test(text.slice(at + 1, end))) continue;
    scan.replace(start, end);
    return end;
  }
  return -1;
}

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
  if (at - start < 8 || at - start > 11) return -1;
  const end = endOfRun(text, tokenCharacters, at + 1, to);
  const length = end - at - 1;
  if (length < 30 || length > 48) return -1;
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

const scheme = /(?:bearer|basic)[ +\t]{1,4}/iy;
/** `Bearer authentication`, `Basic Auth`, `BASIC AUTH`: an ordinary word and no token. */
const proseWord = /^(?:[A-Za-z]?[a-z]{0,14}|[A-Z]{1,8})[.:]?$/;

/** `at` is the B. */
export function scanScheme(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at > 0 && isLetterOrDigit(text.charCodeAt(at - 1))) return -1;
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
  if (start > 0 && isLetterOrDigit(scan.text.charCodeAt(start - 1))) return -1;
  digest.lastIndex = start;
  if (!digest.test(scan.text)) return -1;
  const end = Math.min(to, scan.next('\n', start));
  scan.replace(start + 7, end);
  return end;
}

/** Secrets that start with a dollar sign: Ansible vault blocks and hashes of passwords. */

const VAULT = '$ANSIBLE_VAULT;';
const hash = /\$(?:2[abxy]?\$\d\d\$|argon2(?:id|i|d)\$|(?:5|6|y)\$|scrypt\$)[A-Za-z0-9./$=,+-]{16,500}/y;

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
