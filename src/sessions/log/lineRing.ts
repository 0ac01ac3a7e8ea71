import { BYTES_PER_MB } from '../../base/units.ts';

/** The first chunk is small, because most requests log little. */
const FIRST_CHUNK_BYTES = 4096;
const LARGEST_CHUNK_BYTES = 262_144;
/** The limit of a log in bytes. It applies in addition to the limit of lines. */
export const MOST_LOG_BYTES = 64 * BYTES_PER_MB;

const NEWLINE = 10;
const MOST_BYTES_PER_UNIT = 3;
const encoder = new TextEncoder();

interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `start` is where the oldest line of the chunk begins. `end` is where its newest line ends. */
  start: number;
  end: number;
}

interface RingLimits {
  readonly maxLines: number;
  readonly maxBytes?: number;
}

/**
 * Keeps the newest lines as UTF-8, at most `maxLines` lines and `maxBytes` bytes (64 MB by default). Older lines are
 * dropped and counted. The newest line is always kept, even if it is longer than the limit.
 */
export class LineRing {
  readonly #maxLines: number;
  readonly #maxBytes: number;
  #chunks: Chunk[] = [];
  #lines = 0;
  #bytes = 0;
  #dropped = 0;
  #nextBytes = FIRST_CHUNK_BYTES;

  constructor({ maxLines, maxBytes = MOST_LOG_BYTES }: RingLimits) {
    this.#maxLines = maxLines;
    this.#maxBytes = maxBytes;
  }

  /** How many lines are kept. */
  get lines(): number {
    return this.#lines;
  }

  /** The number of older lines that were dropped because there was no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds a line. The line must end with a line end and contain no other one. */
  add(line: string): void {
    const chunk = this.#chunkFor(line);
    const { written } = encoder.encodeInto(line, chunk.bytes.subarray(chunk.end));
    chunk.end += written;
    this.#bytes += written;
    this.#lines += 1;
    while (this.#lines > 1 && (this.#lines > this.#maxLines || this.#bytes > this.#maxBytes)) this.#drop();
  }

  /** Takes out all lines, oldest first. Each piece holds whole lines and is the only view of its buffer. */
  take(): Uint8Array<ArrayBuffer>[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#lines = 0;
    this.#bytes = 0;
    this.#nextBytes = FIRST_CHUNK_BYTES;
    return chunks.map(({ bytes, start, end }) =>
      end - start < bytes.length / 2 ? bytes.slice(start, end) : bytes.subarray(start, end),
    );
  }

  #chunkFor(line: string): Chunk {
    const last = this.#chunks.at(-1);
    const free = last === undefined ? 0 : last.bytes.length - last.end;
    if (last !== undefined && line.length * MOST_BYTES_PER_UNIT <= free) return last;
    const length = Buffer.byteLength(line);
    if (last !== undefined && length <= free) return last;
    const chunk = { bytes: new Uint8Array(Math.max(length, this.#nextBytes)), start: 0, end: 0 };
    this.#nextBytes = Math.min(this.#nextBytes * 2, LARGEST_CHUNK_BYTES);
    this.#chunks.push(chunk);
    return chunk;
  }

  /** Drops the oldest line. The search for its end reads each byte only once, when its line is dropped. */
  #drop(): void {
    const [first] = this.#chunks;
    if (first === undefined) return;
    const end = first.bytes.indexOf(NEWLINE, first.start) + 1;
    this.#bytes -= end - first.start;
    this.#lines -= 1;
    this.#dropped += 1;
    first.start = end;
    if (first.start === first.end) this.#chunks.shift();
  }
}
