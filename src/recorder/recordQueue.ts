import { LineBuffer } from '../masking/lineBuffer.ts';

/** Lines on their way to the disk, in batches, bounded in bytes. */
export interface Batch {
  readonly lines: Buffer;
  /** How many lines, and of how many of them somebody waits to hear. */
  readonly count: number;
  readonly waiters: readonly Waiter[];
}

/** Somebody who is told when a line is on the disk, or that nobody knows. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (failure: unknown) => void;
}

/** How many bytes of lines make a batch. */
const BATCH_BYTES = 65_536;
/** What one append takes: longer writes can be torn when a process is killed. */
const APPEND_BYTES = 1_048_576;

/**
 * Collects lines. They are written as bytes where they wait: `line` is where the next one goes, and `add` takes it in.
 */
export class RecordQueue {
  readonly #limit: number;
  readonly line = new LineBuffer(BATCH_BYTES);
  #openCount = 0;
  #sealed: Batch[] = [];
  #durable: { readonly line: Uint8Array; readonly waiter: Waiter }[] = [];
  #durableBytes = 0;
  /** Whether the last batch was of those: the two kinds take turns, so that neither waits for ever. */
  #wasDurable = false;
  #sealedBytes = 0;
  /** Bytes that were taken out and not yet told done. */
  #takenBytes = 0;
  /** Lines that were ever added, and those of them that are done with; the two kinds overtake each other. */
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

  /** True while somebody waits to hear of a line. */
  get isAwaited(): boolean {
    return this.#durable.length > 0;
  }

  /** True once a whole batch waits, or a line of whose fate somebody wants to hear. */
  get isUrgent(): boolean {
    return this.#sealed.length > 0 || this.#durable.length > 0;
  }

  /** Takes in what was written to `line`. @returns false where the queue is full and the line is gone */
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

  /** The same for a line of whose fate somebody wants to hear; such lines go together. */
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

  /** Takes out what the next append writes; undefined when nothing waits. Tell `done` when it is written or given up. */
  take(): Batch | undefined {
    const batch = this.#wasDurable
      ? (this.#takeSealed() ?? this.#takeDurable())
      : (this.#takeDurable() ?? this.#takeSealed());
    if (batch === undefined) return undefined;
    this.#wasDurable = batch.waiters.length > 0;
    this.#takenBytes += batch.lines.length;
    return batch;
  }

  /** The batch is done with, but for `rest`, which was not written and is the first again. */
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

  /** Marks what was added so far. @returns whether all of that is done with by now */
  mark(): () => boolean {
    const { plain, durable } = this.#added;
    return () => this.#done.plain >= plain && this.#done.durable >= durable;
  }

  /** A long line that is gone leaves no long buffer behind. */
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
