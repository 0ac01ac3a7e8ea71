/** Tokens that vendors mark with a prefix. */
import { endOfRun, isLetterOrDigit, tokenCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';
import { prefixes } from './tokenPrefixes.ts';
import type { Prefix } from './tokenPrefixes.ts';

/** By the last two characters of the prefix, as `256 * last but one + last`. */
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
    // `sk-learn-contrib` is a name. A long run is masked unread: many such marks in one run must not reread it.
    if (mark === 'sk-' && length < 40 && !/[0-9A-Z]/.test(text.slice(at + 1, end))) continue;
    scan.replace(start, end);
    return end;
  }
  return -1;
}

/** `12345678:AA…` as Telegram's bots have; `at` is the colon, digits lie before it. */
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
