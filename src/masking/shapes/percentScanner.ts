/** Percent-encoded runs, such as JSON or a URL in a query: decoded, masked as text of their own, encoded again. */
import { isBlank } from '../maskCharacters.ts';
import { percentDecode } from './percentDecode.ts';
import { DEEPEST, MASK } from '../maskScan.ts';
import type { MaskScan } from '../maskScan.ts';

const encoded = /%[0-9a-f]{2}/iy;
/** Of a byte that matters to a scanner: quotes, separators, blanks, a percent sign, or a letter written so. */
const telling = /%(?:2[0-9a-f]|3[a-f]|4[0-9a-f]|5[0-9a-f]|6[0-9a-f]|7[0-9a-f]|0[9ad])/i;

/** `otp%3D1`: shorter runs have no room for a key, a separator and a value, nor for anything known by its looks. */
const SHORTEST = 7;

/** `at` is a percent sign. */
export function scanPercent(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const low = Math.max(scan.floor, scan.low);
  if (at < scan.decodedTo) return -1;
  encoded.lastIndex = at;
  if (!encoded.test(text)) return -1;
  let start = at;
  while (start > low && !parts(text.charCodeAt(start - 1))) start -= 1;
  let end = at;
  while (end < to && !parts(text.charCodeAt(end))) end += 1;
  scan.decodedTo = end;
  if (end - start < SHORTEST) return -1;
  const run = text.slice(start, end);
  if (!telling.test(run)) return -1;
  // As forms do, `+` is a blank.
  const decoded = percentDecode(run.replaceAll('+', ' '));
  const masked = scan.depth < DEEPEST ? scan.rules.text(decoded, scan.depth + 1) : MASK;
  if (masked === decoded) return -1;
  scan.replace(start, end, encode(masked));
  return end;
}

/** Whatever isn't left unencoded in a value ends the run; encodeURIComponent leaves an apostrophe. */
function parts(code: number): boolean {
  return code === 38 || code === 61 || code === 63 || code === 35 || code === 59 || code === 60 || code === 62
    ? true
    : isBlank(code) || code === 34 || code === 96 || code === 92;
}

/** A lone surrogate can't be encoded; the asterisks of the mask stay. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
