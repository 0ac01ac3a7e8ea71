/** XML elements with a sensitive name, and property lists: `<key>Password</key><string>…`. */
import { SENSITIVE } from '../keys.ts';
import type { MaskScan } from '../maskScan.ts';
import { isQuote, isWideSeparator } from '../maskCharacters.ts';

/** HTML's `<input type="password" value="x">`, with its attributes in any order. */

/** How many attributes are read at most, so that tags nested in tags don't make the scanner read them all again. */
const MOST_ATTRIBUTES = 24;
const attribute = /[\s/]+([^\s=<>"'/]{1,64})(?:\s{0,4}=\s{0,4}(?:"([^"]*)"?|'([^']*)'?|([^\s<>"']*)))?/y;

/** `from` is where the tag's name ends. */
function scanInput(scan: MaskScan, from: number, to: number): number {
  const { text } = scan;
  let isSecret = false;
  let start = -1;
  let end = -1;
  attribute.lastIndex = from;
  for (let count = 0; count < MOST_ATTRIBUTES; count += 1) {
    const found = attribute.exec(text);
    if (found === null || found.index >= to) break;
    const name = (found[1] ?? '').toLowerCase();
    const value = found[2] ?? found[3] ?? found[4] ?? '';
    if (name === 'value') {
      // The match ends with the value and its quote; the quote is missing if the text was cut off before it.
      const quote = found[4] === undefined && isQuote(found[0].charCodeAt(found[0].length - 1)) ? 1 : 0;
      start = attribute.lastIndex - quote - value.length;
      end = Math.min(to, start + value.length);
    } else if (name === 'type') isSecret ||= value.toLowerCase() === 'password';
    else if (name === 'name' || name === 'id')
      isSecret ||= value.length <= 128 && (scan.rules.verdict.key(value) & SENSITIVE) !== 0;
  }
  if (!isSecret || end <= start) return -1;
  scan.replace(start, end);
  return end;
}

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
  if (key === undefined || (scan.rules.verdict.key(key) & SENSITIVE) === 0) return -1;
  let open = scan.next('>', nameEnd);
  if (open >= to || text.charCodeAt(open - 1) === 47) return -1;
  if (name === 'key') {
    // The next element holds the value: skip `</key>` and the opening `<string>`.
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
    (code > 127 && !isWideSeparator(code))
  );
}
