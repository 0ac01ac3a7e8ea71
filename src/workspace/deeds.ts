import { userInfo } from 'node:os';
import { Failure, fromUnknown, toFailureMessage } from '../base/failure.ts';
import type { JobContext } from '../base/job.ts';
import type { Policy } from '../policy/policy.ts';
import { loadPolicy, readPolicyFile } from './policyFile.ts';
import { openStateFolder, stateBase, derivedWorkspaceId, type StateFolder } from './stateFolder.ts';

/** What this program records of its own deeds, each with the kind of thing that it is done to. */
export const deedEntities = {
  policy_changed: 'policy',
  policy_accepted: 'policy',
  hold_changed: 'policy',
  workspace_initialised: 'policy',
  log_downloaded: 'log',
  log_deleted: 'log',
  log_trashed: 'log',
  log_opened_raw: 'log',
  log_rotated: 'log',
  log_zipped: 'log',
  log_expired: 'log',
  file_removed_outside: 'log',
  archive_opened: 'archive',
  archive_decrypted: 'archive',
  password_added: 'passwords',
  passwords_forgotten: 'passwords',
  passwords_changed: 'passwords',
  ignore_rule_changed: 'git',
  commit_check_changed: 'git',
  audit_exported: 'trail',
  verification_failed: 'trail',
} as const;

export interface Deed {
  readonly action: keyof typeof deedEntities;
  /** What it is done to: a path in the workspace, or the trail's id. */
  readonly entity: string;
  /** By dotted keys. Fields whose old and new value are equal are not recorded. */
  readonly changes?: Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>> | undefined;
  /** More about it, for the record's `audit_metadata`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The deed of opening a session archive, or one file in it. */
export function openingOf(entity: string, member?: string): Deed {
  return { action: 'archive_opened', entity, ...(member !== undefined && { details: { member } }) };
}

/** The record of a deed, without what the trail fills in. */
export interface DeedRecord {
  readonly user_id: string;
  readonly action: Deed['action'];
  readonly entity_type: string;
  readonly entity_id: string;
  readonly changes?: Deed['changes'];
  readonly audit_metadata: Readonly<Record<string, unknown>>;
}

/** The port to the audit trail of a workspace. */
interface DeedTrail {
  /** Resolves with the record's id once the record is synced. */
  append(root: string, record: DeedRecord): Promise<string>;
}

/** The part of its context by which a use case records its deeds. */
export interface Recording extends Pick<JobContext<never>, 'environment' | 'door' | 'user'> {
  readonly trail: DeedTrail;
}

/** Who does the deeds of a door: the person of this process. A backend is no person. */
export function userOf({ door, user }: Pick<Recording, 'door' | 'user'>): string {
  if (user !== undefined) return user;
  if (door === 'library' || door === 'api') return 'anonymous';
  try {
    return userInfo().username;
  } catch {
    // The system has no name for this user, as in some containers.
    return 'anonymous';
  }
}

/**
 * Records a deed right before it is done, while its locks are held. What cannot be recorded must not be done.
 * @returns the id of the record, which is synced; empty where nothing is recorded: in a workspace without a policy, and
 *   in Restricted Mode
 * @throws Failure `audit-unavailable`
 */
export async function recordFirst(context: Recording, root: string, deed: Deed): Promise<string> {
  try {
    return isRecorded(context, root) ? await append(context, root, deed) : '';
  } catch (error) {
    throw new Failure('audit-unavailable', { path: root, why: toFailureMessage(error) }, error);
  }
}

/**
 * Does a deed once it is recorded. If it fails, another record says so.
 * @param known the id of its record, if a part of the same deed was done before
 * @throws Failure `audit-unavailable`, and everything that `work` throws
 */
export async function recorded<T>(
  context: Recording,
  root: string,
  deed: Deed,
  work: (record: string) => Promise<T> | T,
  known?: string,
): Promise<T> {
  const record = known ?? (await recordFirst(context, root, deed));
  try {
    return await work(record);
  } catch (error) {
    if (record !== '') await recordFailed(context, root, deed, { record, code: fromUnknown(error).code });
    throw error;
  }
}

/** Records that a deed failed which is recorded already. It never rejects, as `recordAfter`. */
export function recordFailed(
  context: Recording,
  root: string,
  { action, entity }: Deed,
  failed: { readonly record: string; readonly code: string },
): Promise<void> {
  return recordAfter(context, root, { action, entity, details: { failed } });
}

/**
 * Records a deed that was done already, or must be done in any case, as maintenance, which frees the disk. It never
 * rejects: a record that cannot be written is counted, and the next one that can be written says how many are missing.
 */
export async function recordAfter(context: Recording, root: string, deed: Deed): Promise<void> {
  try {
    if (isRecorded(context, root)) await append(context, root, deed);
  } catch {
    try {
      const state = stateFolderOf(context, root);
      state.write(MISSING, { count: missingIn(state) + 1 });
    } catch {
      // The state folder is on a full disk, too.
    }
  }
}

function isRecorded({ door }: Recording, root: string): boolean {
  return door !== undefined && readPolicyFile(root) !== undefined;
}

async function append(context: Recording, root: string, deed: Deed): Promise<string> {
  const { action, entity, changes, details } = deed;
  const state = stateFolderOf(context, root);
  const missing = missingIn(state);
  const id = await context.trail.append(root, {
    user_id: userOf(context),
    action,
    entity_type: deedEntities[action],
    entity_id: entity,
    ...(changes !== undefined && { changes }),
    audit_metadata: { door: context.door, ...details, ...(missing > 0 && { missing }) },
  });
  if (missing > 0) forgetMissing(state);
  return id;
}

/** The name in the state folder of the number of records that could not be written since the last one. */
const MISSING = 'audit-missing';

function missingIn(state: StateFolder): number {
  try {
    const stored = state.read(MISSING) as { count?: unknown } | null | undefined;
    return Number.isSafeInteger(stored?.count) ? (stored?.count as number) : 0;
  } catch {
    return 0;
  }
}

function forgetMissing(state: StateFolder): void {
  try {
    state.write(MISSING, { count: 0 });
  } catch {
    // The next record says the number again, which hides nothing.
  }
}

function stateFolderOf({ environment }: Recording, root: string): StateFolder {
  const id = usablePolicy(root)?.workspaceId ?? derivedWorkspaceId(root);
  return openStateFolder(root, id, stateBase(environment));
}

/** The policy; undefined also for a damaged one, which does not keep a deed from being recorded. */
export function usablePolicy(root: string): Policy | undefined {
  try {
    return loadPolicy(root);
  } catch {
    return undefined;
  }
}
