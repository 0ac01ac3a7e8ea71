import { type Choice, isObject } from './choose.ts';
import { readJson } from './formats/jsonLine.ts';
import { hasTime, startOf, textOf } from './lineBytes.ts';
import { readAs } from './formats/lineFormats.ts';

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const SPACE = 0x20;

/**
 * Whether the line from `start` to `end` begins an entry, whatever stands before it. A line of text begins one if it has
 * a time, or the format of its file.
 */
export function beginsEntry(choice: Choice, block: Buffer, start: number, end: number): boolean {
  const from = startOf(block, start, end);
  const last = lastOf(block, from, end);
  if (last < from) return false;
  const first = block[from] ?? SPACE;
  if (choice.isJson && (first === OPENING_BRACE || block[last] === CLOSING_BRACE)) return true;
  if (choice.isTimeless) return true;
  const isIndented = first <= SPACE;
  // What is indented belongs to the line before, unless nothing is known of the file's lines.
  if (isIndented && choice.format !== 'text') return false;
  if (hasTime(block, from, end)) return true;
  if (choice.format === 'text' && first !== OPENING_BRACE) return false;
  const text = textOf(block.subarray(from, end));
  if (isObject(text)) return readJson(text)?.time !== undefined;
  return readAs(choice.format, text) !== undefined;
}

/** Where the last character of a line is that is not white space; before `start` if there is none. */
function lastOf(block: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at >= start && (block[at] ?? 0) <= SPACE) at -= 1;
  return at;
}
