/**
 * Reads JSON, whole or cut off, with an iterative tokenizer that builds nothing. It stops where the JSON ends and
 * returns to the walk through text.
 */
import {
  HOLDS_NOTHING,
  HOLDS_VALUE,
  KEY_TYPE,
  LISTS_NAMES,
  NAMES_KEY,
  NUMBER_IS_COUNT,
  ODD_OBJECT,
  SENSITIVE,
} from '../keys.ts';
import { endOfBalanced, verdictOfJsonKey, maskJsonString, stringEnd } from './jsonString.ts';
import { tableOf } from '../maskCharacters.ts';
import { QUOTED_MASK, type MaskScan } from '../maskScan.ts';
import { holdsSecretKind, isSecretData } from '../pairs/pairLinks.ts';
import { isReadable, isReadableBlock } from '../pairs/pairValue.ts';

/** Flags of the innermost object or array. This one marks an object. */
const OBJECT = 1;
/** An array. Only the top level is 0. */
const ARRAY = 16;
/** A member named a sensitive key. */
const NAMED = 2;
/** In an array: an odd number of elements went before. */
const ODD = 4;
/** In an array: the element before was a sensitive key. */
const KEYED = 8;
/** The object is a JSON web key: it has a `kty`. */
const WEB_KEY = 32;

/** The array holds names: the one after a sensitive name is no value. */
const LIST = 64;

/** The key of a list of names, before its bracket in text. */
const listBefore =
  /(?:required|fields|columns|properties|names|keys|exclude|include|only|omit|select|pick|attributes|allowed\w*|hidden|missing)["']?\s{0,3}[:=(]\s{0,3}$/i;

function textBefore(scan: MaskScan, at: number): string {
  return scan.text.slice(Math.max(scan.low, at - 40), at);
}

/** Whether the next element, from its comma on, is another name of letters. */
function isName(bytes: Uint8Array, from: number, to: number): boolean {
  let at = blanks(bytes, from, to);
  if (bytes[at] !== 34) return false;
  at += 1;
  for (const start = at; at < to && at - start < 64; at += 1) {
    const code = bytes[at] ?? 0;
    if (code === 34) return at > start;
    const isLetter = ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || code === 45 || code === 46;
    if (!isLetter) return false;
  }
  return false;
}

/** The private members of a JSON web key (RFC 7518, 6.2.2, 6.3.2 and 6.4). */
const privateMembers = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);

/** The characters of most keys. */
const plainKey = new Uint8Array(256);
plainKey.set(tableOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.'));

/** `at` is a brace or a bracket. Returns where the JSON ends, or where an element isn't JSON; -1 if nothing is JSON. */
export function scanJson(scan: MaskScan, at: number, to: number): number {
  // A walk over a string within JSON may call this, too: remove the frames that this call leaves open.
  const depth = scan.frames.length;
  const end = readJson(scan, at, to);
  if (scan.frames.length !== depth) scan.frames.length = depth;
  return end;
}

function readJson(scan: MaskScan, at: number, to: number): number {
  const { text, frames } = scan;
  const bytes = scan.asBytes();
  const depth = frames.length;
  let frame = 0;
  let i = at;
  let markAt = -1;
  let markOut = scan.out;
  let markFloor = scan.floor;
  let markSeen = scan.rules.seen.length;
  /** The verdict on the member's key; of an array's element, SENSITIVE after a sensitive key. */
  let verdict = 0;

  for (;;) {
    // A value starts here.
    i = blanks(bytes, i, to);
    if (i >= to) return to;
    const code = bytes[i] ?? 0;
    const secret = (verdict & SENSITIVE) !== 0;
    if (code === 34) {
      const end = stringEnd(scan, bytes, i, to);
      const { holds } = scan;
      const inside = end >= to ? to : end;
      // If no JSON follows the string, the text is no JSON. Check this first, so that the string isn't scanned in vain.
      if (frame !== 0 && end < to && !goesOn(bytes, end + 1, to))
        return giveBack(scan, markAt, markOut, markFloor, markSeen);
      if (secret) {
        if (inside > i + 1 && !(end < to && isReadable(text, i + 1, inside))) scan.replace(i + 1, inside);
      } else maskJsonString(scan, i + 1, inside, end < to, holds);
      if (end >= to) return to;
      if ((frame & OBJECT) !== 0) {
        if ((verdict & NAMES_KEY) !== 0 && namesSecret(scan, bytes, i + 1, end, holds)) frame |= NAMED;
        if ((verdict & KEY_TYPE) !== 0) frame |= WEB_KEY;
      } else if (frame !== 0 && (frame & (ODD | KEYED)) === 0 && !secret && bytes[end + 1] === 44) {
        if (namesSecret(scan, bytes, i + 1, end, holds)) {
          const isList =
            (frame & LIST) !== 0 || (frames.length === depth + 1 && listBefore.test(textBefore(scan, at)));
          if (!isList || !isName(bytes, end + 2, to)) frame |= KEYED;
        }
      }
      i = end + 1;
    } else if (code === 123 || code === 91) {
      if (secret) {
        const end = endOfBalanced(text, i, to);
        if (!isReadableBlock(text, i, end)) scan.replace(i, end, QUOTED_MASK);
        if (end >= to) return to;
        i = end;
      } else {
        frames.push(frame);
        frame = code === 123 ? OBJECT : ARRAY;
        if (code === 91 && (verdict & LISTS_NAMES) !== 0) frame |= LIST;
        i = blanks(bytes, i + 1, to);
        if (i >= to) return to;
        if (bytes[i] === (code === 123 ? 125 : 93)) {
          if (code === 123) scan.odd = true;
          i += 1;
          frame = frames.pop() ?? 0;
        } else {
          markAt = i;
          markOut = scan.out;
          markFloor = scan.floor;
          markSeen = scan.rules.seen.length;
          verdict = 0;
          if (code === 123) {
            i = scanKey(scan, i, to, frame);
            if (i < 0) return giveBack(scan, markAt, markOut, markFloor, markSeen);
            verdict = scan.verdict;
            if (i >= to) return to;
          }
          continue;
        }
      }
    } else {
      const end = endOfScalar(bytes, i, to);
      if (end === i) return giveBack(scan, markAt, markOut, markFloor, markSeen);
      const isNumber = code === 45 || (code >= 48 && code <= 57);
      if (isNumber && secret && (verdict & NUMBER_IS_COUNT) === 0) scan.replace(i, end, QUOTED_MASK);
      else if (isNumber && scan.known && scan.rules.holdsKnown(text.slice(i, end)))
        scan.replace(i, end, QUOTED_MASK);
      else if (!isNumber && !isLiteral(text, i, end, to))
        return giveBack(scan, markAt, markOut, markFloor, markSeen);
      i = end;
    }
    // A value has ended.
    for (;;) {
      if (frame === 0) return i;
      i = blanks(bytes, i, to);
      if (i >= to) return to;
      const next = bytes[i];
      if (next === 44) {
        i = blanks(bytes, i + 1, to);
        if (i >= to) return to;
        markAt = i;
        markOut = scan.out;
        markFloor = scan.floor;
        markSeen = scan.rules.seen.length;
        if ((frame & OBJECT) !== 0) {
          i = scanKey(scan, i, to, frame);
          if (i < 0) return giveBack(scan, markAt, markOut, markFloor, markSeen);
          verdict = scan.verdict;
          if (i >= to) return to;
        } else {
          verdict = (frame & KEYED) !== 0 ? SENSITIVE : 0;
          frame = (frame & ~KEYED) ^ ODD;
        }
        break;
      }
      if (next !== ((frame & OBJECT) !== 0 ? 125 : 93))
        return giveBack(scan, markAt, markOut, markFloor, markSeen);
      frame = frames.pop() ?? 0;
      i += 1;
    }
  }
}

/** Undoes the masking since the mark; the walk through text continues at the mark. */
function giveBack(scan: MaskScan, at: number, out: string, floor: number, seen: number): number {
  if (at < 0) return -1;
  scan.rules.seen.length = Math.min(scan.rules.seen.length, seen);
  scan.out = out;
  scan.floor = floor;
  return at;
}

/** Reads the key at `at` and its colon and sets `scan.verdict`; returns where the value starts, -1 for no key. */
function scanKey(scan: MaskScan, at: number, to: number, frame: number): number {
  const { text } = scan;
  const bytes = scan.asBytes();
  if (bytes[at] !== 34) return -1;
  scan.verdict = 0;
  let end = at + 1;
  while (plainKey[bytes[end] ?? 0] === 1) end += 1;
  // Nearly all keys were seen before, and are read only as far as they must be compared.
  const isRead = bytes[end] === 34 && end < to;
  let verdict = isRead ? scan.rules.verdict.inJson(text, bytes, at + 1, end) : 0;
  if ((verdict & HOLDS_NOTHING) !== 0 && !scan.known) scan.holds = 0;
  else end = stringEnd(scan, bytes, at, to);
  const { holds } = scan;
  if (end >= to) {
    maskJsonString(scan, at + 1, to, false, holds);
    return to;
  }
  const colon = bytes[end + 1] === 58 ? end + 1 : blanks(bytes, end + 1, to);
  if (colon < to && bytes[colon] !== 58) return -1;
  verdict = isRead ? verdict & ~HOLDS_NOTHING : verdictOfJsonKey(scan, at + 1, end, holds);
  if (holds !== 0 || scan.known) maskJsonString(scan, at + 1, end, true, holds);
  if (colon >= to) return to;
  scan.verdict = verdict;
  if ((frame & WEB_KEY) !== 0 && end - at < 4 && privateMembers.has(text.slice(at + 1, end)))
    scan.verdict |= SENSITIVE;
  if (verdict === 0) return colon + 1;
  if ((verdict & ODD_OBJECT) !== 0 && !scan.odd) scan.odd = isOdd(text, at, colon + 1);
  if ((verdict & HOLDS_VALUE) !== 0 && ((frame & NAMED) !== 0 || isNamedBehind(scan, colon + 1, to)))
    scan.verdict |= SENSITIVE;
  if ((verdict & HOLDS_VALUE) !== 0 && isSecretData(text, at + 1, end) && opensObject(bytes, colon + 1, to))
    if (holdsSecretKind(scan)) scan.verdict |= SENSITIVE;
  return colon + 1;
}

function opensObject(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[blanks(bytes, from, to)] === 123;
}

/** Whether this may be a typed array (`{"0":…`), a Buffer or a system's error. */
function isOdd(text: string, at: number, value: number): boolean {
  if (text.startsWith('"type"', at)) return text.startsWith('"Buffer"', value);
  return true;
}

const nameBehind =
  /\s*(?:"(?:[^"\\]|\\.){0,400}"|[\d.eE+-]{1,40})\s*,\s*"(?:name|key|field|header|Name|Key)"\s*:\s*"([^"\\]{1,64})"/y;

/** `{"value": "x", "name": "password"}`: whether the name that follows a short value is sensitive. */
function isNamedBehind(scan: MaskScan, at: number, to: number): boolean {
  nameBehind.lastIndex = at;
  const found = nameBehind.exec(scan.text);
  return (
    found?.[1] !== undefined &&
    nameBehind.lastIndex <= to &&
    (scan.rules.verdict.key(found[1]) & SENSITIVE) !== 0
  );
}

/** Whether the string is a sensitive key: one short word with that verdict. */
function namesSecret(scan: MaskScan, bytes: Uint8Array, from: number, to: number, holds: number): boolean {
  if (to - from > 64) return false;
  for (let at = from; at < to; at += 1) if (bytes[at] === 32) return false;
  return (verdictOfJsonKey(scan, from, to, holds) & SENSITIVE) !== 0;
}

/** Whether a comma or a closing bracket follows, or the text ends. */
function goesOn(bytes: Uint8Array, from: number, to: number): boolean {
  let code = bytes[from];
  if (code === 44) return true;
  const at = blanks(bytes, from, to);
  code = bytes[at];
  return at >= to || code === 44 || code === 93 || code === 125;
}

function blanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = bytes[at] ?? 0;
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    at += 1;
  }
  return at;
}

/** The end of a number or a word: both end at the first separator. */
function endOfScalar(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = bytes[at] ?? 0;
    const isPart =
      (code >= 97 && code <= 122) ||
      (code >= 48 && code <= 57) ||
      code === 45 ||
      code === 43 ||
      code === 46 ||
      code === 69;
    if (!isPart) break;
    at += 1;
  }
  return at;
}

function isLiteral(text: string, from: number, end: number, to: number): boolean {
  const length = end - from;
  if (length > 5) return false;
  if (length === 4 && (text.startsWith('true', from) || text.startsWith('null', from))) return true;
  const word = text.slice(from, end);
  if (word === 'null' || word === 'true' || word === 'false') return true;
  return end === to && ('null'.startsWith(word) || 'true'.startsWith(word) || 'false'.startsWith(word));
}
