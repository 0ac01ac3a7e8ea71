import { findTime, timeOfDayAt, ZONE_WITHIN } from './times.ts';

/** Bytes of a line, before it is decoded. */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NUL = 0;
const COLON = 0x3a;

/** The rest of a longer line is not read. */
export const LONGEST_LINE = 1_048_576;

/** Where a line begins behind a byte order mark, or behind the NULs of a file that was truncated while it was written. */
export function startOf(block: Uint8Array, start: number, end: number): number {
  let at = start;
  if (block[at] === 0xef && block[at + 1] === 0xbb && block[at + 2] === 0xbf && at + 3 <= end) at += 3;
  while (at < end && block[at] === NUL) at += 1;
  return at;
}

/** The text of a line: in UTF-8, invalid bytes as U+FFFD, without what stands before it and without its line end. */
export function textOf(line: Buffer): string {
  let end = Math.min(line.length, LONGEST_LINE);
  if (line.length > LONGEST_LINE) end = wholeCharacters(line, end);
  else {
    if (line[end - 1] === LINE_FEED) end -= 1;
    if (line[end - 1] === CARRIAGE_RETURN) end -= 1;
  }
  return line.toString('utf8', startOf(line, 0, end), end);
}

/** An end at which no character is cut. */
function wholeCharacters(line: Uint8Array, end: number): number {
  for (let back = 0; back < 4; back += 1) if (((line[end - back] ?? 0) & 0xc0) !== 0x80) return end - back;
  return end;
}

/** Whether a time begins in the first 64 bytes of a line. */
export function hasTime(block: Buffer, start: number, end: number): boolean {
  const last = Math.min(end, start + ZONE_WITHIN);
  if (!hasClock(block, start, last)) return false;
  const head = block.toString('latin1', start, last);
  return (findTime(head) ?? timeOfDayAt(head)) !== undefined;
}

/** Whether `2:34` stands there: no time is written without it. */
function hasClock(block: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end - 2; at += 1)
    if (block[at] === COLON && isDigit(block[at - 1]) && isDigit(block[at + 1]) && isDigit(block[at + 2]))
      return true;
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Whether a text begins with a byte order mark of UTF-16, or every second byte of it is NUL. */
export function isUtf16(sample: Uint8Array): boolean {
  const [first, second] = sample;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const length = Math.min(sample.length, 512) & ~1;
  const nuls = [0, 0];
  for (let at = 0; at < length; at += 1) if (sample[at] === NUL) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls.map((count) => count / (length / 2));
  return length >= 16 && Math.max(even, odd) > 0.8 && Math.min(even, odd) < 0.2;
}
