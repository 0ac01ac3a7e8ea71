/** JSON web tokens, and whatever else is base64url of a JSON object: `eyJ…`, whole or cut. */
import { endOfRun, tokenCharacters } from './maskCharacters.ts';
import type { MaskScan } from './maskScan.ts';

const SHORTEST = 8;

/** `at` is the J of `eyJ`. */
export function scanJwt(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const start = at - 2;
  let end = endOfRun(text, tokenCharacters, at + 1, to);
  if (end - start < SHORTEST && end < to) return -1;
  // An encrypted one has five parts, and some of them may be empty.
  while (end < to && text.charCodeAt(end) === 46) {
    const next = endOfRun(text, tokenCharacters, end + 1, to);
    if (next === end + 1 && text.charCodeAt(next) !== 46) break;
    end = next;
  }
  scan.replace(start, end);
  return end;
}
