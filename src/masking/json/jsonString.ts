/** The strings of JSON text: where they end, what their escapes hide, and which keys they are. */
import { isWideSeparator, tableOf } from '../maskCharacters.ts';
import { DEEPEST, MASK, type MaskScan } from '../maskScan.ts';
import {
  aheadOf,
  beginnings,
  begins,
  behindPairs,
  BLANK,
  COLON,
  FIRST_PAIR,
  LAST_ROW,
  pairBegins,
} from '../maskTriggers.ts';

/** What a string holds: a place where a scanner may begin, a backslash, an escape with a number. */
const TRIGGER = 1;
const BACKSLASH = 2;
const UNICODE_ESCAPE = 4;
/** In the table below, apart from what `beginnings` holds. */
const IS_QUOTE = LAST_ROW + 1;
const IS_BACKSLASH = LAST_ROW + 2;
const IS_ADDRESS = LAST_ROW + 3;
const IS_BEYOND = LAST_ROW + 4;
/** How the names of the hosts begin whose addresses are secrets: `hooks.slack.com`, `canary.discord.com`. */
const hookLetters = tableOf('hHdDpPcC');

/** By `256 * character before + character`: `beginnings` with the other characters that count in a string. */
const places = new Uint8Array(256 * 256);
for (let before = 0; before < 256; before += 1) {
  places.set(beginnings.subarray(128 * before, 128 * before + 128), 256 * before);
  places.fill(IS_BEYOND, 256 * before + 127, 256 * before + 256);
  places[256 * before + 34] = IS_QUOTE;
  places[256 * before + 92] = IS_BACKSLASH;
  places[256 * before + 64] = IS_ADDRESS;
  // A colon in an address, whatever stands before it.
  if (beginnings[128 * before + 58] === 0) places[256 * before + 58] = IS_ADDRESS;
}

/** The characters that neither end a string nor must be known of one. */
const isOrdinary = new Uint8Array(256).fill(1, 0, 127);
isOrdinary[34] = 0;
isOrdinary[92] = 0;

/** What an escape stands for, where that is a blank: a flag and some words begin only behind one. */
const escapedBlanks = new Uint8Array(256);
for (let code = 0; code < 256; code += 1) escapedBlanks[code] = code;
for (const [index, letter] of Array.from('trn').entries())
  escapedBlanks[letter.charCodeAt(0)] = '\t\r\n'.charCodeAt(index);

/** The closing quote of the string that opens at `at`; `to` if the string is cut off. */
export function stringEnd(scan: MaskScan, bytes: Uint8Array, at: number, to: number): number {
  let holds = 0;
  // The last three characters and this one, a byte for each.
  let read = (BLANK << 8) | BLANK;
  // An address without an at sign and without another colon holds no password.
  let address = -1;
  let i = at + 1;
  for (; i < to; i += 1) {
    read = (read << 8) | (bytes[i] ?? 0);
    const kind = places[read & 0xffff] ?? 0;
    if (kind === 0) continue;
    if (kind === IS_QUOTE) {
      scan.holds = holds;
      return i;
    }
    if (kind === IS_BACKSLASH) {
      holds |= BACKSLASH;
      i += 1;
      const escaped = bytes[i] ?? 0;
      read = (read & ~0xff) | (escapedBlanks[escaped] ?? 0);
      if (escaped === 117) holds |= UNICODE_ESCAPE;
      else if (i < to && escaped === 34) holds |= TRIGGER;
      continue;
    }
    if ((holds & TRIGGER) !== 0) {
      // Only the end of the string is of interest now.
      if (kind === IS_BEYOND) scan.beyond = true;
      while (i + 1 < to && isOrdinary[bytes[i + 1] ?? 0] === 1) i += 1;
      read = 0;
      continue;
    }
    if (kind === IS_BEYOND) {
      scan.beyond = true;
      // The tables know one character beyond ASCII.
      if ((read & 0xff) > 127) read |= 0xff;
    }
    // Pairs stand in every text, so two more tables are asked before anything is called.
    if (
      kind <= LAST_ROW &&
      (aheadOf[(kind << 8) | (bytes[i + 1] ?? 0)] === 0 ||
        (kind >= FIRST_PAIR && behindPairs[(kind << 8) | ((read >> 16) & 0xff)] === 0))
    )
      continue;
    if (
      kind === COLON &&
      bytes[i + 1] === 47 &&
      bytes[i + 2] === 47 &&
      hookLetters[bytes[i + 3] ?? 0] !== 1
    ) {
      if (address < 0) address = i;
    } else if (isBeginning(scan.text, kind, i, at + 1, (read >> 16) & 0xff, address)) {
      holds |= TRIGGER;
      scan.firstTrigger = address < 0 ? i : address;
    }
  }
  scan.holds = holds;
  return to;
}

/** `before` is the character before the last two. */
function isBeginning(
  text: string,
  kind: number,
  at: number,
  from: number,
  before: number,
  address: number,
): boolean {
  if (kind === IS_ADDRESS || (kind === COLON && address >= 0)) return address >= 0;
  if (kind === IS_BEYOND) return isWideSeparator(text.charCodeAt(at));
  return kind >= FIRST_PAIR ? pairBegins(text, kind, at, before) : begins(text, kind, at, from);
}

/** Masks the string between its quotes; `holds` is what `stringEnd` found in it. */
export function maskJsonString(
  scan: MaskScan,
  from: number,
  to: number,
  closed: boolean,
  holds: number,
): void {
  if (scan.known || (holds & (BACKSLASH | UNICODE_ESCAPE)) !== 0) {
    if (scan.known || (holds & (TRIGGER | UNICODE_ESCAPE)) !== 0) maskEscaped(scan, from, to, closed);
  } else if ((holds & TRIGGER) !== 0) scan.rules.region(scan, from, to, scan.firstTrigger);
}

function maskEscaped(scan: MaskScan, from: number, to: number, closed: boolean): void {
  const plain = unescape(scan.text.slice(from, to), closed);
  const masked = scan.depth < DEEPEST ? scan.rules.text(plain, scan.depth + 1) : MASK;
  if (masked === plain) return;
  // Characters that were escaped may be plain in the masked string.
  scan.beyond = true;
  scan.replace(from, to, JSON.stringify(masked).slice(1, -1));
}

/** The verdict on the key between its quotes; `holds` is what `stringEnd` found in it. */
export function verdictOfJsonKey(scan: MaskScan, from: number, to: number, holds: number): number {
  if ((holds & BACKSLASH) === 0) return scan.rules.verdict.inBytes(scan.text, scan.asBytes(), from, to);
  return scan.rules.verdict.key(unescape(scan.text.slice(from, to), true));
}

const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Reads escapes; unlike JSON.parse it also reads strings that were cut or hold raw control characters. */
function unescape(raw: string, closed: boolean): string {
  if (closed) {
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      // The string is not valid JSON: read as much of it as possible.
    }
  }
  return raw.replace(
    /\\(?:u([0-9a-fA-F]{4})|u[0-9a-fA-F]{0,3}$|([^u])|$)/g,
    (_, hex?: string, one?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return one === undefined ? '' : (simpleEscapes[one] ?? one);
    },
  );
}

/** The end of the object or array that opens at `from`, with its strings skipped; `to` if it stays open. */
export function endOfBalanced(text: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === 34) at = endOfString(text, at, to);
  }
  return to;
}

/** The closing quote of the string that opens at `at`, at any level of escaping; `to` if the string stays open. */
function endOfString(text: string, at: number, to: number): number {
  let slashes = 0;
  while (at - slashes > 0 && slashes < 64 && text.charCodeAt(at - slashes - 1) === 92) slashes += 1;
  const period = 2 * (slashes + 1);
  let run = 0;
  for (let next = at + 1; next < to; next += 1) {
    const code = text.charCodeAt(next);
    if (code === 92) run += 1;
    else {
      if (code === 34 && run % period === slashes) return next;
      run = 0;
    }
  }
  return to;
}
