const encoder = new TextEncoder();
const ZERO = 48;
const LOOPED = 24;
/** Whole numbers up to this one are written by division, without a string. */
const LARGEST_DIVIDED = 99_999_999;
const MOST_DIGITS = 8;
/** How many buffers are kept for reuse: as many as are written at once. */
const SPARE = 16;

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Lines as bytes, written piece by piece, so that no string must be joined and encoded later. The bytes before `start`
 * are whole lines; the bytes from `start` to `end` are the unfinished line.
 */
export class LineBuffer {
  readonly #capacity: number;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  bytes: Uint8Array<ArrayBuffer>;
  start = 0;
  end = 0;

  /** @param capacity in bytes; the buffer grows if more is written */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.bytes = new Uint8Array(capacity);
  }

  /** Whether there is an unfinished line. */
  get isBegun(): boolean {
    return this.end > this.start;
  }

  /** Whether lines of the usual length no longer fit. */
  get isFull(): boolean {
    return this.end > this.#capacity - (this.#capacity >> 4);
  }

  /** Makes room for `length` bytes after `end`. */
  reserve(length: number): void {
    if (this.bytes.length - this.end >= length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.end + length));
    larger.set(this.bytes.subarray(0, this.end));
    this.bytes = larger;
  }

  /** Appends bytes as they are. */
  raw(piece: Uint8Array): void {
    const { length } = piece;
    this.reserve(length);
    const { bytes, end } = this;
    // For a few bytes a loop is faster.
    if (length > LOOPED) bytes.set(piece, end);
    else for (let at = 0; at < length; at += 1) bytes[end + at] = piece[at] ?? 0;
    this.end = end + length;
  }

  /** Appends a text of ASCII as it is. */
  ascii(text: string): void {
    this.reserve(text.length);
    const { bytes, end } = this;
    for (let at = 0; at < text.length; at += 1) bytes[end + at] = text.charCodeAt(at);
    this.end = end + text.length;
  }

  /** Appends any text as UTF-8. */
  text(text: string): void {
    this.reserve(text.length * 3);
    this.end += encoder.encodeInto(text, this.bytes.subarray(this.end)).written;
  }

  /** Appends a whole number that is 0 or more. */
  number(value: number): void {
    if (value > LARGEST_DIVIDED) {
      this.ascii(String(value));
      return;
    }
    this.reserve(MOST_DIGITS);
    const { bytes, end } = this;
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits += 1;
    let rest = value;
    for (let at = end + digits - 1; at >= end; at -= 1) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.end = end + digits;
  }

  /** Ends the unfinished line: it is whole now. */
  finish(): void {
    this.start = this.end;
  }

  /** Removes the unfinished line. */
  undo(): void {
    this.end = this.start;
  }

  /**
   * Removes and returns the whole lines; the unfinished line is lost. The result takes hardly more memory than its
   * length.
   */
  take(): Uint8Array<ArrayBuffer> {
    const { bytes, start } = this;
    this.start = 0;
    this.end = 0;
    const isNearlyFull = bytes.length - start <= bytes.length >> 3;
    if (isNearlyFull || bytes.length > this.#capacity)
      this.bytes = this.#spare.pop() ?? new Uint8Array(this.#capacity);
    return isNearlyFull ? bytes.subarray(0, start) : bytes.slice(0, start);
  }

  /** Takes back the memory of a result of `take` that is not needed any more. */
  recycle({ buffer }: { readonly buffer: ArrayBufferLike }): void {
    const fits = buffer instanceof ArrayBuffer && buffer.byteLength === this.#capacity;
    if (fits && this.#spare.length < SPARE) this.#spare.push(new Uint8Array(buffer));
  }
}
