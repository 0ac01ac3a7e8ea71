/** HTML's `<input type="password" value="x">`, whatever the order of its attributes. */
import { SENSITIVE } from '../keys.ts';
import { isQuote } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';

/** So many attributes are read: a tag within a tag within a tag must not reread them all. */
const MOST_ATTRIBUTES = 24;
const attribute = /[\s/]+([^\s=<>"'/]{1,64})(?:\s{0,4}=\s{0,4}(?:"([^"]*)"?|'([^']*)'?|([^\s<>"']*)))?/y;

/** `from` is where the tag's name ends. */
export function scanInput(scan: MaskScan, from: number, to: number): number {
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
      // What was matched ends with the value, and with its quote unless the text was cut before.
      const quote = found[4] === undefined && isQuote(found[0].charCodeAt(found[0].length - 1)) ? 1 : 0;
      start = attribute.lastIndex - quote - value.length;
      end = Math.min(to, start + value.length);
    } else if (name === 'type') isSecret ||= value.toLowerCase() === 'password';
    else if (name === 'name' || name === 'id')
      isSecret ||= value.length <= 128 && (scan.rules.judge.key(value) & SENSITIVE) !== 0;
  }
  if (!isSecret || end <= start) return -1;
  scan.replace(start, end);
  return end;
}
