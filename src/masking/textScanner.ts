/**
 * Walks through text. A table says at which characters a scanner may begin; any other character costs one look into the
 * table. The next one or two characters are compared before a scanner is called.
 */
import { scanFlag, scanQuotedWord } from './shapes/wordScanner.ts';
import { scanEntity } from './shapes/entityScanner.ts';
import { scanJson } from './json/jsonScanner.ts';
import {
  scanJwt,
  scanPem,
  scanDigest,
  scanScheme,
  scanBotToken,
  scanToken,
  scanVault,
} from './shapes/tokenScanner.ts';
import { isDigit, isLetterOrDigit, isWideSeparator } from './maskCharacters.ts';
import type { MaskScan } from './maskScan.ts';
import { asBefore, beginnings, begins, BLANK } from './maskTriggers.ts';
import { scanPiped, scanShortFlag } from './pairs/pairFlags.ts';
import { scanOracle, scanSpoken, scanUserAndHost } from './pairs/pairLinks.ts';
import { isLoneSign, scanArrow, scanCell, scanColon, scanEquals } from './pairs/pairScanner.ts';
import { scanInsert } from './pairs/pairSql.ts';
import { scanSetting } from './pairs/pairSettings.ts';
import { scanPercent } from './shapes/percentScanner.ts';
import { scanUrl } from './shapes/urlScanner.ts';
import { scanXml } from './shapes/xmlScanner.ts';

const ESCAPE = 27;
const HYPHEN = 45;

/** Masks `scan.text` from `from` to `to`, in place; no scanner begins before `first`. */
export function scanRegion(scan: MaskScan, from: number, to: number, first: number): void {
  const { text, low } = scan;
  scan.low = from;
  let at = first;
  let before = first > from ? asBefore(text.charCodeAt(first - 1)) : BLANK;
  while (at < to) {
    const code = text.charCodeAt(at);
    const kind = code > 127 ? 0 : (beginnings[(before << 7) | code] ?? 0);
    if (kind === 0 ? code < 128 || !isWideSeparator(code) : !begins(text, kind, at, from)) {
      before = asBefore(code);
      at += 1;
      continue;
    }
    const goOn = scanAt(scan, code, at, from, to);
    at = goOn > at ? goOn : at + 1;
    before = asBefore(text.charCodeAt(at - 1));
  }
  scan.low = low;
}

function scanAt(scan: MaskScan, code: number, at: number, from: number, to: number): number {
  const { text } = scan;
  // The full-width signs. Without them the cases below lie so close together that the engine makes a table of them.
  if (code > 127) return code === 0xff1a ? scanColon(scan, at, to) : scanEquals(scan, at, to);
  if (code > 64 && text.charCodeAt(at - 1) === HYPHEN && isLetterOrDigit(code)) {
    const flag = scanLetter(scan, at, to);
    if (flag >= 0) return flag;
  }
  switch (code) {
    case 45: // -
      if (at === from || text.charCodeAt(at - 1) !== 45) return scanToken(scan, at, to);
      return text.charCodeAt(at + 1) === 66 || text.charCodeAt(at + 1) === 69
        ? scanPem(scan, at, to)
        : scanFlag(scan, at, to);
    case 58: // :
      if (text.charCodeAt(at + 1) === 47 && text.charCodeAt(at + 2) === 47) return scanUrl(scan, at, to);
      return scanAfterWord(scan, at, to);
    case 61: // =
      return scanEquals(scan, at, to);
    case 74: // J
      return at - 2 >= from && text.charCodeAt(at - 2) === 101 ? scanJwt(scan, at, to) : -1;
    case 66: // B
    case 98:
      return scanScheme(scan, at, to);
    case 71: // G
    case 103:
      return at - 2 >= from ? scanDigest(scan, at, to) : -1;
    case 60: // <
      return text.charCodeAt(at + 1) === 45 ? scanArrow(scan, at, to) : scanXml(scan, at, to);
    case 59: // ;
      return orToken(scan, scanEntity(scan, at, to), at, to);
    case 62: // >
      return scanArrow(scan, at - 1, to);
    case 36: // $
      return scanVault(scan, at, to);
    case 37: // %
      return scanPercent(scan, at, to);
    case 34: // quotes
    case 39:
    case 96:
      return at > from ? scanQuotedWord(scan, at, to) : -1;
    case 83: // is, was, pass
    case 115:
      return orToken(
        scan,
        isVowel(text.charCodeAt(at - 1)) ? scanSpoken(scan, at, to) : scanSetting(scan, at, to),
        at,
        to,
      );
    case 69: // VALUES
    case 101:
      return orToken(scan, scanInsert(scan, at, to), at, to);
    case 100: // password, secret, authentication-key, …
    case 116:
    case 121:
    case 104:
    case 118:
    case 107:
    case 67:
    case 119:
    case 86:
    case 89:
    case 110:
    case 120:
      return orToken(scan, scanSetting(scan, at, to), at, to);
    case 124: // |
      return orToken(scan, text.charCodeAt(at - 1) === 32 ? scanPipe(scan, at, to) : -1, at, to);
    case 91: // [
      return isColour(text, at) ? -1 : scanJson(scan, at, to);
    case 123: // {
      return scanJson(scan, at, to);
    default:
      // The last character of a vendor's prefix.
      return scanToken(scan, at, to);
  }
}

const colour = /\[[\d;]{0,16}m/y;

/** Whether the bracket is a part of the sequence of a colour, as in `\x1b[32m`. */
function isColour(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) !== ESCAPE) return false;
  colour.lastIndex = at;
  return colour.test(text);
}

/** A character may end a vendor's prefix, too. */
function orToken(scan: MaskScan, found: number, at: number, to: number): number {
  return found >= 0 ? found : scanToken(scan, at, to);
}

/** Whether the character is the vowel of `is` or `was`. */
function isVowel(code: number): boolean {
  return (code | 32) === 97 || (code | 32) === 105;
}

function scanPipe(scan: MaskScan, at: number, to: number): number {
  const found = scanCell(scan, at, to);
  return found >= 0 ? found : scanPiped(scan, at, to);
}

/** `at` is a letter behind a hyphen. */
function scanLetter(scan: MaskScan, at: number, to: number): number {
  const found = scanFlag(scan, at - 1, to);
  return found >= 0 ? found : scanShortFlag(scan, at, to);
}

/** `at` is a colon. */
function scanAfterWord(scan: MaskScan, at: number, to: number): number {
  if (isLoneSign(scan.text, at)) return -1;
  const token = isDigit(scan.text.charCodeAt(at - 1)) ? scanBotToken(scan, at, to) : -1;
  if (token >= 0) return token;
  const pair = scanColon(scan, at, to);
  if (pair >= 0) return pair;
  const oracle = scanOracle(scan, at, to);
  return oracle >= 0 ? oracle : scanUserAndHost(scan, at, to);
}
