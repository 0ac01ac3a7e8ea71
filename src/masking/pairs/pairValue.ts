/** Where the value after a key ends, however it is written, and masking it. */
import { endOfBlanks, isBlank, isQuote } from '../maskCharacters.ts';
import { endOfBalanced } from '../json/balanced.ts';
import { behindScheme } from './pairScheme.ts';
import { isProse } from './prose.ts';
import { endOfYamlBlock } from './yamlBlock.ts';
import { MASK } from '../maskScan.ts';
import type { MaskScan } from '../maskScan.ts';

/** How the key stood. */
export interface PairForm {
  /** With `=`: the value is a word; with a colon it is the rest of the line. */
  readonly assigned: boolean;
  readonly quotedKey: boolean;
  /** A number says how many, and stays. */
  readonly numberIsCount: boolean;
  /** Where the key starts, where blocks below it are its value. */
  readonly keyStart?: number;
  /** `;` parts the pairs, as in connection strings: blanks belong to the value. */
  readonly semicolons?: boolean;
  /** Where the value ends in a query or a form, or -1: there nobody writes prose. */
  readonly queryEnd?: number;
}

/** Masks the value that starts at `from`; returns where to go on, or -1 where there is nothing to mask. */
export function endOfValue(scan: MaskScan, from: number, to: number, form: PairForm): number {
  const { text } = scan;
  const start = endOfBlanks(text, from, to, form.quotedKey);
  if (start >= to) return -1;
  let quote = start;
  while (quote < to && text.charCodeAt(quote) === 92) quote += 1;
  const slashes = quote - start;
  if (quote < to && isQuote(text.charCodeAt(quote))) {
    const close = endOfQuoted(text, quote, to, slashes);
    if (close < 0) return masked(scan, quote + 1, to);
    if (form.quotedKey || isDelimiter(text, close + slashes + 1, to))
      return masked(scan, quote + 1, close, close + slashes + 1);
  }
  const plain = endOfPlain(scan, start, to, form);
  if (staysReadable(text, start, plain, form)) return -1;
  const code = text.charCodeAt(start);
  if (code === 123 || code === 91) {
    const end = endOfBalanced(text, start, to);
    return masked(scan, start, form.quotedKey ? end : Math.max(end, plain));
  }
  return masked(scan, start, plain);
}

function masked(scan: MaskScan, from: number, end: number, goOn = end): number {
  if (end <= from) return goOn;
  scan.replace(from, end);
  return goOn;
}

/**
 * The closing quote of the string that opens at `quote` with so many backslashes before it, without those before the
 * closing one; -1 where it stays open. At escaping depth d a quote has 2^d-1 backslashes, a backslash in the value
 * becomes 2^(d+1) of them; so what follows from the count holds at any depth.
 */
export function endOfQuoted(text: string, quote: number, to: number, slashes: number): number {
  const code = text.charCodeAt(quote);
  const period = 2 * (slashes + 1);
  let run = 0;
  for (let at = quote + 1; at < to; at += 1) {
    const here = text.charCodeAt(at);
    if (here === 92) run += 1;
    else {
      if (here === code && run % period === slashes) {
        // SQL and connection strings double a quote inside.
        if (slashes === 0 && text.charCodeAt(at + 1) === code && at + 1 < to) at += 1;
        else return at - slashes;
      }
      run = 0;
    }
  }
  return -1;
}

function endOfPlain(scan: MaskScan, start: number, to: number, form: PairForm): number {
  const { text } = scan;
  if (form.quotedKey) {
    for (let at = start; at < to; at += 1) if (/[,}\]\r\n"]/.test(text.charAt(at))) return at;
    return to;
  }
  if (!form.assigned) {
    const line = endOfLine(text, start, to);
    return form.keyStart === undefined ? line : endOfYamlBlock(text, form.keyStart, start, line, to);
  }
  if (form.queryEnd !== undefined && form.queryEnd >= start) return form.queryEnd;
  let at = behindScheme(text, start, to);
  if (at < 0) return endOfLine(text, start, to);
  for (; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 59 || code === 10 || code === 13) break;
    if (form.semicolons === true) continue;
    if (code === 38 || isBlank(code)) break;
    if (code === 34 && isDelimiter(text, at + 1, to)) break;
    if (code === 60 && text.charCodeAt(at + 1) === 47) break;
  }
  while (at > start + 1 && /[,\\]/.test(text.charAt(at - 1)) && at < to) at -= 1;
  return at;
}

function endOfLine(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at += 1;
  return at;
}

function staysReadable(text: string, start: number, end: number, form: PairForm): boolean {
  if (end - start > 160) return false;
  const value = text.slice(start, end).replace(/[\s,;)}\]]+$/, '');
  if (value === '' || value === MASK) return true;
  if (/^(?:null|true|false|undefined|none|nil)$/i.test(value)) return true;
  if (form.numberIsCount && /^[-+]?[\d.,]+(?:[\s,].*)?$/.test(value)) return true;
  return (form.queryEnd ?? -1) < 0 && isProse(value);
}

function isDelimiter(text: string, at: number, to: number): boolean {
  if (at >= to) return true;
  const code = text.charCodeAt(at);
  return isBlank(code) || isQuote(code) || /[,;}\])>&:\\/]/.test(text.charAt(at));
}
