/** `name="password"`: the body of a multipart part, the `value` beside it in a tag, or what the element holds. */
import { SENSITIVE } from '../keys.ts';
import { endOfQuoted } from './pairValue.ts';
import { isQuote } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';

const FARTHEST = 512;
const FARTHEST_ATTRIBUTE = 96;
const valueAttribute = /\b(?:value|content)\s?=\s?["']/i;

/** `at` is the equals sign after `name`. */
export function scanNamed(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  let nameStart = at + 1;
  let nameEnd: number;
  if (isQuote(text.charCodeAt(nameStart))) {
    nameEnd = endOfQuoted(text, nameStart, Math.min(to, nameStart + 130), 0);
    nameStart += 1;
  } else {
    nameEnd = nameStart;
    while (nameEnd < to && nameEnd - nameStart < 64 && !/[\s;>&]/.test(text.charAt(nameEnd))) nameEnd += 1;
  }
  if (nameEnd < 0 || nameEnd === nameStart) return -1;
  if ((scan.rules.judge.key(text.slice(nameStart, nameEnd)) & SENSITIVE) === 0) return -1;
  const element = maskElement(scan, nameEnd, to);
  if (element > 0) return element;
  return maskPart(scan, nameEnd, to) || maskAttribute(scan, nameEnd, to);
}

/** `<string name="password">x</string>`; returns 0 where this is no element or holds others. */
function maskElement(scan: MaskScan, from: number, to: number): number {
  const { text } = scan;
  if (!isQuote(text.charCodeAt(from)) || text.charCodeAt(from + 1) !== 62) return 0;
  const end = scan.next('<', from + 2);
  if (end < to && text.charCodeAt(end + 1) !== 47) return 0;
  scan.replace(from + 2, Math.min(end, to));
  return Math.min(end, to);
}

/** Returns 0 where no blank line follows. */
function maskPart(scan: MaskScan, from: number, to: number): number {
  const { text } = scan;
  const ahead = text.slice(from, Math.min(to, from + FARTHEST));
  const blank = /\r?\n\r?\n/.exec(ahead);
  if (blank === null) return 0;
  const start = from + blank.index + blank[0].length;
  let end = Math.min(to, scan.next('\n--', start));
  if (end < to && text.charCodeAt(end - 1) === 13) end -= 1;
  // A part without a boundary after it may be cut, and everything up to the end is its body.
  scan.replace(start, end);
  return Math.max(start, end);
}

function maskAttribute(scan: MaskScan, from: number, to: number): number {
  const { text } = scan;
  const ahead = text.slice(from, Math.min(to, from + FARTHEST_ATTRIBUTE));
  const found = valueAttribute.exec(ahead);
  if (found === null || ahead.lastIndexOf('>', found.index) >= 0) return -1;
  const quote = from + found.index + found[0].length - 1;
  const close = endOfQuoted(text, quote, to, 0);
  const end = close < 0 ? to : close;
  scan.replace(quote + 1, end);
  return end;
}
