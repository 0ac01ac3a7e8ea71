/** A part of a list of rows: `next` says where the part behind it begins, and is null for the last one. */
export interface RowPart<Row, Place> {
  readonly rows: readonly Row[];
  readonly next: Place | null;
}

interface KnownPart<Row, Place> {
  readonly after: Place | undefined;
  readonly start: number;
  readonly length: number;
  /** Undefined for a part that is out of sight and was forgotten. */
  rows: readonly Row[] | undefined;
}

/** The parts that are kept at most. */
const MOST_KEPT = 30;

/**
 * A list of rows that is read part after part from its beginning. Parts far away from those in sight are forgotten, and
 * read again when they come into sight, so a list of a million rows takes little memory.
 */
export class RowParts<Row, Place> {
  readonly #parts: KnownPart<Row, Place>[] = [];
  #next: Place | null | undefined;

  /** How many rows were read so far. */
  get length(): number {
    const last = this.#parts.at(-1);
    return last === undefined ? 0 : last.start + last.length;
  }

  /** Whether the end of the list was read. */
  get isComplete(): boolean {
    return this.#next === null;
  }

  at(index: number): Row | undefined {
    const part = this.#partAt(index);
    return part?.rows?.[index - part.start];
  }

  /** The number of the first kept row that fits. */
  findIndex(fits: (row: Row) => boolean): number | undefined {
    for (const { rows, start } of this.#parts) {
      const found = rows?.findIndex(fits) ?? -1;
      if (found >= 0) return start + found;
    }
    return undefined;
  }

  /** The place of the part to read next, so that the rows `from` to `to` are there; undefined if they are. */
  wanted(from: number, to: number): { readonly after: Place | undefined } | undefined {
    const missing = this.#parts.find(
      ({ start, length, rows }) => rows === undefined && start <= to && start + length > from,
    );
    if (missing !== undefined) return { after: missing.after };
    if (this.#next === null || to < this.length) return undefined;
    return { after: this.#next };
  }

  /**
   * Takes in a part that was read. If it holds another number of rows than before, the parts behind it are dropped,
   * since their rows moved.
   * @param inSight the first and the last row in sight; parts far from them are forgotten
   */
  add(
    after: Place | undefined,
    { rows, next }: RowPart<Row, Place>,
    inSight: readonly [from: number, to: number],
  ): void {
    const known = this.#parts.findIndex((part) => isSame(part.after, after));
    const before = this.#parts[known];
    if (before?.length === rows.length) before.rows = rows;
    else {
      if (known >= 0) this.#parts.length = known;
      this.#parts.push({ after, start: this.length, length: rows.length, rows });
      this.#next = next;
    }
    this.#forget(inSight);
  }

  #partAt(index: number): KnownPart<Row, Place> | undefined {
    let [low, high] = [0, this.#parts.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const part = this.#parts[middle];
      if (part === undefined || index < part.start) high = middle - 1;
      else if (index >= part.start + part.length) low = middle + 1;
      else return part;
    }
    return undefined;
  }

  #forget([from, to]: readonly [from: number, to: number]): void {
    const kept = this.#parts.filter(({ rows }) => rows !== undefined);
    if (kept.length <= MOST_KEPT) return;
    const distance = ({ start, length }: KnownPart<Row, Place>): number =>
      Math.max(start - to, from - start - length, 0);
    kept.sort((one, other) => distance(other) - distance(one));
    for (const part of kept.slice(0, kept.length - MOST_KEPT)) part.rows = undefined;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
