/** The key before a colon or an equals sign, read backwards. */
import { isIn, isQuote, keyCharacters } from './maskCharacters.ts';
import type { MaskScan } from './maskScan.ts';

const LONGEST_KEY = 128;

export interface PairKey {
  readonly key: string;
  /** Where the key starts, its quote included. */
  readonly start: number;
  readonly quoted: boolean;
}

/** The key that ends before `at`; it reaches behind neither the region nor what was replaced. */
export function keyBefore(scan: MaskScan, at: number): PairKey | undefined {
  const { text } = scan;
  const low = Math.max(scan.floor, scan.low);
  let end = at;
  while (end > low && at - end < 4 && isSpace(text.charCodeAt(end - 1))) end -= 1;
  if (end <= low) return undefined;
  const last = text.charCodeAt(end - 1);
  if (isQuote(last)) return quotedKey(text, end - 1, last, low);
  let start = end;
  const limit = Math.max(low, end - LONGEST_KEY);
  while (start > limit) {
    const code = text.charCodeAt(start - 1);
    if (!isIn(keyCharacters, code) && code < 128) break;
    start -= 1;
  }
  if (start === end) return undefined;
  const key = text.slice(start, end);
  // `api key: x` and `connection string: x` are one key in two words.
  if (/^(?:key|string|code|phrase|number|word)$/i.test(key)) {
    const longer = /[a-z]{2,20} $/i.exec(text.slice(Math.max(low, start - 22), start));
    if (longer !== null) return { key: longer[0] + key, start: start - longer[0].length, quoted: false };
  }
  return { key: key.includes('%') ? decoded(key) : key, start, quoted: false };
}

function quotedKey(text: string, close: number, quote: number, low: number): PairKey | undefined {
  let end = close;
  while (end > low && text.charCodeAt(end - 1) === 92) end -= 1;
  const limit = Math.max(low, end - LONGEST_KEY);
  let start = end;
  while (start > limit && text.charCodeAt(start - 1) !== quote) start -= 1;
  if (start === end || text.charCodeAt(start - 1) !== quote) return undefined;
  const key = text.slice(start, end);
  return { key: key.includes('\\u') ? unescaped(key) : key, start: start - 1, quoted: true };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function unescaped(key: string): string {
  return key.replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
