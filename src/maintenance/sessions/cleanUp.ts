import { rmdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fromSystemError, isFailure, toFailureMessage } from '../../base/failure.ts';
import { turns } from '../../base/turns.ts';
import { removeUnlocked } from '../../files/changeFile.ts';
import { syncFolders } from '../../files/durable.ts';
import { kindOf } from '../../files/list.ts';
import type { TreeFile } from '../../files/sessionTree.ts';
import { forgetGone } from '../../workspace/usedSessionFolders.ts';
import { withMaintenanceLock } from '../../workspace/maintenanceLock.ts';
import {
  logsFolder,
  progressTeller,
  requirePolicy,
  requireWorkspace,
  type AppContext,
} from '../../workspace/workspace.ts';
import { carryOut, listenersOf, type FailedStep, type Outcome, type Work } from '../carryOut.ts';
import { decisionFor } from '../decision.ts';
import type { MaintenanceInput, RunReport } from '../maintain.ts';
import { acceptByHand } from '../../workspace/acceptByHand.ts';
import { recordSteps } from '../recordSteps.ts';
import { rememberRun } from '../rememberRun.ts';
import { without } from './sessionPlan.ts';
import { sessionsArea, type SessionsPlan } from './sessionsArea.ts';

export interface CleanInput extends MaintenanceInput {
  /** Whether to report the plan only and change nothing. */
  readonly dryRun?: boolean | undefined;
}

/** Names are paths: relative to the workspace with `/` between the parts, or absolute outside it. */
export interface CleanReport extends RunReport {
  /** The empty folders that were removed; the base may be one of them. */
  readonly folders: readonly string[];
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
  const area = sessionsArea(root, policy, input.fromEnvironment, context);
  const isDry = input.dryRun === true;
  if (input.accept === true && !isDry) await acceptByHand(root, policy, context, { onlyNew: true });
  const { plan, acceptance, seen, toRemember } = await decisionFor(area, input, context);
  const forgotten = isDry ? [] : rememberRun(area, toRemember, context);
  const outcome = isDry ? planned(plan) : await clean(plan, root, context);
  if (!isDry) {
    await recordSteps(context, root, outcome.done, '');
    forgetGone(root, policy, context);
  }
  const { shown } = area;
  return {
    steps: outcome.done,
    skipped: [...plan.skipped, ...outcome.skipped],
    before: plan.before,
    after: without(plan.before, outcome.done),
    folders: outcome.folders.map(shown),
    acceptance,
    failed: [...forgotten, ...seen.flatMap(({ failed }) => failed), ...outcome.failed].map(
      ({ name, failure }) => ({
        name: shown(resolve(root, name)),
        failure: toFailureMessage(failure),
      }),
    ),
    cancelled: outcome.cancelled,
  };
}

interface CleanOutcome extends Outcome {
  /** Absolute paths. */
  readonly folders: readonly string[];
}

function planned({ steps, folders }: SessionsPlan): CleanOutcome {
  return { done: steps, skipped: [], failed: [], folders, cancelled: false };
}

/** Deletes the files, then the folders that are then empty, and syncs the folders that contained them. */
async function clean(plan: SessionsPlan, root: string, context: AppContext): Promise<CleanOutcome> {
  const { signal } = context;
  const tell = progressTeller(context, plan.steps.length);
  const changed = new Set<string>();
  const work: Work = {
    folder: root,
    perform(step) {
      const file = plan.files.get(step.name);
      if (file === undefined || !removeIfSame(file)) return undefined;
      changed.add(file.folder);
      return step;
    },
  };
  const onProgress = ({ name }: { name: string }): void => {
    tell(basename(name));
  };
  const outcome = await carryOut(plan.steps, work, { ...listenersOf(root, context), onProgress });
  const folders: string[] = [];
  const turn = turns();
  for (const folder of plan.folders) {
    await turn();
    if (signal.aborted) break;
    if (!removeIfEmpty(folder)) continue;
    folders.push(folder);
    changed.delete(folder);
    changed.add(dirname(folder));
  }
  const failed = [...outcome.failed, ...(await makeLast(changed))];
  return { ...outcome, failed, folders, cancelled: signal.aborted };
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
