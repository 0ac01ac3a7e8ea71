/**
 * The Merkle tree of RFC 9162, section 2.1, over SHA-256: roots, inclusion and consistency proofs. Of the inner nodes
 * only those of the levels 8, 16, 24 … are stored; the others are computed from at most 256 hashes a level below them.
 */
import { hash } from 'node:crypto';

/** Levels between two stored ones; 2 to this power are the children of a stored node. */
export const STORED_EVERY = 8;
export const FAN_OUT = 256;

/** Most entries fit in; what is hashed is copied here, since a buffer of its own for each would cost more than the hash. */
const scratch = Buffer.alloc(16_384);

/** The hash of a leaf: of a zero byte and the entry's bytes. */
export function leafHash(entry: Uint8Array): Buffer {
  const length = entry.length + 1;
  const bytes = length <= scratch.length ? scratch : Buffer.alloc(length);
  bytes[0] = 0;
  bytes.set(entry, 1);
  return hash('sha256', length === bytes.length ? bytes : bytes.subarray(0, length), 'buffer');
}

const pair = Buffer.alloc(65, 1);

/** The hash of an inner node: of a one byte and the hashes of its two children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 33);
  return hash('sha256', pair, 'buffer');
}

/** The root of no leaf. */
export const emptyRoot: Buffer = hash('sha256', Buffer.alloc(0), 'buffer');

/**
 * Reads the stored hashes of one level: leaves for level 0, else stored nodes.
 * @returns the hashes with the numbers `from` to `to`, without the latter, in order
 */
export type ReadHashes = (level: number, from: number, to: number) => Promise<readonly Uint8Array[]>;

/** A tree of `size` leaves, whose hashes are read as they are needed, each at most once. */
export class Tree {
  readonly #size: number;
  readonly #read: ReadHashes;
  readonly #blocks = new Map<string, Promise<readonly Uint8Array[]>>();

  constructor(size: number, read: ReadHashes) {
    this.#size = size;
    this.#read = read;
  }

  /** The root of the first `size` leaves. */
  root(size: number = this.#size): Promise<Uint8Array> {
    return size === 0 ? Promise.resolve(emptyRoot) : this.#range(0, size);
  }

  /** The audit path of the leaf with this number, RFC 9162, 2.1.3.1, in the tree of the first `size` leaves. */
  async inclusion(leaf: number, size: number = this.#size): Promise<Uint8Array[]> {
    const path: Uint8Array[] = [];
    let [from, to] = [0, size];
    while (to - from > 1) {
      const middle = from + splitOf(to - from);
      const isLeft = leaf < middle;
      path.push(await (isLeft ? this.#range(middle, to) : this.#range(from, middle)));
      [from, to] = isLeft ? [from, middle] : [middle, to];
    }
    return path.reverse();
  }

  /** The proof that the first `old` leaves are those of an older tree, RFC 9162, 2.1.4.1. */
  async consistency(old: number, size: number = this.#size): Promise<Uint8Array[]> {
    const path: Uint8Array[] = [];
    if (old === 0 || old === size) return path;
    let [from, to] = [0, size];
    let isWhole = true;
    while (old !== to) {
      const middle = from + splitOf(to - from);
      if (old <= middle) {
        path.push(await this.#range(middle, to));
        to = middle;
      } else {
        path.push(await this.#range(from, middle));
        from = middle;
        isWhole = false;
      }
    }
    if (!isWhole) path.push(await this.#range(from, to));
    return path.reverse();
  }

  /** The root of the leaves `from` to `to`; `from` is a multiple of the largest power of two below the length. */
  async #range(from: number, to: number): Promise<Uint8Array> {
    const length = to - from;
    if (length === 1) return this.#stored(0, from);
    if (isPowerOfTwo(length)) return this.#complete(Math.log2(length), from / length);
    const middle = from + splitOf(length);
    return nodeHash(await this.#range(from, middle), await this.#range(middle, to));
  }

  async #complete(level: number, index: number): Promise<Uint8Array> {
    if (level % STORED_EVERY === 0) return this.#stored(level, index);
    return nodeHash(
      await this.#complete(level - 1, index * 2),
      await this.#complete(level - 1, index * 2 + 1),
    );
  }

  async #stored(level: number, index: number): Promise<Uint8Array> {
    const block = Math.floor(index / FAN_OUT);
    const key = `${String(level)}/${String(block)}`;
    let hashes = this.#blocks.get(key);
    if (hashes === undefined) {
      const end = Math.min((block + 1) * FAN_OUT, Math.floor(this.#size / 2 ** level));
      hashes = this.#read(level, block * FAN_OUT, end);
      this.#blocks.set(key, hashes);
    }
    const found = (await hashes)[index % FAN_OUT];
    if (found === undefined) throw new RangeError(`no hash ${String(index)} at level ${String(level)}`);
    return found;
  }
}

/** Whether the root of the first `size` leaves can be computed although those below `pruned`, whole blocks, are gone. */
export function isComparable(size: number, pruned: number): boolean {
  return size >= pruned || size % FAN_OUT === 0;
}

/** The largest power of two below `length`, which is at least 2. */
function splitOf(length: number): number {
  let split = 1;
  while (split * 2 < length) split *= 2;
  return split;
}

function isPowerOfTwo(length: number): boolean {
  return splitOf(length + 1) === length;
}

/** A stored node that became complete. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/** The root of a tree whose leaves come one after the other. Memory: one hash a level. */
export class GrowingTree {
  #size = 0;
  /** The roots of the complete subtrees, the largest first; `undefined` where the size has no such bit. */
  readonly #levels: (Uint8Array | undefined)[] = [];

  get size(): number {
    return this.#size;
  }

  /**
   * Adds a leaf, or the root of a complete subtree of 2 to the power of `height` leaves; the size must be a multiple of
   * that.
   * @param onNode called for each higher node of a stored level that is complete now
   */
  add(leaf: Uint8Array, onNode?: (node: TreeNode) => void, height = 0): void {
    let level = height;
    let subtree = leaf;
    for (;;) {
      const left = this.#levels[level];
      if (left === undefined) break;
      this.#levels[level] = undefined;
      subtree = nodeHash(left, subtree);
      level += 1;
      if (level % STORED_EVERY === 0)
        onNode?.({ level, index: Math.floor(this.#size / 2 ** level), hash: subtree });
    }
    this.#levels[level] = subtree;
    this.#size += 2 ** height;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const subtree of this.#levels)
      if (subtree !== undefined) root = root === undefined ? subtree : nodeHash(subtree, root);
    return root ?? emptyRoot;
  }

  /** The tree as it is now; the other one may grow on. */
  copy(): GrowingTree {
    const copy = new GrowingTree();
    copy.#size = this.#size;
    copy.#levels.push(...this.#levels);
    return copy;
  }

  /** The root that the tree would have with a subtree more, which is smaller than its smallest complete one. */
  rootWith(subtree: Uint8Array): Uint8Array {
    return this.#levels.reduce<Uint8Array>(
      (root, left) => (left === undefined ? root : nodeHash(left, root)),
      subtree,
    );
  }
}

/** The root that an audit path leads to, RFC 9162, 2.1.3.2; undefined if it is no path of this leaf and size. */
export function rootOfInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!isIndex(index) || !isIndex(size) || index >= size) return undefined;
  let [at, last] = [index, size - 1];
  let root = leaf;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sibling, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else root = nodeHash(root, sibling);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? root : undefined;
}

/** Whether a proof shows that the tree of `oldRoot` is the beginning of that of `root`, RFC 9162, 2.1.4.2. */
export function isConsistent(
  older: { readonly size: number; readonly root: Uint8Array },
  newer: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!isIndex(older.size) || !isIndex(newer.size) || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && isEqual(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && isEqual(older.root, emptyRoot);
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [before, after] = [first, first];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else after = nodeHash(after, sibling);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isEqual(before, older.root) && isEqual(after, newer.root);
}

function half(number: number): number {
  return Math.floor(number / 2);
}

function isIndex(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

/** Nothing here is secret, so the time that it takes may show where two hashes differ. */
export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
