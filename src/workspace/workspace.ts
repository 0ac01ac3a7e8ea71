import { join, resolve } from 'node:path';
import { zipArchives } from '../archive/zip/zipArchives.ts';
import { systemClock } from '../base/units.ts';
import { Failure } from '../base/failure.ts';
import type { Door, JobContext } from '../base/job.ts';
import { timesReader } from '../files/entryTimes.ts';
import { APPEND_LOCK, type FolderLock, openFolderLock } from '../files/folderLock.ts';
import { kindOf } from '../files/list.ts';
import { userOf, type Deed, type Recording } from './deeds.ts';
import { loadPolicy } from './policyFile.ts';
import { derivedWorkspaceId, openStateFolder, stateBase, type StateFolder } from './stateFolder.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import type { Policy } from '../policy/policy.ts';
import type { Progress, Step } from './maintenance.ts';

/** What a use case gets besides its input. */
export type AppContext = JobContext<AppReport> & Recording;

/** The part of its context that a use case needs to find this machine's stored state, or to run Git. */
export type Surroundings = Pick<AppContext, 'environment'>;

/** The objects that all use cases share. */
export const clock = systemClock;
export const archives = zipArchives;
export const times = timesReader(archives);

/** Identifies a workspace by its folder. */
export interface WorkspaceInput {
  readonly root: string;
}

export function logsFolder(root: string): string {
  return join(root, LOGS_FOLDER);
}

/** @throws Failure `workspace-not-a-folder` */
export function requireWorkspace(input: WorkspaceInput): string {
  const root = resolve(input.root);
  const what = kindOf(root);
  // The root itself may be a link, because the user names it.
  if (what !== 'folder' && what !== 'link') throw new Failure('workspace-not-a-folder', { path: root, what });
  return root;
}

/** @throws Failure `not-managed`, and those of `loadPolicy` */
export function requirePolicy(root: string): Policy {
  const policy = loadPolicy(root);
  if (policy === undefined) throw new Failure('not-managed', { path: root });
  return policy;
}

/** @param policy undefined if there is no valid one */
export function stateOf(
  root: string,
  policy: Policy | undefined,
  { environment }: Surroundings,
): StateFolder {
  return openStateFolder(root, policy?.workspaceId ?? derivedWorkspaceId(root), stateBase(environment));
}

/** Opens the lock of `logs/` while `work` runs. */
export async function withLock<T>(
  root: string,
  context: AppContext,
  work: (lock: FolderLock) => Promise<T>,
): Promise<T> {
  const lock = await openFolderLock(logsFolder(root), APPEND_LOCK, { signal: context.signal });
  try {
    return await work(lock);
  } finally {
    lock.close();
  }
}

export function reportAction(context: AppContext, root: string, action: Action): void {
  const event = { at: clock(), root, user: userOf(context), door: context.door, action };
  context.report({ kind: 'action', event });
}

/** An action on a workspace, once it is done. It is written to the output channel. */
type Action =
  | { readonly kind: Step['kind']; readonly step: Step }
  | { readonly kind: 'initialised'; readonly created: readonly string[] }
  | {
      readonly kind: 'policy-saved';
      readonly keys: readonly string[];
      /** The old and the new values, as they are recorded. */
      readonly changes: NonNullable<Deed['changes']>;
    }
  | { readonly kind: 'policy-accepted'; readonly hash: string }
  | { readonly kind: 'ignore-rule-added' | 'ignore-rule-undone'; readonly lines: readonly string[] }
  /** The user moved a log to the system's trash. */
  | { readonly kind: 'trashed'; readonly name: string; readonly bytes: number }
  /** The user saved a copy outside of the logs. */
  | { readonly kind: 'copied'; readonly name: string; readonly target: string }
  /** So many session archives got another password. */
  | { readonly kind: 'rekeyed'; readonly archives: number }
  | { readonly kind: 'untracked'; readonly paths: readonly string[] }
  | { readonly kind: 'commit-check-installed' | 'commit-check-removed'; readonly path: string };

export interface ActionEvent {
  /** ms since 1970 */
  readonly at: number;
  readonly root: string;
  readonly user: string;
  readonly door: Door | undefined;
  readonly action: Action;
}

/** The reports of a use case while it runs. */
export type AppReport =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'action'; readonly event: ActionEvent };

const REPORT_MS = 250;

/**
 * Reports the progress of a use case: the first time at once, then no more often than a user can follow. Call it before
 * each of many small steps, or after each with the amount that is `done`.
 * @param total in the unit of `done`; 0 if it is not known yet
 */
export function progressTeller(
  { report }: Pick<AppContext, 'report'>,
  total: number,
): (name: string, done?: number) => void {
  let told = -Infinity;
  let calls = 0;
  return (name, done = calls) => {
    calls += 1;
    if (clock() - told < REPORT_MS) return;
    told = clock();
    report({ kind: 'progress', progress: { done, total, name } });
  };
}
