import { Failure } from '../../base/failure.ts';
import { turns } from '../../base/turns.ts';
import { before as instantBefore, DAY_MS, type Age } from '../../base/units.ts';
import type { NewEntry } from '../record.ts';
import { seal } from '../seal.ts';
import type { AuditStore } from '../store.ts';
import type { TrailKeys } from '../trailKeys.ts';
import { FAN_OUT, GrowingTree, isEqual, STORED_EVERY } from '../tree.ts';
import { intactColumns } from '../verify.ts';

/** Blocks of 256 records that are deleted in one transaction, so that other writers wait for milliseconds only. */
const BLOCKS = 8;

/**
 * How far a trail can be pruned: a multiple of 256, below which all records have expired; 0 if there is nothing to do.
 * @param now ms since 1970. A record from more than a day after it says nothing.
 */
export async function prunable(store: AuditStore, maxAge: Age, now: number): Promise<number> {
  const staysFrom = Math.ceil(instantBefore(now, maxAge) / 1000);
  const expired = await store.expired(staysFrom, Math.floor((now + DAY_MS) / 1000));
  const before = expired - (expired % FAN_OUT);
  return before > (await store.first()) ? before : 0;
}

/**
 * Deletes the records below `before`, a multiple of 256, and gives their space back. First the trail is sealed, what
 * goes is verified, and a record says it; an interrupted prune goes on at the next one. The hashes of whole blocks stay.
 * @param entry the `pruneRecord`
 * @throws Failure `audit-tampered`, `cancelled`, those of the store and of the keys
 */
export async function prune(
  store: AuditStore,
  keys: TrailKeys,
  { before, entry }: { readonly before: number; readonly entry: NewEntry },
  signal?: AbortSignal,
): Promise<void> {
  const rest = turns();
  const pause = async (): Promise<void> => {
    await rest();
    if (signal?.aborted === true) throw new Failure('cancelled', {});
  };
  const first = await store.first();
  await sealed(store, keys);
  for (let from = first; from < before; from += FAN_OUT) {
    if (!(await isBlockIntact(store, from)))
      throw new Failure('audit-tampered', { trail: store.trailId, sealed: from + FAN_OUT });
    await pause();
  }
  await store.append([entry]);
  for (let end = first; end < before;) {
    end = Math.min(end + BLOCKS * FAN_OUT, before);
    await store.prune(end);
    await pause();
  }
  while (await store.shrink()) await pause();
  await sealed(store, keys);
}

async function sealed(store: AuditStore, keys: TrailKeys): Promise<void> {
  const note = await seal(store, keys);
  if (note === undefined) return;
  // A note that is remembered and not stored would look removed.
  await store.sync();
  keys.remember(store.trailId, note);
}

/** Whether the 256 records from a number on are those that the stored hash of their block is of. */
async function isBlockIntact(store: AuditStore, from: number): Promise<boolean> {
  const block = from / FAN_OUT;
  const [hash] = await store.hashes(STORED_EVERY, block, block + 1);
  const tree = new GrowingTree();
  while (tree.size < FAN_OUT) {
    const rows = await store.rows(from + tree.size, FAN_OUT - tree.size);
    for (const row of rows) {
      if (row.seq !== from + tree.size || intactColumns(row) === undefined) return false;
      tree.add(row.leaf);
    }
    if (rows.length === 0) return false;
  }
  return hash !== undefined && isEqual(hash, tree.root());
}
