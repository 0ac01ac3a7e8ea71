/**
 * JSON, whole or cut, read by an iterative tokenizer that builds nothing. It stops where JSON does and hands the rest
 * back to the walk through text.
 */
import { HOLDS_VALUE, NAMES_KEY, NUMBER_IS_COUNT, SENSITIVE } from './keys.ts';
import { endOfBalanced } from './balanced.ts';
import { judgeJsonKey, maskJsonString, stringEnd } from './jsonString.ts';
import { MASK } from './maskScan.ts';
import type { MaskScan } from './maskScan.ts';

const QUOTED_MASK = `"${MASK}"`;

/** Of the innermost object or array. */
const OBJECT = 1;
/** An array, so that the top alone is 0. */
const ARRAY = 16;
/** A member named a sensitive key. */
const NAMED = 2;
/** In an array: an odd number of elements went before. */
const ODD = 4;
/** In an array: the element before was a sensitive key. */
const KEYED = 8;

/** `at` is a brace or a bracket. Returns where JSON ends, or where an element starts that isn't JSON; -1 for none. */
export function scanJson(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const frames: number[] = [];
  let frame = 0;
  let i = at;
  let markAt = -1;
  let markOut = scan.out;
  let markFloor = scan.floor;
  /** The verdict on the member's key; of an array's element, SENSITIVE after a sensitive key. */
  let verdict = 0;

  const fail = (): number => {
    if (markAt < 0) return -1;
    scan.out = markOut;
    scan.floor = markFloor;
    return markAt;
  };

  for (;;) {
    // A value starts here.
    i = blanks(text, i, to);
    if (i >= to) return to;
    const code = text.charCodeAt(i);
    const secret = (verdict & SENSITIVE) !== 0;
    if (code === 34) {
      const end = stringEnd(scan, i, to);
      const { holds } = scan;
      const inside = end >= to ? to : end;
      if (secret) {
        if (inside > i + 1) scan.replace(i + 1, inside);
      } else maskJsonString(scan, i + 1, inside, end < to, holds);
      if (end >= to) return to;
      if ((frame & OBJECT) !== 0) {
        if ((verdict & NAMES_KEY) !== 0 && (judgeJsonKey(scan, i + 1, end, holds) & SENSITIVE) !== 0)
          frame |= NAMED;
      } else if (frame !== 0 && (frame & (ODD | KEYED)) === 0 && !secret) {
        if (looksLikeKey(text, i + 1, end) && (judgeJsonKey(scan, i + 1, end, holds) & SENSITIVE) !== 0)
          frame |= KEYED;
      }
      i = end + 1;
    } else if (code === 123 || code === 91) {
      if (secret) {
        const end = endOfBalanced(text, i, to);
        scan.replace(i, end, QUOTED_MASK);
        if (end >= to) return to;
        i = end;
      } else {
        frames.push(frame);
        frame = code === 123 ? OBJECT : ARRAY;
        i = blanks(text, i + 1, to);
        if (i >= to) return to;
        if (text.charCodeAt(i) === (code === 123 ? 125 : 93)) {
          i += 1;
          frame = frames.pop() ?? 0;
        } else {
          markAt = i;
          markOut = scan.out;
          markFloor = scan.floor;
          verdict = 0;
          if (code === 123) {
            const key = scanKey(scan, i, to, frame);
            if (key === undefined) return fail();
            i = key.at;
            verdict = key.verdict;
            if (i >= to) return to;
          }
          continue;
        }
      }
    } else {
      const end = endOfScalar(text, i, to);
      if (end === i) return fail();
      const isNumber = code === 45 || (code >= 48 && code <= 57);
      if (isNumber && secret && (verdict & NUMBER_IS_COUNT) === 0) scan.replace(i, end, QUOTED_MASK);
      else if (isNumber && scan.known && scan.rules.holdsKnown(text.slice(i, end)))
        scan.replace(i, end, QUOTED_MASK);
      else if (!isNumber && !isLiteral(text, i, end, to)) return fail();
      i = end;
    }
    // A value has ended.
    for (;;) {
      if (frame === 0) return i;
      i = blanks(text, i, to);
      if (i >= to) return to;
      const next = text.charCodeAt(i);
      if (next === 44) {
        i = blanks(text, i + 1, to);
        if (i >= to) return to;
        markAt = i;
        markOut = scan.out;
        markFloor = scan.floor;
        if ((frame & OBJECT) !== 0) {
          const key = scanKey(scan, i, to, frame);
          if (key === undefined) return fail();
          i = key.at;
          verdict = key.verdict;
          if (i >= to) return to;
        } else {
          verdict = (frame & KEYED) !== 0 ? SENSITIVE : 0;
          frame = (frame & ~KEYED) ^ ODD;
        }
        break;
      }
      if (next !== ((frame & OBJECT) !== 0 ? 125 : 93)) return fail();
      frame = frames.pop() ?? 0;
      i += 1;
    }
  }
}

interface JsonKey {
  /** Where the value starts. */
  readonly at: number;
  readonly verdict: number;
}

/** The key at `at` and its colon; undefined where there is none. */
function scanKey(scan: MaskScan, at: number, to: number, frame: number): JsonKey | undefined {
  const { text } = scan;
  if (text.charCodeAt(at) !== 34) return undefined;
  const end = stringEnd(scan, at, to);
  const { holds } = scan;
  if (end >= to) {
    maskJsonString(scan, at + 1, to, false, holds);
    return { at: to, verdict: 0 };
  }
  let verdict = judgeJsonKey(scan, at + 1, end, holds);
  maskJsonString(scan, at + 1, end, true, holds);
  const colon = blanks(text, end + 1, to);
  if (colon >= to) return { at: to, verdict: 0 };
  if (text.charCodeAt(colon) !== 58) return undefined;
  if ((verdict & HOLDS_VALUE) !== 0 && ((frame & NAMED) !== 0 || isNamedBehind(scan, colon + 1, to)))
    verdict |= SENSITIVE;
  return { at: colon + 1, verdict };
}

const nameBehind =
  /\s*(?:"(?:[^"\\]|\\.){0,400}"|[\d.eE+-]{1,40})\s*,\s*"(?:name|key|field|header|Name|Key)"\s*:\s*"([^"\\]{1,64})"/y;

/** `{"value": "x", "name": "password"}`: whether the name that follows a short value is sensitive. */
function isNamedBehind(scan: MaskScan, at: number, to: number): boolean {
  nameBehind.lastIndex = at;
  const found = nameBehind.exec(scan.text);
  return (
    found?.[1] !== undefined && nameBehind.lastIndex <= to && (scan.rules.judge(found[1]) & SENSITIVE) !== 0
  );
}

function looksLikeKey(text: string, from: number, to: number): boolean {
  if (to - from > 64) return false;
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === 32) return false;
  return to > from;
}

function blanks(text: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    at += 1;
  }
  return at;
}

/** Numbers and words: whatever runs on without a separator. */
function endOfScalar(text: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
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
  if (end - from > 5) return false;
  const word = text.slice(from, end);
  if (word === 'null' || word === 'true' || word === 'false') return true;
  return end === to && (`null`.startsWith(word) || 'true'.startsWith(word) || 'false'.startsWith(word));
}
