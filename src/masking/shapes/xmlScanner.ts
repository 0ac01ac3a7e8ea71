/** XML elements with a sensitive name, and property lists: `<key>Password</key><string>…`. */
import { scanInput } from './inputScanner.ts';
import { SENSITIVE } from '../keys.ts';
import type { MaskScan } from '../maskScan.ts';

const LONGEST_NAME = 64;
const CDATA = '<![CDATA[';

/** `at` is a less-than sign. */
export function scanXml(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const limit = Math.min(to, at + 1 + LONGEST_NAME);
  let nameEnd = at + 1;
  while (nameEnd < limit && isNameCharacter(text.charCodeAt(nameEnd))) nameEnd += 1;
  if (nameEnd === at + 1) return -1;
  const name = text.slice(at + 1, nameEnd);
  if (name.length === 5 && name.toLowerCase() === 'input') return scanInput(scan, nameEnd, to);
  const key = name === 'key' ? propertyName(text, nameEnd, to) : name;
  if (key === undefined || (scan.rules.judge.key(key) & SENSITIVE) === 0) return -1;
  let open = scan.next('>', nameEnd);
  if (open >= to || text.charCodeAt(open - 1) === 47) return -1;
  if (name === 'key') {
    // The next element holds the value: past `</key>` and its own `<string>`.
    open = scan.next('>', scan.next('>', open + 1) + 1);
    if (open >= to) return -1;
  }
  return maskContent(scan, open + 1, to, name === 'key' ? '' : name);
}

function maskContent(scan: MaskScan, from: number, to: number, name: string): number {
  const { text } = scan;
  const isCdata = text.startsWith(CDATA, from);
  const close = scan.next(isCdata ? ']]>' : `</${name}`, from);
  const end = Math.min(to, close);
  const start = isCdata ? from + CDATA.length : from;
  scan.replace(start, end);
  return Math.max(end, from);
}

function propertyName(text: string, from: number, to: number): string | undefined {
  const end = text.indexOf('<', from);
  return text.charAt(from) === '>' && end > 0 && end < to && end - from < LONGEST_NAME
    ? text.slice(from + 1, end)
    : undefined;
}

function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 58) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code > 127
  );
}
