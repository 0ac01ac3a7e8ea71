import { isEqual, nodeHash } from './tree.ts';

/** What happened to one record of a stretch, and its place in the stretch. */
export interface Explanation {
  readonly kind: 'inserted' | 'reordered';
  readonly place: number;
}

/**
 * Explains why a stretch of up to 256 leaves does not have the root that it had: a leaf was put in, or two changed
 * places. Undefined if neither is so. It tries each leaf and each pair.
 * @param leaves the leaves as they are, one more than the stretch has where there is one
 * @param length how many leaves the stretch has
 * @param fits whether a root of the stretch is the right one
 */
export function explain(
  leaves: readonly Uint8Array[],
  length: number,
  fits: (root: Uint8Array) => boolean,
): Explanation | undefined {
  if (leaves.length > length) {
    const without = levelsOf(leaves.slice(1, length + 1)).map((level) => [...level]);
    for (let place = 0; place < length; place += 1) {
      // Without the next leaf instead, only the one before it is another.
      if (place > 0) setLeaf(without, place - 1, leaves[place - 1]);
      if (fits(without.at(-1)?.[0] ?? Buffer.alloc(0))) return { kind: 'inserted', place };
    }
  }
  const levels = levelsOf(leaves.slice(0, length));
  for (let one = 0; one < length; one += 1)
    for (let other = one + 1; other < length; other += 1)
      if (fits(swappedRoot(levels, one, other))) return { kind: 'reordered', place: one };
  return undefined;
}

/** Puts another leaf into a place, and computes the nodes above it. */
function setLeaf(levels: readonly Uint8Array[][], place: number, leaf: Uint8Array | undefined): void {
  let [at, node] = [place, parentOf(leaf, undefined)];
  for (const [height, level] of levels.entries()) {
    level[at] = node;
    at = Math.floor(at / 2);
    if (height < levels.length - 1) node = parentOf(level[2 * at], level[2 * at + 1]);
  }
}

/** All levels of a tree, the leaves first. A last node without a sibling belongs to the next level, too. */
function levelsOf(leaves: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) level = parentsOf(level);
  return levels;
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) parents.push(parentOf(level[at], level[at + 1]));
  return parents;
}

function parentOf(left: Uint8Array | undefined, right: Uint8Array | undefined): Uint8Array {
  if (left === undefined || right === undefined) return left ?? Buffer.alloc(0);
  return nodeHash(left, right);
}

/** The root with two leaves in each other's place; only the nodes above them are computed. */
function swappedRoot(levels: readonly (readonly Uint8Array[])[], one: number, other: number): Uint8Array {
  const [leaves = []] = levels;
  const [first, second] = [leaves[one], leaves[other]];
  if (first === undefined || second === undefined || isEqual(first, second)) return Buffer.alloc(0);
  let changed = new Map([
    [one, second],
    [other, first],
  ]);
  for (const level of levels.slice(0, -1)) {
    const above = new Map<number, Uint8Array>();
    for (const place of changed.keys()) {
      const left = place - (place % 2);
      if (above.has(left / 2)) continue;
      above.set(
        left / 2,
        parentOf(changed.get(left) ?? level[left], changed.get(left + 1) ?? level[left + 1]),
      );
    }
    changed = above;
  }
  return changed.get(0) ?? Buffer.alloc(0);
}
