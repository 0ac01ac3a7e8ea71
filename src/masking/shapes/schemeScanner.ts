/** Authentication schemes in the open: `Bearer X`, `Basic X`, `Digest …`. */
import { bearerCharacters, endOfRun, isLetterOrDigit } from '../maskCharacters.ts';
import { MASK } from '../maskScan.ts';
import type { MaskScan } from '../maskScan.ts';

const scheme = /(?:bearer|basic)[ +\t]{1,4}/iy;
/** `Bearer authentication`, `Basic Auth`, `BASIC AUTH`: a word and no token. */
const proseWord = /^(?:[A-Za-z]?[a-z]{0,14}|[A-Z]{1,8})[.:]?$/;

/** `at` is the B. */
export function scanScheme(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at > 0 && isLetterOrDigit(text.charCodeAt(at - 1))) return -1;
  scheme.lastIndex = at;
  if (!scheme.test(text)) return -1;
  const start = scheme.lastIndex;
  const end = endOfRun(text, bearerCharacters, start, to);
  if (end <= start) return -1;
  if (end - start < 17) {
    const token = text.slice(start, end);
    if (proseWord.test(token) || token === MASK || /^(?:realm|scope|error)=|^\d+(?:\.\d+)+/i.test(token))
      return -1;
  }
  scan.replace(start, end);
  return end;
}

const digest = /digest[ \t]+[a-z]{2,20}\s{0,2}=/iy;

/** `at` is the g of Digest, which is rarer than the D. */
export function scanDigest(scan: MaskScan, at: number, to: number): number {
  const start = at - 2;
  if (start > 0 && isLetterOrDigit(scan.text.charCodeAt(start - 1))) return -1;
  digest.lastIndex = start;
  if (!digest.test(scan.text)) return -1;
  const end = Math.min(to, scan.next('\n', start));
  scan.replace(start + 7, end);
  return end;
}
