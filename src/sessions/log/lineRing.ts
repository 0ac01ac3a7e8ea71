import { BYTES_PER_MB } from '../../base/units.ts';

/** Most requests log little. */
const FIRST_CHUNK_BYTES = 4096;
const LARGEST_CHUNK_BYTES = 262_144;
/** However many lines a log may have. */
export const MOST_LOG_BYTES = 64 * BYTES_PER_MB;

const NEWLINE = 10;
const MOST_BYTES_PER_UNIT = 3;
const encoder = new TextEncoder();

interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where its oldest line begins, and its newest one ends. */
  start: number;
  end: number;
}

interface RingLimits {
  readonly maxLines: number;
  readonly maxBytes?: number;
}

/**
 * The newest lines, as UTF-8, at most `maxLines` and 64 MB of them: older ones fall out and are counted. The newest line is
 * kept however long it is.
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

  /** How many older lines there was no room for. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds a line, which ends with the only line end in it. */
  add(line: string): void {
    const chunk = this.#chunkFor(line);
    const { written } = encoder.encodeInto(line, chunk.bytes.subarray(chunk.end));
    chunk.end += written;
    this.#bytes += written;
    this.#lines += 1;
    while (this.#lines > 1 && (this.#lines > this.#maxLines || this.#bytes > this.#maxBytes)) this.#drop();
  }

  /** Takes all lines out, the oldest first; each piece holds whole lines and is the only view of its buffer. */
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

  /** Each byte is looked at once, when its line falls out. */
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
