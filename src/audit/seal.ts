import { Failure } from '../base/failure.ts';
import { openNote, originOf, signCheckpoint } from './checkpoint.ts';
import { verifierOf, type TrailKeys } from './trailKeys.ts';
import type { AuditStore } from './store.ts';
import { FAN_OUT, GrowingTree, isEqual, STORED_EVERY, Tree, type TreeNode } from './tree.ts';

/** Nodes that are written at once. */
const MOST_NODES = 4096;

/**
 * Stores the nodes that are complete, and signs a checkpoint of all records, unless the newest one covers them. Before
 * that, the trail must still begin as the newest checkpoint that was seen here says.
 * @returns the newest note; undefined for an empty trail
 * @throws Failure `audit-tampered`, those of the store and of the keys
 */
export async function seal(store: AuditStore, keys: TrailKeys): Promise<string | undefined> {
  const key = keys.ownKey();
  const size = await store.size();
  const verifiers = [verifierOf(key, store.trailId)];
  const newest = await store.newestCheckpoint();
  const opened = newest && openNote(newest.note, verifiers);
  if (newest !== undefined && opened?.signature === 'known' && opened.checkpoint.size === size) {
    keys.remember(store.trailId, newest.note);
    return newest.note;
  }
  if (size === 0) return undefined;
  await storeNodes(store, size);
  const tree = new Tree(size, store.hashes);
  const seen = keys.lastSeen(store.trailId);
  const before = seen === undefined ? undefined : openNote(seen, verifiers);
  if (before !== undefined && !(await isPrefix(tree, size, before.checkpoint)))
    throw new Failure('audit-tampered', { trail: store.trailId, sealed: before.checkpoint.size });
  const root = await rootOf(tree, store.trailId);
  const checkpoint = { origin: originOf(store.trailId), size, root };
  const note = signCheckpoint(checkpoint, key.privateKey, key.publicKey);
  await store.seal([], { size, note });
  keys.remember(store.trailId, note);
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

/** Stores the nodes of all levels that are complete in a trail of `size` records. */
async function storeNodes(store: AuditStore, size: number): Promise<void> {
  for (let level = STORED_EVERY; 2 ** level <= size; level += STORED_EVERY) {
    const end = Math.floor(size / 2 ** level);
    let nodes: TreeNode[] = [];
    for (let index = await store.nodeCount(level); index < end; index += 1) {
      const below = await store.hashes(level - STORED_EVERY, index * FAN_OUT, (index + 1) * FAN_OUT);
      const tree = new GrowingTree();
      for (const hash of below) tree.add(hash);
      nodes.push({ level, index, hash: tree.root() });
      if (nodes.length < MOST_NODES) continue;
      await store.seal(nodes);
      nodes = [];
    }
    if (nodes.length > 0) await store.seal(nodes);
  }
}
