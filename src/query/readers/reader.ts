import { Failure } from '../../base/failure.ts';
import { chooseFormat, type Choice } from './choose.ts';
import { fileTimes, type TimeContext } from './fileTimes.ts';
import { readJson } from './jsonLine.ts';
import { hasClock, LONGEST_LINE, startOf, textOf } from './lineBytes.ts';
import { readTextLine } from './lineFormats.ts';
import type { Format, Line, Mark, ReadLine } from './readLine.ts';
import { findTime, TIME_WITHIN } from './times.ts';

/** The file that is read. */
export interface ReaderContext extends TimeContext {
  /** The path in the workspace, which is the universal field `file`. */
  readonly name: string;
}

export interface LineReader {
  /** The format of four of five lines of the sample; single lines may have another one. */
  readonly format: Format;
  /**
   * Whether the line from `start` to `end` (without its line end) begins an entry, whatever stands before it. Reading
   * may begin at such a line, or at the first of the file, and gives the same entries from there on, but for the time
   * of an entry that has none: it is that of the entry before.
   */
  begins(block: Buffer, start: number, end: number): boolean;
  /**
   * Takes the next line, without its line feed. `offset` is that of its first byte in the decompressed text. Of a line
   * that is longer than `LONGEST_LINE`, one byte more than that is enough. The bytes are not kept.
   */
  push(line: Buffer, offset: number): void;
  /** The file ends, or the reading of it. */
  end(): void;
}

/** The most lines of an entry; a line behind them begins another one. */
export const MOST_LINES = 1000;
/** The longest entry, in bytes; a line that goes beyond it begins another one. */
export const LONGEST_ENTRY = 1_048_576;

/**
 * Reads the lines of a file as entries. `take` gets each entry with its offset once it is whole.
 * @param sample the first 64 KB of the file; they decide how it is read
 * @throws Failure `log-utf16`
 */
export function openReader(
  sample: Buffer,
  context: ReaderContext,
  take: (entry: ReadLine, offset: number) => void,
): LineReader {
  if (isUtf16(sample)) throw new Failure('log-utf16', { name: context.name });
  const choice = chooseFormat(sample);
  const complete = fileTimes(context);
  let open: OpenEntry | undefined;

  function finish(): void {
    if (!open) return;
    const { line, texts, offset, marks, isText } = open;
    open = undefined;
    const { time, marks: assumed } = complete(line.time);
    const { format } = line;
    const more = texts.length > 1 ? texts.slice(1).join('\n') : undefined;
    const { message } = line.universal;
    const isExtended = more !== undefined && isText;
    const extended = isExtended ? { message: `${typeof message === 'string' ? message : ''}\n${more}` } : {};
    take(
      {
        raw: texts.join('\n'),
        fields: isExtended ? { ...line.fields, ...extended } : line.fields,
        universal: { ...line.universal, ...extended, time, file: context.name, format },
        format,
        marks: [...marks, ...assumed],
      },
      offset,
    );
  }

  function begin(line: Line, text: string, at: Place, marks: readonly Mark[]): void {
    finish();
    open = { line, texts: [text], ...at, marks, isText: false };
  }

  function beginText(text: string, at: Place, marks: readonly Mark[]): void {
    finish();
    open = { line: readTextLine(text, choice.format), texts: [text], ...at, marks, isText: true };
  }

  /** A line that should be JSON, or several lines of which all but the last one may be torn. */
  function beginJson(line: Buffer, text: string, at: Place, marks: readonly Mark[]): void {
    const whole = marks.length === 0 ? readJson(text) : tornLine(text);
    if (whole) {
      begin(whole, text, at, marks);
      return;
    }
    for (const { from, to, read } of piecesOf(line, choice)) {
      const piece = textOf(line.subarray(from, to));
      begin(
        read ?? tornLine(piece),
        piece,
        { offset: at.offset + from, bytes: to - from },
        read ? [] : ['torn'],
      );
    }
  }

  return {
    format: choice.format,
    begins: (block, start, end) => beginsEntry(choice, block, start, end),
    push(line, offset) {
      const text = textOf(line);
      const at = { offset, bytes: line.length };
      const marks: readonly Mark[] = line.length > LONGEST_LINE ? ['cut'] : [];
      const isEntry = beginsEntry(choice, line, 0, line.length);
      if (isEntry && (text.startsWith('{') || isTail(choice, text))) beginJson(line, text, at, marks);
      else if (isEntry) beginText(text, at, marks);
      else if (!open) {
        if (text.trim() !== '') beginText(text, at, marks);
      } else if (open.texts.length >= MOST_LINES || open.bytes + line.length > LONGEST_ENTRY) {
        open.marks = [...open.marks, 'cut'];
        beginText(text, at, marks);
      } else {
        open.texts.push(text);
        open.bytes += line.length + 1;
        if (marks.length > 0) open.marks = [...open.marks, ...marks];
      }
    },
    end: finish,
  };
}

interface Place {
  readonly offset: number;
  readonly bytes: number;
}

interface OpenEntry {
  readonly line: Line;
  readonly texts: string[];
  readonly offset: number;
  bytes: number;
  marks: readonly Mark[];
  /** The lines that follow belong to the message. */
  readonly isText: boolean;
}

/** Whether a line begins an entry. */
function beginsEntry(choice: Choice, block: Buffer, start: number, end: number): boolean {
  const from = startOf(block, start, end);
  const first = block[from];
  if (first === undefined || from >= end) return false;
  if (first === OPENING_BRACE && choice.isJson) return true;
  if (choice.isTimeless) return !isBlank(block, from, end);
  if (first === OPENING_BRACE) return readJson(textOf(block.subarray(from, end)))?.time !== undefined;
  if (choice.isJson && isTail(choice, textOf(block.subarray(from, end)))) return true;
  if (!hasClock(block, from, end, TIME_WITHIN)) return false;
  // What is indented belongs to the line before, unless nothing is known of the file's lines.
  if ((first === SPACE || first === TAB) && choice.format !== 'text') return false;
  return findTime(textOf(block.subarray(from, end))) !== undefined;
}

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = '}';
const SPACE = 0x20;
const TAB = 0x09;

function isBlank(block: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((block[at] ?? 0) > SPACE) return false;
  return true;
}

/** Whether a line is the end of a torn JSON line, with or without a whole one behind it. */
function isTail({ isJson }: Choice, text: string): boolean {
  return isJson && !text.startsWith('{') && text.endsWith(CLOSING_BRACE) && text.includes('"');
}

function tornLine(text: string): Line {
  return { format: 'json', fields: {}, universal: {}, time: findTime(text) };
}

/** The most places at which a torn line is looked at. */
const MOST_PIECES = 16;

interface Piece {
  readonly from: number;
  readonly to: number;
  /** Undefined if the piece is torn. */
  readonly read: Line | undefined;
}

/** A line that tore, and whole ones before or behind it on the same line. */
function piecesOf(line: Buffer, { openings }: Choice): readonly Piece[] {
  const starts = [...new Set([0, ...openings.flatMap((opening) => placesOf(line, opening))])]
    .sort((a, b) => a - b)
    .slice(0, MOST_PIECES);
  const ends = [...starts.slice(1), line.length];
  const pieces: Piece[] = [];
  let torn = 0;
  for (let index = 0; index < starts.length;) {
    const from = starts[index] ?? 0;
    const whole = ends.slice(index).findIndex((to) => readJson(textOf(line.subarray(from, to))));
    const to = ends[index + whole] ?? line.length;
    const read = whole === -1 ? undefined : readJson(textOf(line.subarray(from, to)));
    index += Math.max(1, whole + 1);
    if (!read) continue;
    if (torn < from) pieces.push({ from: torn, to: from, read: undefined });
    pieces.push({ from, to, read });
    torn = to;
  }
  if (torn < line.length) pieces.push({ from: torn, to: line.length, read: undefined });
  return pieces;
}

function placesOf(line: Buffer, opening: string): number[] {
  const places: number[] = [];
  for (
    let at = line.indexOf(opening);
    at !== -1 && places.length < MOST_PIECES;
    at = line.indexOf(opening, at + 1)
  )
    places.push(at);
  return places;
}

/** A byte order mark of UTF-16, or a NUL in every second byte. */
function isUtf16(sample: Buffer): boolean {
  const [first, second] = sample;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const looked = Math.min(sample.length, 512) & ~1;
  if (looked < 16) return false;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < looked; at += 2) {
    if (sample[at] === 0) even += 1;
    if (sample[at + 1] === 0) odd += 1;
  }
  const half = looked / 2;
  return (even > 0.8 * half && odd < 0.2 * half) || (odd > 0.8 * half && even < 0.2 * half);
}
