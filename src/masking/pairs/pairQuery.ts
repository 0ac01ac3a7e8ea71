/** Values of queries and forms that nobody encoded: blanks belong to them, `&` ends them. */
import { isBlank, isIn, keyCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';

const AMPERSAND = 38;
const EQUALS = 61;
const LONGEST_KEY = 64;
const nextPair = /&(?:amp;)?[^\s&=]{1,64}=/y;
/** What ends a value though a blank is all that parts it: the version in a request line, another address. */
const afterQuery = /\s+(?:HTTP\/\d|[a-z][a-z\d+.-]{0,15}:\/\/)/iy;

/**
 * The end of the value behind the equals sign `at` if its pair, whose key starts at `keyStart`, is one of a query or a
 * form; -1 if it isn't: then a blank ends the value.
 */
export function endOfQueryValue(scan: MaskScan, keyStart: number, at: number, to: number): number {
  const { text } = scan;
  if (isBlank(text.charCodeAt(at - 1))) return -1;
  const before = keyStart > scan.low ? text.charCodeAt(keyStart - 1) : 0;
  const isQuery = before === AMPERSAND || before === 63 || startsText(scan, keyStart, at);
  // Without an ampersand to come, a value that another pair doesn't precede is a word.
  if (!isQuery && scan.next('&', at) >= to) return -1;
  const end = endOfBlankedValue(text, at + 1, to);
  if (isQuery) return end;
  nextPair.lastIndex = end;
  return nextPair.test(text) ? end : -1;
}

/** `PGPASSWORD=x psql` starts a command: in it a blank does end the value. */
function startsText(scan: MaskScan, keyStart: number, at: number): boolean {
  return keyStart === scan.low && /[^A-Z\d_]/.test(scan.text.slice(keyStart, at));
}

/** Up to the next ampersand or line; a pair behind a blank (`url=/a?token=x status=200`) begins something else. */
function endOfBlankedValue(text: string, from: number, to: number): number {
  let blank = -1;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === AMPERSAND || code === 10 || code === 13) return at;
    if (code === 34 && closes(text, at + 1, to)) return at;
    if (code === 60 && text.charCodeAt(at + 1) === 47) return at;
    if (code === EQUALS && blank >= 0 && isKey(text, blank + 1, at)) return blank;
    if (!isBlank(code)) continue;
    afterQuery.lastIndex = at;
    if ((at === from || !isBlank(text.charCodeAt(at - 1))) && afterQuery.test(text)) return at;
    blank = at;
  }
  return to;
}

function closes(text: string, at: number, to: number): boolean {
  return at >= to || isBlank(text.charCodeAt(at)) || /[,;}\])>]/.test(text.charAt(at));
}

function isKey(text: string, from: number, to: number): boolean {
  if (to === from || to - from > LONGEST_KEY) return false;
  for (let at = from; at < to; at += 1) if (!isIn(keyCharacters, text.charCodeAt(at))) return false;
  return true;
}
