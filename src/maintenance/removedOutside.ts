import * as z from 'zod';
import { storeOf } from '../audit/postgres/storeChoice.ts';
import { trailJobs } from '../audit/trail.ts';
import { MOST_RECORDS } from '../audit/query.ts';
import type { AuditRecord } from '../audit/record.ts';
import { pathInWorkspace, type LogFile } from '../files/logFile.ts';
import { recordAfter, type Deed } from '../workspace/deeds.ts';
import { clock, stateOf, type AppContext } from '../workspace/workspace.ts';
import type { Policy } from '../policy/policy.ts';
import { fromUnknown } from '../base/failure.ts';
import type { FailedStep } from './carryOut.ts';
import { deedOn } from './recordSteps.ts';

/** The finished logs that a run left, by their paths in the workspace, and when, in seconds since 1970. */
const schema = z.strictObject({ at: z.number(), names: z.array(z.string()) });

const STATE_NAME = 'finished-logs';

/** After one of these a log is no longer under its name. */
const removals: readonly Deed['action'][] = ['log_zipped', 'log_expired', 'log_deleted', 'log_trashed'];

/** Remembers the finished logs that a run leaves. @returns why that failed */
export function rememberFinished(
  { root, policy }: { readonly root: string; readonly policy: Policy },
  files: readonly LogFile[],
  context: AppContext,
): FailedStep[] {
  const state = stateOf(root, policy, context);
  try {
    const names = finishedIn(files);
    const before = schema.safeParse(state.read(STATE_NAME));
    if (names.length > 0 || before.success)
      state.write(STATE_NAME, { at: Math.floor(clock() / 1000), names });
    return [];
  } catch (error) {
    return [{ name: state.path, failure: fromUnknown(error) }];
  }
}

/**
 * Records the finished logs that are gone since the run before, and that no program of ours removed: the trail names
 * those, also the ones that other users removed.
 */
export async function recordRemovedOutside(
  { root, policy }: { readonly root: string; readonly policy: Policy },
  files: readonly LogFile[],
  context: AppContext,
): Promise<void> {
  const before = schema.safeParse(readState(root, policy, context));
  if (!before.success) return;
  const there = new Set(finishedIn(files));
  const gone = before.data.names.filter((name) => !there.has(name));
  if (gone.length === 0) return;
  const removed = await removedSince(root, before.data.at, context);
  const outside = gone.filter((name) => !removed.has(name)).map((name) => ({ name }));
  if (outside.length > 0) await recordAfter(context, root, deedOn('file_removed_outside', outside));
}

function readState(root: string, policy: Policy, context: AppContext): unknown {
  try {
    return stateOf(root, policy, context).read(STATE_NAME);
  } catch {
    return undefined;
  }
}

/** Only our own finished logs: the active one is renamed all the time, and other programs remove theirs. */
function finishedIn(files: readonly LogFile[]): string[] {
  return files
    .filter(({ parts }) => parts.kind === 'rotated' || parts.kind === 'archive')
    .map(pathInWorkspace);
}

/** The logs that the trail says were removed, by their paths. @param from seconds since 1970 */
async function removedSince(root: string, from: number, context: AppContext): Promise<ReadonlySet<string>> {
  const own = { ...context, report: () => undefined };
  const store = storeOf(context);
  const removed = new Set<string>();
  for (const action of removals) {
    let cursor: string | undefined;
    do {
      const input = { root, store, filter: { action, from }, limit: MOST_RECORDS, cursor };
      const page = await trailJobs.queryTrail(input, own);
      for (const record of page.records) namesIn(record).forEach((name) => removed.add(name));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }
  return removed;
}

const details = z.object({ files: z.array(z.object({ name: z.string() })) });

function namesIn({ entity_id, audit_metadata }: AuditRecord): string[] {
  const more = details.safeParse(audit_metadata);
  return [entity_id, ...(more.success ? more.data.files.map(({ name }) => name) : [])];
}
