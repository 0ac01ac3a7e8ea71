import { Failure } from '../base/failure.ts';
import { openNote, originOf, signCheckpoint } from './checkpoint.ts';
import { verifierOf, type TrailKeys } from './trailKeys.ts';
import type { AuditStore } from './store.ts';
import {
  FAN_OUT,
  GrowingTree,
  isComparable,
  isEqual,
  STORED_EVERY,
  Tree,
  type ReadHashes,
  type TreeNode,
} from './tree.ts';

/** Nodes that are written at once. */
const MOST_NODES = 4096;

/**
 * Stores the nodes that are complete, and signs a checkpoint of all records, unless the newest one covers them. Before
 * that, the trail must still begin as the newest checkpoint that is remembered says. The caller remembers the new one.
 * @returns the newest note; undefined for an empty trail
 * @throws Failure `audit-tampered`, those of the store and of the keys
 */
export async function seal(store: AuditStore, keys: TrailKeys): Promise<string | undefined> {
  const key = keys.ownKey();
  // Read first: another process may append, seal and remember a newer one meanwhile.
  const seen = keys.lastSeen(store.trailId);
  const size = await store.size();
  const verifiers = [verifierOf(key, store.trailId)];
  const newest = await store.newestCheckpoint();
  const opened = newest && openNote(newest.note, verifiers);
  if (opened?.signature === 'known' && opened.checkpoint.size === size) return newest?.note;
  if (size === 0) return undefined;
  const nodes = await newNodes(store, size);
  const tree = new Tree(size, nodes.hashes);
  const before = seen === undefined ? undefined : openNote(seen, verifiers)?.checkpoint;
  const canCompare = before !== undefined && isComparable(before.size, await store.first());
  if (canCompare && !(await isPrefix(tree, size, before)))
    throw new Failure('audit-tampered', { trail: store.trailId, sealed: before.size });
  const root = await rootOf(tree, store.trailId);
  const checkpoint = { origin: originOf(store.trailId), size, root };
  const note = signCheckpoint(checkpoint, key.privateKey, key.publicKey);
  await store.seal(nodes.last, { size, note });
  return note;
}

/** Whether the tree still begins as a checkpoint says. */
async function isPrefix(
  tree: Tree,
  size: number,
  older: { size: number; root: Uint8Array },
): Promise<boolean> {
  if (older.size > size) return false;
  try {
    return isEqual(await tree.root(older.size), older.root);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

async function rootOf(tree: Tree, trail: string): Promise<Uint8Array> {
  try {
    return await tree.root();
  } catch (error) {
    // A record or a node is missing.
    if (error instanceof RangeError) throw new Failure('audit-tampered', { trail, sealed: 0 }, error);
    throw error;
  }
}

/**
 * Computes the nodes of all levels that are complete in a trail of `size` records and not stored. The last of them are
 * left to be stored with the checkpoint, in one transaction.
 */
async function newNodes(
  store: AuditStore,
  size: number,
): Promise<{ readonly last: readonly TreeNode[]; readonly hashes: ReadHashes }> {
  let last: TreeNode[] = [];
  const hashes: ReadHashes = async (level, from, to) => {
    const stored = await store.hashes(level, from, to);
    const isIn = ({ index }: TreeNode): boolean => index >= from && index < to;
    return [...stored, ...last.filter((node) => node.level === level && isIn(node)).map(({ hash }) => hash)];
  };
  for (let level = STORED_EVERY; 2 ** level <= size; level += STORED_EVERY) {
    const end = Math.floor(size / 2 ** level);
    for (let index = await store.nodeCount(level); index < end; index += 1) {
      const tree = new GrowingTree();
      for (const hash of await hashes(level - STORED_EVERY, index * FAN_OUT, (index + 1) * FAN_OUT))
        tree.add(hash);
      last.push({ level, index, hash: tree.root() });
      if (last.length < MOST_NODES) continue;
      await store.seal(last);
      last = [];
    }
  }
  return { last, hashes };
}
