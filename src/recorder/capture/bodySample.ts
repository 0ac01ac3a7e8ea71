const nothing = Buffer.alloc(0);

/** The beginning of a body that passes by, and how long it was. */
export class BodySample {
  readonly #limit: number;
  /** Grows as it fills: a Buffer for each of many tiny chunks would cost far more than their bytes. */
  #store = nothing;
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
    return this.#store.subarray(0, this.#kept);
  }

  /** Takes a chunk as streams take them; what is kept is copied, so that no large buffer stays for a small piece. */
  add(chunk: unknown, encoding?: unknown): void {
    if (typeof chunk === 'string') this.#addText(chunk, encoding);
    else if (chunk instanceof Uint8Array) {
      this.#add(chunk.subarray(0, this.#limit - this.#kept), chunk.byteLength);
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

  #add(piece: Uint8Array, total: number): void {
    this.#total += total;
    if (piece.length === 0) return;
    const kept = this.#kept + piece.length;
    if (kept > this.#store.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(kept, 2 * this.#store.length)));
      this.#store.copy(grown);
      this.#store = grown;
    }
    this.#store.set(piece, this.#kept);
    this.#kept = kept;
  }
}
