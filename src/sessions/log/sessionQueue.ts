import { BYTES_PER_MB } from '../../base/units.ts';

export const MOST_WAITING = 500;
export const MOST_WAITING_BYTES = 256 * BYTES_PER_MB;

interface Waiting {
  /** What it keeps in memory. */
  readonly bytes: number;
}

/** Completed logs in the order in which they are written, bounded in number and bytes. */
export class SessionQueue<T extends Waiting> {
  #items: T[] = [];
  #bytes = 0;
  #wasFull = false;

  get bytes(): number {
    return this.#bytes;
  }

  /** Those that wait, the one that is being written among them. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** @returns `first-full` once until the queue has been empty again, then `full`: the item is not in it */
  add(item: T): 'added' | 'full' | 'first-full' {
    const isFull =
      this.#items.length >= MOST_WAITING ||
      (this.#items.length > 0 && this.#bytes + item.bytes > MOST_WAITING_BYTES);
    if (isFull) {
      const wasFull = this.#wasFull;
      this.#wasFull = true;
      return wasFull ? 'full' : 'first-full';
    }
    this.#items.push(item);
    this.#bytes += item.bytes;
    return 'added';
  }

  /** The first item is done with. */
  removeFirst(): void {
    this.#bytes -= this.#items.shift()?.bytes ?? 0;
    if (this.#items.length === 0) this.#wasFull = false;
  }
}
