import { Failure } from '../../base/failure.ts';
import { beginsEntry, mayBeJson } from './begins.ts';
import { chooseFormat, isObject } from './choose.ts';
import { fileTimes, type TimeContext } from './fileTimes.ts';
import { readJson } from './formats/jsonLine.ts';
import { isUtf16, LONGEST_LINE, textOf } from './lineBytes.ts';
import { readTextLine } from './formats/lineFormats.ts';
import { piecesOf } from './pieces.ts';
import type { Format, Line, Mark, ReadLine } from './readLine.ts';
import { findTime } from './times.ts';
import { unwrap } from './formats/unwrap.ts';

/** The file that is read. */
export interface ReaderContext extends TimeContext {
  /** The path in the workspace, which is the universal field `file`. */
  readonly name: string;
}

export interface LineReader {
  /** The format of four of five lines of the sample; single lines may have another one. */
  readonly format: Format;
  /**
   * Entries depend on the lines before them, so that all lines have to be pushed: parts of lines are joined (`cri`), or
   * years are counted.
   */
  readonly isSequential: boolean;
  /**
   * The lines name no year. If all of them pass `look` before the first is pushed, the years are counted back from the
   * file's modification time; otherwise, each time gets the latest year before it.
   */
  readonly lacksYear: boolean;
  look(line: Buffer): void;
  /**
   * Whether the line from `start` to `end` (without its line feed) begins an entry, whatever stands before it. Unless
   * the reader is sequential, reading may begin at such a line, or at the first of the file, and gives the same entries
   * from there on, but for the time of an entry that has none (`time-assumed`): it is that of the entry before.
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
const MOST_LINES = 1000;
/** The longest entry, in bytes; a line that goes beyond it begins another one. */
const LONGEST_ENTRY = 1_048_576;

interface OpenEntry {
  readonly line: Line;
  readonly texts: string[];
  readonly offset: number;
  bytes: number;
  marks: readonly Mark[];
}

interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Reads the lines of a file as entries. `take` gets each entry with its offset once it is whole; entries of which parts
 * are joined come behind those that ended before them.
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
  const times = fileTimes(context);
  let open: OpenEntry | undefined;
  let hasLooked = false;
  /** Lines of the program that go on, by their stream. */
  const parts = new Map<unknown, OpenEntry>();

  function finish(): void {
    if (!open) return;
    const { texts, offset, marks } = open;
    while (texts.length > 1 && texts.at(-1)?.trim() === '') texts.pop();
    const line = unwrap(open.line);
    open = undefined;
    const { time, marks: assumed } = times.complete(line.time);
    const { format, fields, universal } = isText(line, texts) ? longer(line, texts) : line;
    take(
      {
        raw: texts.length === 1 ? (texts[0] ?? '') : texts.join('\n'),
        fields,
        universal: { ...universal, time, file: context.name, format },
        format,
        marks: [...marks, ...assumed],
      },
      offset,
    );
  }

  function begin(line: Line, text: string, at: Place, marks: readonly Mark[]): void {
    finish();
    open = { line, texts: [text], ...at, marks };
  }

  function beginText(text: string, at: Place, marks: readonly Mark[]): void {
    const line = readTextLine(text, choice.format);
    begin(line, text, at, marks);
    if (choice.format === 'cri' && line.format === 'cri' && open) open = joined(parts, open);
  }

  /** A line that should be a JSON object, or pieces and whole ones. */
  function beginJson(line: Buffer, text: string, at: Place): void {
    const whole = readJson(text);
    if (whole) {
      begin(whole, text, at, []);
      return;
    }
    for (const { from, to, read } of piecesOf(line, choice.openings)) {
      const piece = textOf(line.subarray(from, to));
      const place = { offset: at.offset + from, bytes: to - from };
      begin(read ?? tornLine(piece), piece, place, read ? [] : ['torn']);
    }
  }

  return {
    format: choice.format,
    lacksYear: choice.lacksYear,
    get isSequential() {
      return choice.format === 'cri' || hasLooked;
    },
    look(line) {
      hasLooked = true;
      if (!beginsEntry(choice, line, 0, line.length)) return;
      const text = textOf(line);
      if (!isObject(text)) times.look(readTextLine(text, choice.format).time);
    },
    begins: (block, start, end) => beginsEntry(choice, block, start, end),
    push(line, offset) {
      const text = textOf(line);
      const at = { offset, bytes: line.length };
      const isCut = line.length > LONGEST_LINE;
      if (beginsEntry(choice, line, 0, line.length)) {
        if (isCut && isObject(text)) begin(tornLine(text), text, at, ['cut']);
        else if (mayBeJson(choice, text)) beginJson(line, text, at);
        else beginText(text, at, isCut ? ['cut'] : []);
      } else if (!open) {
        if (text.trim() !== '') beginText(text, at, isCut ? ['cut'] : []);
      } else if (open.texts.length >= MOST_LINES || open.bytes + line.length > LONGEST_ENTRY) {
        if (!open.marks.includes('cut')) open.marks = [...open.marks, 'cut'];
        beginText(text, at, isCut ? ['cut'] : []);
      } else {
        open.texts.push(text);
        open.bytes += line.length + 1;
      }
    },
    end() {
      finish();
      for (const part of parts.values()) {
        open = part;
        finish();
      }
      parts.clear();
    },
  };
}

function tornLine(text: string): Line {
  return { format: 'json', fields: {}, universal: {}, time: findTime(text) };
}

/** Whether there are lines that belong to the message. */
function isText({ universal, fields }: Line, texts: readonly string[]): boolean {
  const { message } = fields;
  return (
    texts.length > 1 &&
    !isObject(texts[0] ?? '') &&
    message === universal.message &&
    typeof message === 'string'
  );
}

/** A line of text with those that belong to its message. */
function longer(line: Line, [, ...others]: readonly string[]): Line {
  const message = [line.universal.message, ...others].join('\n');
  return { ...line, fields: { ...line.fields, message }, universal: { ...line.universal, message } };
}

/**
 * Joins a line of the Container Runtime Interface with the parts before it; undefined if it goes on.
 * @param parts the lines that go on, by their stream
 */
function joined(parts: Map<unknown, OpenEntry>, entry: OpenEntry): OpenEntry | undefined {
  const { stream, tag, log } = entry.line.fields;
  const before = parts.get(stream);
  const whole = before ? append(before, entry, String(log)) : entry;
  if (tag === 'F' || whole.bytes > LONGEST_ENTRY) {
    parts.delete(stream);
    return tag === 'F' ? whole : { ...whole, marks: ['cut'] };
  }
  parts.set(stream, whole);
  return undefined;
}

function append(before: OpenEntry, { texts, bytes }: OpenEntry, log: string): OpenEntry {
  const { line } = before;
  const fields = { ...line.fields, tag: 'F', log: String(line.fields.log) + log };
  return {
    ...before,
    line: { ...line, fields },
    texts: [...before.texts, ...texts],
    bytes: before.bytes + bytes + 1,
  };
}
