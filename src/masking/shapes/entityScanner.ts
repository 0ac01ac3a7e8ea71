/**
 * Text within XML or HTML, such as `&lt;password&gt;x&lt;/password&gt;`: it is decoded, masked as a separate text, and
 * only what has changed is encoded again.
 */
import { DEEPEST, MASK, type MaskScan } from '../maskScan.ts';

/** How each character is written; the ampersand is the last one to be decoded. */
const forms: readonly (readonly [character: string, form: RegExp])[] = [
  ['<', /&(?:lt|#0{0,4}60|#x0{0,4}3c);/gi],
  ['>', /&(?:gt|#0{0,4}62|#x0{0,4}3e);/gi],
  ['"', /&(?:quot|#0{0,4}34|#x0{0,4}22);/gi],
  ["'", /&(?:apos|#0{0,4}39|#x0{0,4}27);/gi],
  ['&', /&(?:amp|#0{0,4}38|#x0{0,4}26);/gi],
];
const anyForm = new RegExp(forms.map(([, { source }]) => source).join('|'), 'iy');
/** The entity that ends at the semicolon: one that begins a tag or a quoted text, perhaps encoded twice. */
const opening = /&(?:amp;)*(?:lt|quot|#0{0,4}(?:34|60)|#x0{0,4}(?:22|3c));$/i;
const LONGEST_ENTITY = 24;

/** `at` is a semicolon. */
export function scanEntity(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at < scan.unescapedTo) return -1;
  const tail = opening.exec(text.slice(Math.max(scan.low, scan.floor, at - LONGEST_ENTITY), at + 1));
  if (tail === null) return -1;
  const start = at + 1 - tail[0].length;
  // Each text is decoded once, however many entities it has.
  scan.unescapedTo = to;
  const raw = text.slice(start, to);
  const plain = decode(raw);
  const masked = scan.depth < DEEPEST ? scan.rules.text(plain, scan.depth + 1) : MASK;
  if (masked === plain) return -1;
  const [same, sameAtEnd] = difference(plain, masked);
  const read = new Map<string, string>();
  const from = endInRaw(raw, 0, same, read);
  const end = endInRaw(raw, from, plain.length - sameAtEnd - same, read);
  const by = masked.slice(same, masked.length - sameAtEnd);
  const encoded = by.replace(/[<>&"']/g, (one) => read.get(one) ?? one);
  scan.replace(start + from, start + end, encoded);
  return start + end;
}

function decode(raw: string): string {
  let text = raw;
  for (const [character, form] of forms) text = text.replace(form, character);
  return text;
}

/** Where `count` characters end that are written from `from` on. Adds to `read` how those were written. */
function endInRaw(raw: string, from: number, count: number, read: Map<string, string>): number {
  let at = from;
  let left = count;
  while (left > 0) {
    const sign = raw.indexOf('&', at);
    const apart = sign < 0 ? left : sign - at;
    if (apart >= left) return at + left;
    anyForm.lastIndex = sign;
    const end = anyForm.test(raw) ? anyForm.lastIndex : sign + 1;
    if (end > sign + 1) {
      const form = raw.slice(sign, end);
      read.set(decode(form), form);
    }
    left -= apart + 1;
    at = end;
  }
  return at;
}

/** Where two texts begin to differ, and how many characters at their ends are the same. */
function difference(one: string, other: string): [from: number, tail: number] {
  const most = Math.min(one.length, other.length);
  let from = 0;
  while (from < most && one.charCodeAt(from) === other.charCodeAt(from)) from += 1;
  let tail = 0;
  while (
    tail < most - from &&
    one.charCodeAt(one.length - 1 - tail) === other.charCodeAt(other.length - 1 - tail)
  )
    tail += 1;
  return [from, tail];
}
