/** JSON web tokens, whole or cut: base64url of a JSON object, `eyJ…`, with a dot behind it. */
import { endOfRun, tokenCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';

const SHORTEST = 8;

/** `at` is the J of `eyJ`. */
export function scanJwt(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const start = at - 2;
  if (start < scan.undottedTo) return -1;
  let end = endOfRun(text, tokenCharacters, at + 1, to);
  if (end - start < SHORTEST && end < to) return -1;
  // Without a dot it is no token but JSON in base64, such as a cursor, unless the text was cut in it.
  if (end < to && text.charCodeAt(end) !== 46) {
    scan.undottedTo = end;
    return -1;
  }
  // An encrypted one has five parts, and some of them may be empty.
  while (end < to && text.charCodeAt(end) === 46) {
    const next = endOfRun(text, tokenCharacters, end + 1, to);
    if (next === end + 1 && text.charCodeAt(next) !== 46) break;
    end = next;
  }
  scan.replace(start, end);
  return end;
}
