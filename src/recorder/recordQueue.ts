import { LineBuffer } from '../masking/lineBuffer.ts';

/** Lines that are written to the disk together. Their bytes are limited. */
export interface Batch {
  readonly lines: Buffer;
  /** The number of lines. `waiters` are the callers that wait for the outcome of a line. */
  readonly count: number;
  readonly waiters: readonly Waiter[];
}

/** A caller that waits until a line is on the disk, or until it is unknown whether it is. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (failure: unknown) => void;
}

/** The number of bytes that make a batch. */
const BATCH_BYTES = 65_536;
/** The limit of one append. A longer write can be torn when the process is killed. */
const APPEND_BYTES = 1_048_576;

/**
 * Collects lines. They are written as bytes directly into the queue: `line` is the place of the next line, and `add`
 * accepts it.
 */
export class RecordQueue {
  readonly #limit: number;
  readonly line = new LineBuffer(BATCH_BYTES);
  #openCount = 0;
  #sealed: Batch[] = [];
  #durable: { readonly line: Uint8Array; readonly waiter: Waiter }[] = [];
  #durableBytes = 0;
  /** Whether the last batch had waiters. Both kinds of batches take turns, so that neither kind waits for ever. */
  #wasDurable = false;
  #sealedBytes = 0;
  /** Bytes that were taken out and for which `done` was not called yet. */
  #takenBytes = 0;
  /** The numbers of lines that were added and done. The two kinds overtake each other, so each has its own count. */
  readonly #added = { plain: 0, durable: 0 };
  readonly #done = { plain: 0, durable: 0 };

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that wait or are being written. */
  get bytes(): number {
    return this.line.end + this.#durableBytes + this.#sealedBytes + this.#takenBytes;
  }

  get isEmpty(): boolean {
    return this.#openCount === 0 && this.#durable.length === 0 && this.#sealed.length === 0;
  }

  /** True while a caller waits for the outcome of a line. */
  get isAwaited(): boolean {
    return this.#durable.length > 0;
  }

  /** True if a whole batch waits, or a line whose outcome a caller waits for. */
  get isUrgent(): boolean {
    return this.#sealed.length > 0 || this.#durable.length > 0;
  }

  /** Accepts the line that was written to `line`. @returns false if the queue is full; then the line is lost */
  add(): boolean {
    const { line } = this;
    if (this.bytes > this.#limit) {
      this.#refuse();
      return false;
    }
    line.finish();
    this.#openCount += 1;
    this.#added.plain += 1;
    if (line.isFull) this.#seal();
    return true;
  }

  /** Accepts a line whose outcome a caller waits for. Such lines are written together. @returns as `add` */
  addDurable(waiter: Waiter): boolean {
    const { line } = this;
    if (this.bytes > this.#limit) {
      this.#refuse();
      return false;
    }
    const bytes = line.bytes.slice(line.start, line.end);
    this.#refuse();
    this.#durable.push({ line: bytes, waiter });
    this.#durableBytes += bytes.length;
    this.#added.durable += 1;
    return true;
  }

  /** Takes out the lines of the next append; undefined if there are none. Call `done` when they are written or lost. */
  take(): Batch | undefined {
    const batch = this.#wasDurable
      ? (this.#takeSealed() ?? this.#takeDurable())
      : (this.#takeDurable() ?? this.#takeSealed());
    if (batch === undefined) return undefined;
    this.#wasDurable = batch.waiters.length > 0;
    this.#takenBytes += batch.lines.length;
    return batch;
  }

  /** The batch is done, except for `rest`. The rest was not written and becomes the first batch again. */
  done(batch: Batch, rest?: Pick<Batch, 'lines' | 'count'>): void {
    this.#takenBytes -= batch.lines.length;
    this.#done[batch.waiters.length > 0 ? 'durable' : 'plain'] += batch.count - (rest?.count ?? 0);
    if (rest === undefined || rest.count === 0) {
      this.line.recycle(batch.lines);
      return;
    }
    this.#sealed.unshift({ ...rest, waiters: [] });
    this.#sealedBytes += rest.lines.length;
  }

  /** Marks the lines that were added so far. @returns a function that says whether all of them are done */
  mark(): () => boolean {
    const { plain, durable } = this.#added;
    return () => this.#done.plain >= plain && this.#done.durable >= durable;
  }

  /** Discards the line. If it was long, its long buffer is not kept. */
  #refuse(): void {
    this.line.undo();
    if (this.line.bytes.length > BATCH_BYTES) this.#seal();
  }

  #seal(): void {
    const { buffer, byteOffset, length } = this.line.take();
    if (length === 0) return;
    const lines = Buffer.from(buffer, byteOffset, length);
    this.#sealed.push({ lines, count: this.#openCount, waiters: [] });
    this.#sealedBytes += length;
    this.#openCount = 0;
  }

  #takeDurable(): Batch | undefined {
    if (this.#durable.length === 0) return undefined;
    let length = 0;
    const end = this.#durable.findIndex(({ line }) => (length += line.length) > APPEND_BYTES);
    const taken = this.#durable.splice(0, end === -1 ? this.#durable.length : Math.max(1, end));
    const lines = Buffer.concat(taken.map(({ line }) => line));
    this.#durableBytes -= lines.length;
    return { lines, count: taken.length, waiters: taken.map(({ waiter }) => waiter) };
  }

  #takeSealed(): Batch | undefined {
    this.#seal();
    let bytes = 0;
    let end = 0;
    for (const { lines } of this.#sealed) {
      if (end > 0 && bytes + lines.length > APPEND_BYTES) break;
      bytes += lines.length;
      end += 1;
    }
    if (end === 0) return undefined;
    const taken = this.#sealed.splice(0, end);
    this.#sealedBytes -= bytes;
    const [only] = taken;
    if (taken.length === 1 && only !== undefined) return only;
    const lines = Buffer.concat(taken.map((batch) => batch.lines));
    for (const batch of taken) this.line.recycle(batch.lines);
    return { lines, count: taken.reduce((sum, { count }) => sum + count, 0), waiters: [] };
  }
}
