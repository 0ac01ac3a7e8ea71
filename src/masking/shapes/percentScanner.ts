/**
 * Percent-encoded runs, such as JSON or a URL in a query: they are decoded, masked as separate texts and encoded again.
 */
import { isBlank } from '../maskCharacters.ts';
import { DEEPEST, MASK, type MaskScan } from '../maskScan.ts';

/** Decodes percent-encoded UTF-8 (RFC 3986, 2.1). It never throws, and is linear in hostile text, too. */

const PERCENT = 37;
/** The smallest character that needs one, two, three or four bytes; a smaller one in so many bytes is overlong. */
const smallest = [0, 0, 0x80, 0x800, 0x1_00_00];

/**
 * `%C3%A9` becomes `é`. A byte that isn't part of valid UTF-8 becomes its Latin-1 character. A percent sign without two
 * hex digits stays; `+` stays, too.
 */
export function percentDecode(text: string): string {
  let at = text.indexOf('%');
  if (at < 0) return text;
  let from = 0;
  let decoded = '';
  while (at >= 0) {
    const byte = byteAt(text, at);
    if (byte < 0) {
      at = text.indexOf('%', at + 1);
      continue;
    }
    if (at > from) decoded += text.slice(from, at);
    const length = sequenceLength(byte);
    const character = length === 1 ? byte : characterAt(text, at, byte, length);
    decoded += character < 0 ? String.fromCharCode(byte) : String.fromCodePoint(character);
    from = at + (character < 0 ? 3 : 3 * length);
    at = text.charCodeAt(from) === PERCENT ? from : text.indexOf('%', from);
  }
  return from < text.length ? decoded + text.slice(from) : decoded;
}

/** The byte written as `%XX`, or -1. */
function byteAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== PERCENT) return -1;
  const high = hexDigit(text.charCodeAt(at + 1));
  const low = hexDigit(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function sequenceLength(first: number): number {
  if (first < 0xc2) return 1;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 1;
}

/** The character of the sequence that begins with `first`, or -1 where its bytes aren't valid UTF-8. */
function characterAt(text: string, at: number, first: number, length: number): number {
  let character = first & (0x7f >> length);
  for (let index = 1; index < length; index += 1) {
    const byte = byteAt(text, at + 3 * index);
    if (byte < 0x80 || byte > 0xbf) return -1;
    character = character * 64 + (byte & 0x3f);
  }
  const isSurrogate = character >= 0xd8_00 && character <= 0xdf_ff;
  return character < (smallest[length] ?? 0) || character > 0x10_ff_ff || isSurrogate ? -1 : character;
}

const encoded = /%[0-9a-f]{2}/iy;
/** The code of a byte that matters to a scanner: a quote, a separator, a blank, a percent sign or an encoded letter. */
const telling = /%(?:2[0-9a-f]|3[a-f]|4[0-9a-f]|5[0-9a-f]|6[0-9a-f]|7[0-9a-f]|0[9ad])/i;

/**
 * The length of `otp%3D1`. A shorter run cannot hold a key, a separator and a value, or a token with a known prefix.
 */
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
  // In forms, `+` is a blank.
  const decoded = percentDecode(run.replaceAll('+', ' '));
  const masked = scan.depth < DEEPEST ? scan.rules.text(decoded, scan.depth + 1) : MASK;
  if (masked === decoded) return -1;
  scan.replace(start, end, encode(masked));
  return end;
}

/**
 * Whether the character ends a run: values always encode it. encodeURIComponent keeps an apostrophe, so that is none.
 */
function parts(code: number): boolean {
  return code === 38 || code === 61 || code === 63 || code === 35 || code === 59 || code === 60 || code === 62
    ? true
    : isBlank(code) || code === 34 || code === 96 || code === 92;
}

/** Encodes the masked text. A lone surrogate can't be encoded and is replaced; the asterisks of the mask stay. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
