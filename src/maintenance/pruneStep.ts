import { lstatSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../base/failure.ts';
import { readRecord } from '../audit/readRecord.ts';
import { pruneRecord } from '../audit/record.ts';
import { prunable, prune } from '../audit/retention/prune.ts';
import { openSqliteStore, openSqliteStoreToRead } from '../audit/sqliteStore.ts';
import { openTrailKeys } from '../audit/trailKeys.ts';
import { kindOf } from '../files/list.ts';
import { AUDIT_FILE } from '../files/places.ts';
import { createMasker } from '../masking/masker.ts';
import type { Policy } from '../policy/policy.ts';
import { clock, logsFolder, type AppContext } from '../workspace/workspace.ts';

/** The audit trail, as a plan needs it. */
export interface SeenTrail {
  readonly bytes: number;
  /** Whether records have expired, or the trail cannot be read: then the step reports why. */
  readonly isDue: boolean;
}

/** Whether the policy lets records of a trail expire, and there is a trail. */
export function canExpire(root: string, { audit }: Policy): boolean {
  return audit.maxAge !== null && kindOf(join(logsFolder(root), AUDIT_FILE)) !== 'missing';
}

/** @param now ms since 1970 @returns undefined if no record of the trail can expire */
export async function lookAtTrail(root: string, policy: Policy, now: number): Promise<SeenTrail | undefined> {
  if (!canExpire(root, policy)) return undefined;
  const path = join(logsFolder(root), AUDIT_FILE);
  return { bytes: lstatSync(path).size, isDue: await isDue(path, policy, now) };
}

async function isDue(path: string, { audit: { maxAge } }: Policy, now: number): Promise<boolean> {
  try {
    const store = openSqliteStoreToRead(path);
    try {
      return store !== undefined && maxAge !== null && (await prunable(store, maxAge, now)) > 0;
    } finally {
      store?.close();
    }
  } catch {
    return true;
  }
}

/**
 * Prunes what has expired in the trail.
 * @param now ms since 1970
 * @returns false if there is nothing to prune any more
 * @throws Failure of `prune`
 */
export async function pruneTrail(
  root: string,
  { audit: { maxAge }, masking }: Policy,
  now: number,
  { environment, signal }: Pick<AppContext, 'environment' | 'signal'>,
): Promise<boolean> {
  const store = openSqliteStore(join(logsFolder(root), AUDIT_FILE));
  try {
    const before = maxAge === null ? 0 : await prunable(store, maxAge, now);
    if (before === 0) return false;
    const record = pruneRecord(store.trailId, before, userInfo().username);
    const masker = createMasker({ extraKeys: masking.extraKeys });
    const reading = readRecord(record, { masker, now: Math.floor(clock() / 1000) });
    if (reading.kind === 'invalid') throw new Failure('audit-invalid', { why: reading.why });
    await prune(store, openTrailKeys(environment), { before, entry: reading.entry }, signal);
    return true;
  } finally {
    store.close();
  }
}
