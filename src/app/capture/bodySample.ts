/** The beginning of a body that passes by, and how long it was. */
export class BodySample {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #total = 0;
  /** The body began before anybody looked. */
  isLate = false;
  /** The last byte has passed, as far as anybody wrote one. */
  isComplete = true;

  /** @param limit how many bytes are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that passed. */
  get total(): number {
    return this.#total;
  }

  get isCut(): boolean {
    return this.#total > this.#kept;
  }

  /** The bytes that were kept. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Takes a chunk as streams take them; what is kept is copied, so that no large buffer stays for a small piece. */
  add(chunk: unknown, encoding?: unknown): void {
    if (typeof chunk === 'string') this.#addText(chunk, encoding);
    else if (chunk instanceof Uint8Array) {
      const piece = chunk.subarray(0, this.#limit - this.#kept);
      this.#add(Buffer.from(piece), chunk.byteLength);
    }
  }

  #addText(text: string, encoding: unknown): void {
    const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
    // One unit of UTF-16 is at least one byte of UTF-8, so that many units are always enough.
    const room = this.#limit - this.#kept;
    const beginning = /^utf-?8$/i.test(known) ? text.slice(0, room) : text;
    const bytes = room > 0 ? Buffer.from(beginning, known) : nothing;
    this.#add(bytes.subarray(0, room), Buffer.byteLength(text, known));
  }

  #add(piece: Buffer, total: number): void {
    this.#total += total;
    if (piece.length === 0) return;
    this.#chunks.push(piece);
    this.#kept += piece.length;
  }
}

const nothing = Buffer.alloc(0);
