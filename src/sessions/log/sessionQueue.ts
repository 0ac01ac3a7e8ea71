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
  /** Refused items since the queue was full. */
  #refused = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** The logs that wait, including the one that is being written. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** @returns `full` if the queue has no room for the item; `first-full` the first time since it had room again */
  add(item: T): 'added' | 'full' | 'first-full' {
    const isFull =
      this.#items.length >= MOST_WAITING ||
      (this.#items.length > 0 && this.#bytes + item.bytes > MOST_WAITING_BYTES);
    if (isFull) {
      this.#refused += 1;
      return this.#refused === 1 ? 'first-full' : 'full';
    }
    this.#items.push(item);
    this.#bytes += item.bytes;
    return 'added';
  }

  /**
   * Removes the first item, which is done.
   * @returns how many items were refused, once the queue has room again: it must be half empty, because a queue that
   *   stays just below its limit refuses again at once; else 0
   */
  removeFirst(): number {
    this.#bytes -= this.#items.shift()?.bytes ?? 0;
    const isRoomy =
      this.#items.length === 0 ||
      (this.#items.length <= MOST_WAITING / 2 && this.#bytes <= MOST_WAITING_BYTES / 2);
    if (!isRoomy) return 0;
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }
}
