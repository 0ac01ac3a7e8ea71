/** Flags of command lines: `--password hunter2`, `-password hunter2`. */
import { SENSITIVE } from '../keys.ts';
import { endOfRun, isBlank, tokenCharacters } from '../maskCharacters.ts';
import { endOfValue } from '../pairs/pairValue.ts';
import type { MaskScan } from '../maskScan.ts';

/** `at` is the last hyphen. */
export function scanFlag(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const before = text.charCodeAt(at - 1) === 45 ? at - 2 : at - 1;
  if (before >= 0 && !isBlank(text.charCodeAt(before)) && !/["'[,]/.test(text.charAt(before))) return -1;
  const end = endOfRun(text, tokenCharacters, at + 1, Math.min(to, at + 65));
  const code = text.charCodeAt(end);
  if (end === at + 1 || end >= to || (code !== 32 && code !== 9)) return -1;
  if ((scan.rules.judge.key(text.slice(at + 1, end)) & SENSITIVE) === 0) return -1;
  if (text.charCodeAt(end + 1) === 45) return -1;
  return endOfValue(scan, end + 1, to, { assigned: true, quotedKey: false, numberIsCount: false });
}
