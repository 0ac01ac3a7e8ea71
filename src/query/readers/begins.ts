import { type Choice, isObject } from './choose.ts';
import { readJson } from './formats/jsonLine.ts';
import { hasTime, startOf, textOf } from './lineBytes.ts';
import { readAs } from './formats/lineFormats.ts';
import { findTime } from './times.ts';

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
  if (choice.isJson && first === OPENING_BRACE) return true;
  if (choice.isJson && block[last] === CLOSING_BRACE && mayBeJson(choice, textOf(block.subarray(from, end))))
    return true;
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

/**
 * Whether a line is a JSON object, or a piece of one. In a file of JSON lines, the end of an object is one; elsewhere, a
 * piece has a time, because pieces without one may be text.
 */
export function mayBeJson({ isJson }: Choice, text: string): boolean {
  if (isObject(text)) return isJson || readJson(text) !== undefined || findTime(text) !== undefined;
  return isJson && isTail(text);
}

const IN_BRACKETS = 1;

/** Whether a line ends as an object does: no line of a dump that is indented, and no text behind a time. */
function isTail(text: string): boolean {
  if (!/^\S.*"/s.test(text) || !text.trimEnd().endsWith('}')) return false;
  const time = findTime(text);
  return !time || time.from > IN_BRACKETS || text[time.to] === '"';
}

/** Where the last character of a line is that is not white space; before `start` if there is none. */
function lastOf(block: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at >= start && (block[at] ?? 0) <= SPACE) at -= 1;
  return at;
}
