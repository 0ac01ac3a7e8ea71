/** Private keys in PEM, whole or cut at either end. */
import type { MaskScan } from '../maskScan.ts';

const LONGEST_LABEL = 64;
const base64Line = /[A-Za-z0-9+/=\s\\]/;

/** `at` is the last hyphen before BEGIN or END. */
export function scanPem(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at < 4 || !text.startsWith('-----', at - 4)) return -1;
  const start = at - 4;
  const begins = text.startsWith('BEGIN ', at + 1);
  if (!begins && !text.startsWith('END ', at + 1)) return -1;
  const label = text.slice(at + 1, Math.min(to, at + 1 + LONGEST_LABEL));
  const closed = label.indexOf('-----');
  const name = closed < 0 ? label : label.slice(0, closed);
  if (!/PRIVATE KEY/i.test(name)) return -1;
  const labelEnd = closed < 0 ? at + 1 : at + 1 + closed + 5;
  if (!begins) return scanTail(scan, start, labelEnd);
  let end = scan.next('-----END', labelEnd);
  if (end >= to) end = to;
  else {
    const close = scan.next('-----', end + 8);
    end = close < to && close - end < LONGEST_LABEL ? close + 5 : end + 8;
  }
  scan.replace(start, end);
  return end;
}

/** The end of a key whose beginning was cut off: its base64 lies before. */
function scanTail(scan: MaskScan, at: number, end: number): number {
  let start = at;
  while (start > scan.floor && base64Line.test(scan.text.charAt(start - 1))) start -= 1;
  scan.replace(start, end);
  return end;
}
