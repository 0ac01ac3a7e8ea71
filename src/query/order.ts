export type Order = 'newest' | 'oldest';

/** Where an entry stands among all: by time, then by file, then by its place in the file. */
export interface Position {
  /** ms since 1970 */
  readonly time: number;
  /** The place of its text among all; a later one is newer. */
  readonly rank: number;
  readonly offset: number;
}

/** Negative if `one` is older than `other`. */
export function compareAge(one: Position, other: Position): number {
  return one.time - other.time || one.rank - other.rank || one.offset - other.offset;
}

/** Room for so many more than are kept, so that they are sorted now and then only. */
const MORE = 256;

/** Keeps the first items of an order, in which they need not come. */
export class FirstItems<T extends { readonly position: Position }> {
  readonly #limit: number;
  readonly #compare: (one: Position, other: Position) => number;
  #kept: T[] = [];
  /** The last one that is among the first so far; undefined while there are too few. */
  #last: Position | undefined;

  constructor(order: Order, limit: number) {
    this.#limit = limit;
    this.#compare = order === 'newest' ? (one, other) => compareAge(other, one) : compareAge;
  }

  add(item: T): void {
    if (this.#last !== undefined && this.#compare(item.position, this.#last) >= 0) return;
    this.#kept.push(item);
    if (this.#kept.length >= 2 * this.#limit + MORE) this.#cut();
  }

  /** The first ones, in the order. */
  items(): readonly T[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept.sort((one, other) => this.#compare(one.position, other.position)).splice(this.#limit);
    if (this.#kept.length === this.#limit) this.#last = this.#kept.at(-1)?.position;
  }
}
