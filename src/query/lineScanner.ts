import type { Finder } from './finder.ts';
import { LONGEST_LINE } from './readers/lineBytes.ts';
import { type LineReader, openReader, type ReaderContext } from './readers/reader.ts';
import type { ReadLine } from './readers/readLine.ts';

const NEWLINE = 0x0a;
/** The reader cuts a line behind its longest, and has to see that there is more. */
const LINE_BYTES = LONGEST_LINE + 1;
/** Lines that may belong to an entry that goes on are held up to this, and are read if there are more. */
const HELD_BYTES = 2 * LINE_BYTES;

/**
 * Splits a text into lines and reads their entries. With `find`, it reads only the entries in which something is found,
 * each from its first line on, since what is looked for may stand in a later one.
 */
export class LineScanner {
  readonly #reader: LineReader;
  /** Undefined where every line has to be read. */
  #find: ((block: Buffer) => Finder) | undefined;
  readonly #given: ((block: Buffer) => Finder) | undefined;
  /** Takes a line. */
  #use: (line: Buffer, offset: number) => void;
  /** Reads single lines for their times. */
  readonly #lastTime: (line: Buffer) => number | undefined;
  /** Lines that were not decided on, and the beginning of a line. */
  #rest: Buffer = Buffer.alloc(0);
  /** Where the rest begins in the text. */
  #offset: number;
  /** How many bytes of a long line were dropped; the rest is its beginning. */
  #dropped = 0;
  /** Whether the reader has an entry to which the next line may belong. */
  #isInside: boolean;
  /** The time of the last entry that has one, as far as the lines are read or passed over. */
  #known: number | undefined;
  /** Gives the time of an entry without one, if lines before it were passed over that the reader does not know. */
  #before: (() => number | undefined) | undefined;

  constructor(
    head: Buffer,
    context: ReaderContext,
    find: ((block: Buffer) => Finder) | undefined,
    take: (entry: ReadLine, offset: number) => void,
    offset = 0,
  ) {
    this.#offset = offset;
    this.#reader = openReader(head, context, (entry, offset) => {
      take(this.#timed(entry), offset);
    });
    this.#lastTime = timeReader(head, context);
    this.#given = find;
    this.#use = this.#push;
    this.#find = this.#reader.isSequential ? undefined : find;
    this.#isInside = this.#find === undefined;
  }

  /** Whether the years come out better if the whole text is passed once before, between `look` and `end`. */
  get lacksYear(): boolean {
    return this.#reader.lacksYear;
  }

  /** The text that is passed up to `end` is looked at. Then the same text has to be passed again. */
  look(): void {
    this.#find = undefined;
    this.#isInside = true;
    this.#use = (line) => {
      this.#reader.look(line);
    };
  }

  /** Takes the next piece of the text. Its memory may be used again. */
  push(given: Buffer): void {
    let piece = given;
    if (this.#dropped > 0) {
      const lineEnd = piece.indexOf(NEWLINE);
      if (lineEnd === -1) {
        this.#dropped += piece.length;
        return;
      }
      this.#endLongLine(lineEnd + 1);
      piece = piece.subarray(lineEnd + 1);
    }
    const block = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const end = block.lastIndexOf(NEWLINE) + 1;
    const kept = this.#scan(block, end);
    if (block.length - end > LINE_BYTES) {
      this.#read(block, kept, kept, end);
      this.#dropped = block.length - end - LINE_BYTES;
      this.#keep(block, end, end + LINE_BYTES);
    } else this.#keep(block, kept, block.length);
  }

  /** The lines that were passed are all for now: the last entry is whole. A line without its end still waits. */
  flush(): void {
    this.#reader.end();
    if (this.#find) this.#isInside = false;
    if (this.#before) this.#known = this.#before();
    this.#before = undefined;
  }

  /** The text ends. */
  end(): void {
    if (this.#dropped > 0) this.#endLongLine(0);
    this.#scan(this.#rest, this.#rest.length);
    if (this.#use === this.#push) {
      this.#reader.end();
      return;
    }
    this.#rest = Buffer.alloc(0);
    this.#offset = 0;
    // After a look, the reader may need every line.
    this.#find = this.#reader.isSequential ? undefined : this.#given;
    this.#isInside = this.#find === undefined;
    this.#use = this.#push;
  }

  readonly #push = (line: Buffer, offset: number): void => {
    this.#reader.push(line, offset);
  };

  #keep(block: Buffer, from: number, to: number): void {
    // The reading of an entry may go on when the block is gone.
    const before = this.#before?.();
    if (this.#before) this.#before = () => before;
    this.#rest = Buffer.from(block.subarray(from, to));
    this.#offset += from;
  }

  /** @param bytes how many bytes of the next piece belong to the line */
  #endLongLine(bytes: number): void {
    const { length } = this.#rest;
    this.#read(this.#rest, 0, 0, length);
    this.#offset += length + this.#dropped + bytes;
    this.#dropped = 0;
    this.#rest = Buffer.alloc(0);
  }

  /**
   * Reads whole lines.
   * @returns where the lines begin that have to be seen again, together with those that follow
   */
  #scan(block: Buffer, end: number): number {
    let at = this.#isInside ? this.#readOn(block, end) : 0;
    if (!this.#find || at === end) return end;
    const find = this.#find(block);
    for (let hit = find(at); hit !== -1 && hit < end; hit = at === end ? -1 : find(at)) {
      const start = this.#entryAt(block, at, hit);
      const lineEnd = endOf(block, hit, end);
      this.#read(block, at, start, lineEnd);
      at = this.#readOn(block, end, lineEnd);
    }
    if (at === end) return end;
    const kept = this.#entryAt(block, at, end - 1);
    if (end - kept > HELD_BYTES) {
      this.#read(block, at, kept, end);
      return end;
    }
    this.#known = this.#timeIn(block, at, kept);
    return kept;
  }

  /** Reads the lines up to the next one that begins an entry. @returns where that is */
  #readOn(block: Buffer, end: number, from = 0): number {
    for (let at = from; at < end;) {
      const next = endOf(block, at, end);
      if (this.#find && this.#reader.begins(block, at, withoutEnd(block, next))) {
        this.flush();
        return at;
      }
      this.#use(block.subarray(at, withoutEnd(block, next)), this.#offset + at);
      at = next;
    }
    return end;
  }

  /** Reads the lines from `start` to `end`; those from `passed` on were passed over. */
  #read(block: Buffer, passed: number, start: number, end: number): void {
    if (!this.#isInside) {
      let time: number | undefined | null = null;
      this.#before = () => (time === null ? (time = this.#timeIn(block, passed, start)) : time);
      this.#isInside = true;
    }
    for (let at = start; at < end;) {
      const next = endOf(block, at, end);
      this.#use(block.subarray(at, withoutEnd(block, next)), this.#offset + at);
      at = next;
    }
  }

  /** Where the entry begins to whose lines the byte at `at` belongs; `from` if none of the lines before begins one. */
  #entryAt(block: Buffer, from: number, at: number): number {
    let end = endOf(block, at, block.length);
    for (;;) {
      const start = end < 2 ? 0 : Math.max(from, block.lastIndexOf(NEWLINE, end - 2) + 1);
      if (start <= from || this.#reader.begins(block, start, withoutEnd(block, end)))
        return Math.max(start, from);
      end = start;
    }
  }

  /** The time of the last entry between two places that has one, else that of the entries before. */
  #timeIn(block: Buffer, from: number, to: number): number | undefined {
    for (let end = to; end > from;) {
      const start = this.#entryAt(block, from, end - 1);
      const time = this.#lastTime(block.subarray(start, withoutEnd(block, endOf(block, start, end))));
      if (time !== undefined) return time;
      end = start;
    }
    return this.#known;
  }

  #timed(entry: ReadLine): ReadLine {
    if (!entry.marks.includes('time-assumed')) {
      this.#known = entry.universal.time as number;
      this.#before = undefined;
      return entry;
    }
    const time = this.#before?.();
    return time === undefined ? entry : { ...entry, universal: { ...entry.universal, time } };
  }
}

/** Reads the last time in a line by itself. */
function timeReader(head: Buffer, context: ReaderContext): (line: Buffer) => number | undefined {
  let time: number | undefined;
  const reader = openReader(head, context, ({ marks, universal }) => {
    if (!marks.includes('time-assumed')) time = universal.time as number;
  });
  return (line) => {
    time = undefined;
    reader.push(line, 0);
    reader.end();
    return time;
  };
}

/** Where the line ends that has a byte at `at`, behind its line feed. */
function endOf(block: Buffer, at: number, end: number): number {
  const newline = block.indexOf(NEWLINE, at);
  return newline === -1 || newline >= end ? end : newline + 1;
}

function withoutEnd(block: Buffer, end: number): number {
  return block[end - 1] === NEWLINE ? end - 1 : end;
}
