import { BYTES_PER_MB } from '../../base/units.ts';

export const MOST_WAITING = 500;
export const MOST_WAITING_BYTES = 256 * BYTES_PER_MB;

interface Waiting {
  /** The number of bytes that the item keeps in memory. */
  readonly bytes: number;
}

/** The completed logs in the order in which they are written. Their number and their bytes are limited. */
export class SessionQueue<T extends Waiting> {
  #items: T[] = [];
  #bytes = 0;
  #wasFull = false;

  get bytes(): number {
    return this.#bytes;
  }

  /** The logs that wait, including the one that is being written. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** @returns `full` if the queue has no room for the item; `first-full` the first time since the queue was empty */
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

  /** Removes the first item, which is done. */
  removeFirst(): void {
    this.#bytes -= this.#items.shift()?.bytes ?? 0;
    if (this.#items.length === 0) this.#wasFull = false;
  }
}
