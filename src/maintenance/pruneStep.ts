import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { storeOf } from '../audit/postgres/storeChoice.ts';
import { prunableInTrail, pruneTrail } from '../audit/trail.ts';
import { kindOf } from '../files/list.ts';
import { AUDIT_FILE } from '../files/places.ts';
import type { Policy } from '../policy/policy.ts';
import { logsFolder, type AppContext, type TrailSurroundings } from '../workspace/workspace.ts';

/** The audit trail, as a plan needs it. */
export interface SeenTrail {
  /** What a step on it names: the file in `logs/`, or the kind of database. */
  readonly name: string;
  /** The size of the file; 0 for a database on a server. */
  readonly bytes: number;
  /** Whether records have expired, or the trail cannot be read: then the step reports why. */
  readonly isDue: boolean;
}

/** Whether the policy lets records of a trail expire, and there may be a trail. */
export function canExpire(root: string, { audit }: Policy, surroundings: TrailSurroundings): boolean {
  if (audit.maxAge === null) return false;
  return storeOf(surroundings) !== 'sqlite' || kindOf(join(logsFolder(root), AUDIT_FILE)) !== 'missing';
}

/** @param now ms since 1970 @returns undefined if no record of the trail can expire */
export async function lookAtTrail(
  root: string,
  policy: Policy,
  now: number,
  surroundings: TrailSurroundings,
): Promise<SeenTrail | undefined> {
  if (!canExpire(root, policy, surroundings)) return undefined;
  const isDue = await isTrailDue(root, policy, now, surroundings);
  return storeOf(surroundings) === 'sqlite'
    ? { name: AUDIT_FILE, bytes: lstatSync(join(logsFolder(root), AUDIT_FILE)).size, isDue }
    : { name: 'PostgreSQL', bytes: 0, isDue };
}

async function isTrailDue(
  root: string,
  { audit: { maxAge } }: Policy,
  now: number,
  surroundings: TrailSurroundings,
): Promise<boolean> {
  const { signal } = new AbortController();
  const context = { ...surroundings, signal, report: () => undefined };
  try {
    return maxAge !== null && (await prunableInTrail({ root, maxAge, now }, context)) > 0;
  } catch {
    return true;
  }
}

/**
 * Prunes what has expired in the trail.
 * @param now ms since 1970
 * @returns false if there is nothing to prune any more
 * @throws Failure of `pruneTrail` of the trail
 */
export async function pruneExpired(
  root: string,
  { audit: { maxAge } }: Policy,
  now: number,
  context: AppContext,
): Promise<boolean> {
  const quiet = { ...context, report: () => undefined };
  return maxAge !== null && (await pruneTrail({ root, maxAge, now }, quiet));
}
