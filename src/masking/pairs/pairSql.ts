/** SQL that names columns before their values: `INSERT INTO a (name, password) VALUES ('bob', 'x')`. */
import { NUMBER_IS_COUNT, SENSITIVE } from '../keys.ts';
import { endOfBlanks, isBlank, isQuote } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';
import { endOfQuoted } from './pairValue.ts';

const LONGEST_COLUMNS = 600;
const MOST_BLANKS = 40;
const columnsBefore = /\(([^()]{1,600})\)\s{1,40}$/;
const valuesWord = /values\s{0,9}(?=\()/iy;
/** A value that is no text, up to its comma or the end of its row. */
const bare = /[^,()'"\s]{0,256}/y;

/** `at` is the E of VALUES. */
export function scanInsert(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const start = at - 4;
  valuesWord.lastIndex = start;
  let close = start;
  while (close > scan.low && start - close < MOST_BLANKS && isBlank(text.charCodeAt(close - 1))) close -= 1;
  if (close === start || text.charCodeAt(close - 1) !== 41 || !valuesWord.test(text)) return -1;
  const low = Math.max(scan.floor, scan.low, start - LONGEST_COLUMNS);
  const columns = columnsBefore.exec(text.slice(low, start))?.[1];
  if (columns === undefined) return -1;
  const isSecret = columns.split(',').map((name) => {
    const verdict = scan.rules.verdict.key(name.trim().replace(/^["'`[]|["'`\]]$/g, ''));
    return (verdict & SENSITIVE) !== 0 && (verdict & NUMBER_IS_COUNT) === 0;
  });
  if (!isSecret.includes(true)) return -1;
  let end = valuesWord.lastIndex;
  for (let row = end; row >= 0 && row < to && text.charCodeAt(row) === 40; row = nextRow(text, end, to)) {
    const next = maskRow(scan, row + 1, to, isSecret);
    if (next < 0) break;
    end = next;
  }
  return end;
}

/** Masks the secrets of the row that starts at `from`; returns where it ends, or -1 where it can't be read. */
function maskRow(scan: MaskScan, from: number, to: number, isSecret: readonly boolean[]): number {
  const { text } = scan;
  let at = from;
  for (const secret of isSecret) {
    at = endOfBlanks(text, at, to, true);
    // `N'x'`, `E'x'`.
    if (/[A-Za-z]/.test(text.charAt(at)) && text.charCodeAt(at + 1) === 39) at += 1;
    if (isQuote(text.charCodeAt(at))) {
      const close = endOfQuoted(text, at, to, 0);
      const end = close < 0 ? to : close;
      if (secret && end > at + 1) scan.replace(at + 1, end);
      if (close < 0) return to;
      at = close + 1;
    } else {
      bare.lastIndex = at;
      bare.test(text);
      at = bare.lastIndex;
    }
    at = endOfBlanks(text, at, to, true);
    if (text.charCodeAt(at) === 41) return at + 1;
    if (text.charCodeAt(at) !== 44) return -1;
    at += 1;
  }
  return -1;
}

function nextRow(text: string, from: number, to: number): number {
  const comma = endOfBlanks(text, from, to, true);
  return text.charCodeAt(comma) === 44 ? endOfBlanks(text, comma + 1, to, true) : -1;
}
