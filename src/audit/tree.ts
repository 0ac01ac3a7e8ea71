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

/** The hash of a leaf: of a zero byte and the entry's bytes, in UTF-8 for a text. */
export function leafHash(entry: Uint8Array | string): Buffer {
  if (typeof entry === 'string') return Buffer.from(leafHex(entry), 'hex');
  const length = entry.length + 1;
  const bytes = length <= scratch.length ? scratch : Buffer.alloc(length);
  bytes[0] = 0;
  bytes.set(entry, 1);
  return hash('sha256', length === bytes.length ? bytes : bytes.subarray(0, length), 'buffer');
}

/** The same of a text, in hexadecimal: what a store and a growing tree compare is cheaper so. */
export function leafHex(entry: string): string {
  return hash('sha256', `\0${entry}`, 'hex');
}

const pair = Buffer.alloc(65, 1);

/** The hash of an inner node: of a one byte and the hashes of its two children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 33);
  return hash('sha256', pair, 'buffer');
}

function nodeHex(left: string, right: string): string {
  pair.write(left + right, 1, 'hex');
  return hash('sha256', pair, 'hex');
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
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
  readonly #blocks = new Map<string, Promise<readonly string[]>>();

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
    if (isPowerOfTwo(length)) return this.#complete(Math.log2(length), from / length);
    const middle = from + splitOf(length);
    return nodeHash(await this.#range(from, middle), await this.#range(middle, to));
  }

  /** The root of a complete subtree, from the stored hashes below it, which are in one block. */
  async #complete(level: number, index: number): Promise<Uint8Array> {
    const stored = level - (level % STORED_EVERY);
    const width = 2 ** (level - stored);
    const from = index * width;
    let hashes = await this.#stored(stored, from, from + width);
    while (hashes.length > 1) hashes = parentsOf(hashes);
    return Buffer.from(hashes[0] ?? '', 'hex');
  }

  /** Stored hashes in hexadecimal; all are in one block. */
  async #stored(level: number, from: number, to: number): Promise<readonly string[]> {
    const block = Math.floor(from / FAN_OUT);
    const key = `${String(level)}/${String(block)}`;
    let hashes = this.#blocks.get(key);
    if (hashes === undefined) {
      const end = Math.min((block + 1) * FAN_OUT, Math.floor(this.#size / 2 ** level));
      hashes = this.#read(level, block * FAN_OUT, end).then((read) => read.map(hexOf));
      this.#blocks.set(key, hashes);
    }
    const start = block * FAN_OUT;
    const found = (await hashes).slice(from - start, to - start);
    if (found.length < to - from)
      throw new RangeError(`no hash ${String(from + found.length)} at level ${String(level)}`);
    return found;
  }
}

function parentsOf(hashes: readonly string[]): string[] {
  const parents: string[] = [];
  for (let at = 1; at < hashes.length; at += 2) parents.push(nodeHex(hashes[at - 1] ?? '', hashes[at] ?? ''));
  return parents;
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
  /** The roots of the complete subtrees, the largest first; `undefined` where the size has no such bit. In hexadecimal. */
  readonly #levels: (string | undefined)[] = [];

  get size(): number {
    return this.#size;
  }

  /**
   * Adds a leaf, or the root of a complete subtree of 2 to the power of `height` leaves; the size must be a multiple of
   * that.
   * @param leaf its hash, as bytes or in hexadecimal
   * @param onNode called for each higher node of a stored level that is complete now
   */
  add(leaf: Uint8Array | string, onNode?: (node: TreeNode) => void, height = 0): void {
    let level = height;
    let subtree = typeof leaf === 'string' ? leaf : hexOf(leaf);
    for (;;) {
      const left = this.#levels[level];
      if (left === undefined) break;
      this.#levels[level] = undefined;
      subtree = nodeHex(left, subtree);
      level += 1;
      if (level % STORED_EVERY === 0)
        onNode?.({
          level,
          index: Math.floor(this.#size / 2 ** level),
          hash: Buffer.from(subtree, 'hex'),
        });
    }
    this.#levels[level] = subtree;
    this.#size += 2 ** height;
  }

  root(): Uint8Array {
    let root: string | undefined;
    for (const subtree of this.#levels)
      if (subtree !== undefined) root = root === undefined ? subtree : nodeHex(subtree, root);
    return root === undefined ? emptyRoot : Buffer.from(root, 'hex');
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
    const root = this.#levels.reduce<string>(
      (right, left) => (left === undefined ? right : nodeHex(left, right)),
      hexOf(subtree),
    );
    return Buffer.from(root, 'hex');
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
