import { rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FailureMessage, fromSystemError, isFailure, toFailureMessage } from '../../base/failure.ts';
import { turns } from '../../base/turns.ts';
import { type Acceptance, acceptanceOf } from '../../workspace/acceptance.ts';
import type { FailedStep } from '../carryOut.ts';
import {
  type CleanInput as PlanInput,
  type CleanPlan,
  type Deletion,
  planClean,
  without,
} from './sessionPlan.ts';
import { syncFolders } from '../../files/durable.ts';
import { kindOf, listFiles } from '../../files/list.ts';
import { removeUnlocked } from '../../files/changeFile.ts';
import { hasArchives, type TreeFile } from '../../files/sessionTree.ts';
import type { Skip, Step } from '../../workspace/maintenance.ts';
import type { Totals } from '../../files/logFile.ts';
import type { Policy } from '../../policy/policy.ts';
import type { EnvironmentSettings } from '../../policy/environment.ts';
import {
  clock,
  logsFolder,
  reportAction,
  requirePolicy,
  requireWorkspace,
  stateOf,
  progressTeller,
  type AppContext,
  type Surroundings,
  type WorkspaceInput,
} from '../../workspace/workspace.ts';
import { lookAtSessions } from './look.ts';
import { rememberRun } from '../rememberRun.ts';
import { sessionSettings, sessionsPlace, type SessionsPlace } from '../../workspace/sessionsFolder.ts';
import { withMaintenanceLock } from '../../workspace/maintenanceLock.ts';
import { checkClock, readLastRun } from '../../workspace/clockCheck.ts';
import type { DeletionKey } from '../../policy/deletionRules.ts';
import { type Decision, hasManaged, hasSessions } from '../decision.ts';

export interface CleanInput extends WorkspaceInput {
  /** The values of the environment that override the policy; absent in VS Code. */
  readonly fromEnvironment?: EnvironmentSettings | undefined;
  /** The time to plan for, in ms since 1970, not checked. If it is absent, the clock is used after a check. */
  readonly now?: number | undefined;
  /** Whether to report what would be done and change nothing. */
  readonly dryRun?: boolean | undefined;
  /** Whether to accept the policy as it is on disk. */
  readonly accept?: boolean | undefined;
  /** How long to wait for another run, in ms. */
  readonly patience?: number | undefined;
}

/** Names are paths: relative to the workspace with `/` between the parts, absolute if they lie outside. */
export interface CleanReport {
  readonly steps: readonly Step[];
  readonly skipped: readonly Skip[];
  readonly before: Totals;
  readonly after: Totals;
  /** The empty folders that were removed. The sessions folder itself may be among them. */
  readonly folders: readonly string[];
  readonly acceptance: Acceptance;
  readonly failed: readonly { readonly name: string; readonly failure: FailureMessage }[];
  readonly cancelled: boolean;
}

/**
 * Deletes the session archives that are too old, the leftovers of interrupted writes, and the folders that are then
 * empty. It runs even if writing session archives is disabled. Holds the maintenance lock for the whole run.
 * @throws Failure `not-managed`, `policy-damaged`, `session-skipped` (as `sessionsPlace`), `maintenance-busy`,
 *   `cancelled` if nothing was done yet …
 */
export async function cleanSessions(input: CleanInput, context: AppContext): Promise<CleanReport> {
  const root = requireWorkspace(input);
  requirePolicy(root);
  // `logs/` is not created only for the lock. Two runs at once are safe without it, too: a file is deleted only while
  // it is the one that was looked at.
  const mayBeAlone = input.dryRun !== true && kindOf(logsFolder(root)) !== 'missing';
  const clean = (): Promise<CleanReport> => cleanTree(root, input, context);
  return mayBeAlone ? withMaintenanceLock(root, input, context, clean) : clean();
}

async function cleanTree(root: string, input: CleanInput, context: AppContext): Promise<CleanReport> {
  // The policy is read again, because it may have changed while this run waited for another one.
  const policy = requirePolicy(root);
  const { retentionDays, place } = placeOf(root, policy, input);
  const decision = decisionForClean({ ...input, root, policy, path: place.path }, context);
  const times = { retentionDays, now: decision.now };
  const seen = await lookAtSessions(place.path, logsFolder(root), times, context);
  const plan = planClean({ ...seen, ...times, restraint: decision.restraint, isShared: place.isShared });
  const forgotten =
    input.dryRun === true ? [] : rememberRun(stateOf(root, policy, context), policy, decision.run);
  const outcome = input.dryRun === true ? planned(plan) : await carryOut(plan, { root, place, context });
  const { shown } = place;
  const skipped = [...plan.skipped, ...outcome.skipped];
  const failed = [...forgotten, ...seen.failed, ...outcome.failed];
  return {
    steps: outcome.done.map((deletion) => toStep(deletion, place)),
    skipped: skipped.map(({ file, reason }): Skip => ({ name: shown(pathOf(file)), reason })),
    before: plan.before,
    after: without(plan.before, outcome.done),
    folders: outcome.folders.map(shown),
    acceptance: decision.acceptance,
    failed: failed.map(({ name, failure }) => ({ name: shown(name), failure: toFailureMessage(failure) })),
    cancelled: outcome.cancelled,
  };
}

function placeOf(
  root: string,
  policy: Policy,
  { fromEnvironment }: CleanInput,
): { readonly retentionDays: number; readonly place: SessionsPlace } {
  const settings = sessionSettings(policy, fromEnvironment);
  return { retentionDays: settings.retentionDays, place: sessionsPlace(root, settings, fromEnvironment) };
}

interface Outcome {
  readonly done: readonly Deletion[];
  readonly skipped: CleanPlan['skipped'];
  /** The failed steps, named by path. */
  readonly failed: readonly FailedStep[];
  readonly folders: readonly string[];
  readonly cancelled: boolean;
}

function planned({ deletions, folders }: CleanPlan): Outcome {
  return { done: deletions, skipped: [], failed: [], folders, cancelled: false };
}

interface Place {
  readonly root: string;
  readonly place: SessionsPlace;
  readonly context: AppContext;
}

/** Carries out the plan, each step atomically. A step that fails does not stop the others. */
async function carryOut(plan: CleanPlan, { root, place, context }: Place): Promise<Outcome> {
  const done: Deletion[] = [];
  const skipped: CleanPlan['skipped'][number][] = [];
  const failed: FailedStep[] = [];
  const changed = new Set<string>();
  const turn = turns();
  const tell = progressTeller(context, plan.deletions.length);
  for (const deletion of plan.deletions) {
    await turn();
    if (context.signal.aborted) break;
    const { file, kind } = deletion;
    tell(file.name);
    try {
      if (!removeIfSame(file)) skipped.push({ file, reason: 'changed' });
      else {
        done.push(deletion);
        changed.add(file.folder);
        reportAction(context, root, { kind, step: toStep(deletion, place) });
      }
    } catch (error) {
      skipped.push({ file, reason: 'failed' });
      failed.push({ name: pathOf(file), failure: fromSystemError(error, pathOf(file)) });
    }
  }
  const folders: string[] = [];
  for (const folder of plan.folders) {
    await turn();
    if (context.signal.aborted) break;
    if (!removeIfEmpty(folder)) continue;
    folders.push(folder);
    changed.delete(folder);
    changed.add(dirname(folder));
  }
  failed.push(...(await makeLast(changed)));
  return { done, skipped, failed, folders, cancelled: context.signal.aborted };
}

/** @returns false if the file was replaced or is gone */
function removeIfSame(file: TreeFile): boolean {
  try {
    return removeUnlocked(file.folder, file);
  } catch (error) {
    if (isFailure(fromSystemError(error, file.folder), 'file-missing')) return false;
    throw error;
  }
}

/**
 * Removes an empty folder. A failure is ignored, because a folder that stays does no harm: a program is about to write
 * in it, something is mounted there, or the parent folder may not be changed.
 */
function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/**
 * Syncs the changed folders. Another process may have removed one of them meanwhile. Then that process must sync the
 * parent folder.
 */
async function makeLast(folders: Iterable<string>): Promise<FailedStep[]> {
  const failed = [...(await syncFolders(folders))].map(([name, failure]) => ({ name, failure }));
  return failed.filter(({ failure }) => !isFailure(failure, 'file-missing'));
}

function toStep({ file, kind, reason }: Deletion, { shown }: SessionsPlace): Step {
  return { kind, name: shown(pathOf(file)), bytes: file.bytes, reason };
}

function pathOf({ folder, name }: TreeFile): string {
  return join(folder, name);
}

interface Question {
  readonly root: string;
  readonly policy: Policy;
  readonly fromEnvironment?: EnvironmentSettings | undefined;
  /** The absolute path of the folder of session archives. */
  readonly path: string;
  /** See `CleanInput`. */
  readonly now?: number | undefined;
  readonly accept?: boolean | undefined;
}

interface Judgement {
  /** The acceptance of the keys that concern session archives. */
  readonly acceptance: Acceptance;
  readonly now: number;
  readonly restraint: PlanInput['restraint'];
  /** What a run saves: the acceptance of the whole policy, and the time. */
  readonly run: Pick<Decision, 'acceptance' | 'nextRun'>;
}

/** Decides whether session archives may be deleted now. Keys that the environment sets need no acceptance. */
function decisionForClean(
  { root, policy, fromEnvironment, path, now: given, accept }: Question,
  surroundings: Surroundings,
): Judgement {
  const state = stateOf(root, policy, surroundings);
  const logs = logsFolder(root);
  const whole: Acceptance =
    accept === true
      ? { kind: 'accepted' }
      : acceptanceOf(policy, state, {
          logs: () => kindOf(logs) === 'folder' && hasManaged(policy, listFiles(logs).files),
          sessions: () => hasArchives(path, logs) || hasSessions(root, policy),
        });
  const acceptance = ofSessions(whole, fromEnvironment);
  const now = given ?? clock();
  const check = given === undefined ? checkClock(readLastRun(state), now) : undefined;
  return {
    acceptance,
    now,
    restraint: policy.retention.hold
      ? 'hold'
      : acceptance.kind === 'pending'
        ? 'unaccepted'
        : check?.trusted === false
          ? 'clock'
          : undefined,
    run: { acceptance: whole, ...(check !== undefined && { nextRun: check.next }) },
  };
}

function ofSessions(acceptance: Acceptance, fromEnvironment: EnvironmentSettings = {}): Acceptance {
  if (acceptance.kind === 'accepted') return acceptance;
  const concerned: DeletionKey[] = ['retention.hold'];
  if (fromEnvironment.dir === undefined) concerned.push('sessions.dir');
  if (fromEnvironment.retentionDays === undefined) concerned.push('sessions.retentionDays');
  const keys = acceptance.keys.filter((key) => concerned.includes(key));
  return keys.length === 0 ? { kind: 'accepted' } : { ...acceptance, keys };
}
