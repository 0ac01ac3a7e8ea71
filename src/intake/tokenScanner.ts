/** Tokens that vendors mark with a prefix. Sources: the vendors' pages on their formats and on secret scanning. */
import { alphanumericCharacters, endOfRun, isLetterOrDigit, tokenCharacters } from './maskCharacters.ts';
import type { MaskScan } from './maskScan.ts';

interface Prefix {
  readonly text: string;
  /** How many characters follow at least. */
  readonly least: number;
  /** The same where the text ends with the token, which may have been cut there. */
  readonly leastAtEnd: number;
  readonly characters: Uint8Array;
}

const prefix = (text: string, least: number, leastAtEnd = 1, characters = tokenCharacters): Prefix => ({
  text,
  least,
  leastAtEnd,
  characters,
});

const plain = alphanumericCharacters;
const dotted = new Uint8Array(tokenCharacters);
dotted[46] = 1;

const prefixes: readonly Prefix[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'].map((text) => prefix(text, 16)),
  ...['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'].map((text) => prefix(text, 10)),
  ...['npm_', 'hf_', 'gsk_'].map((text) => prefix(text, 24, 24, plain)),
  ...['dop_v1_', 'doo_v1_', 'dor_v1_'].map((text) => prefix(text, 32, 1, plain)),
  ...['shpat_', 'shpss_', 'shpca_', 'dckr_pat_', 'lin_api_', 'sntrys_'].map((text) => prefix(text, 16)),
  ...['glpat-', 'gldt-', 'glrt-', 'glptt-'].map((text) => prefix(text, 16)),
  ...['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-', 'xapp-'].map((text) =>
    prefix(text, 8),
  ),
  prefix('sk-', 16, 12),
  prefix('pypi-', 32, 32),
  prefix('GOCSPX-', 16),
  prefix('AGE-SECRET-KEY-', 20),
  prefix('tskey-', 16),
  prefix('ya29.', 16),
  prefix('SG.', 20, 12, dotted),
  ...['hvs.', 'hvb.', 'hvr.'].map((text) => prefix(text, 16, 8)),
  prefix('AKIA', 16, 1, plain),
  prefix('ASIA', 16, 1, plain),
  prefix('AIza', 30),
];

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
