import { join } from 'node:path';
import { toFailureMessage, type FailureMessage } from '../base/failure.ts';
import { acceptByHand } from '../workspace/acceptByHand.ts';
import type { Acceptance } from '../workspace/acceptance.ts';
import { listenersOf, type Outcome } from './carryOut.ts';
import { replacementsLeft, sweepReplacements } from '../files/durable.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import type { LogFile } from '../files/logFile.ts';
import type { Plan, Step } from '../workspace/maintenance.ts';
import { IGNORE_FILE, POLICY_FILE } from '../files/places.ts';
import { withAuditEnvironment, type AuditEnvironment } from '../policy/auditEnvironment.ts';
import type { EnvironmentSettings } from '../policy/environment.ts';
import type { PolicyEdit } from '../policy/policyText.ts';
import { editedText } from '../workspace/editPolicy.ts';
import {
  archives,
  logsFolder,
  requirePolicy,
  requireWorkspace,
  stateOf,
  withLock,
  type AppContext,
  type TrailSurroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { decisionFor } from './decision.ts';
import { logsArea, look, type Seen } from './logsArea.ts';
import { carryOutLogs } from './logSteps.ts';
import { keepIgnored, type GitCare } from '../git/keepIgnored.ts';
import { pruneExpired } from './pruneStep.ts';
import { recordSteps } from './recordSteps.ts';
import { recordRemovedOutside, rememberFinished } from './removedOutside.ts';
import { rememberRun } from './rememberRun.ts';
import { noteExpired } from '../workspace/expiredLogs.ts';
import { withMaintenanceLock } from '../workspace/maintenanceLock.ts';

export interface MaintenanceInput extends WorkspaceInput {
  /** The time to plan for, in ms since 1970, not checked. If it is absent, the clock is used after a check. */
  readonly now?: number | undefined;
  /** Whether to accept the policy as it is on disk. */
  readonly accept?: boolean | undefined;
  /** How long to wait for another run, in ms. */
  readonly patience?: number | undefined;
  /** What the environment sets over the policy; absent in VS Code. */
  readonly fromEnvironment?: EnvironmentSettings | undefined;
  readonly auditEnvironment?: AuditEnvironment | undefined;
}

export interface Preview extends Plan {
  readonly acceptance: Acceptance;
}

/** The result of a run in one area. */
export interface RunReport extends Preview {
  readonly failed: readonly { readonly name: string; readonly failure: FailureMessage }[];
  readonly cancelled: boolean;
}

/** The result of a run for the logs. `before` and `after` are the real totals of the folder. */
export interface MaintenanceReport extends RunReport {
  readonly git: GitCare;
}

/**
 * Plans maintenance for a workspace and changes nothing. The plan uses the policy on disk or, with `edits`, the policy
 * that the form would save (even if there is none yet).
 */
export async function previewMaintenance(
  input: MaintenanceInput & { readonly edits?: readonly PolicyEdit[] },
  surroundings: TrailSurroundings,
): Promise<Preview> {
  const root = requireWorkspace(input);
  const written = input.edits === undefined ? requirePolicy(root) : editedText(root, input.edits).policy;
  const policy = withAuditEnvironment(written, input.auditEnvironment);
  const chosen = input.edits?.map(({ key }) => key) ?? [];
  const isNew = input.edits !== undefined && kindOf(logsFolder(root)) === 'missing';
  const seen = isNew ? { files: [], notFiles: [] } : undefined;
  const { plan, acceptance } = await decisionFor(
    logsArea(root, policy, surroundings),
    { ...input, chosen, seen },
    surroundings,
  );
  return { ...plan, acceptance };
}

/**
 * Puts `logs/` in order. Holds the maintenance lock for the whole run, so that runs of several windows and programs
 * follow one another. The files to delete because of the cap are chosen once the archives are written and their sizes
 * are known.
 * @throws Failure `not-managed`, `policy-damaged`, `logs-missing`, `maintenance-busy`, `sqlite-missing` …;
 *   `audit-unavailable` for an acceptance that cannot be recorded
 */
export async function runMaintenance(
  input: MaintenanceInput,
  context: AppContext,
): Promise<MaintenanceReport> {
  const root = requireWorkspace(input);
  requirePolicy(root);
  requireFolder(logsFolder(root));
  return withMaintenanceLock(root, input, context, () =>
    withLock(root, context, async (lock) => {
      // The policy is read again, because it may have changed while this run waited for another one.
      const policy = withAuditEnvironment(requirePolicy(root), input.auditEnvironment);
      await sweepInterruptedSaves(root, lock);
      const git = await keepIgnored({ root, fromEnvironment: input.fromEnvironment }, policy, lock, context);
      const area = logsArea(root, policy, context);
      if (input.accept === true) await acceptByHand(root, policy, context, { onlyNew: true });
      const decision = await decisionFor(area, input, context);
      const { plan, acceptance, now, restraint } = decision;
      await recordRemovedOutside(area, decision.seen.files, context);
      const forgotten = rememberRun(area, decision.toRemember, context);

      const folder = logsFolder(root);
      const listeners = listenersOf(root, context);
      const prune = (): Promise<boolean> => pruneExpired(root, policy, now, context);
      const state = stateOf(root, policy, context);
      const beforeDeletion = (file: LogFile): Promise<void> => noteExpired(state, policy, folder, file);
      const perform = (steps: readonly Step[], { files }: Seen): Promise<Outcome> =>
        carryOutLogs(steps, { folder, files, now, lock, archives, prune, beforeDeletion, ...listeners });
      const uncapped = await perform(
        plan.steps.filter(({ reason }) => reason !== 'cap'),
        decision.seen,
      );
      const seen = await look(root, now);
      const capping = cappingOf(area.plan(seen, now, restraint), seen);
      const capped = await perform(uncapped.cancelled ? [] : capping, seen);
      const steps = [...uncapped.done, ...capped.done];
      await recordSteps(context, root, steps);
      const left = await look(root, now);
      const unremembered = rememberFinished(area, left.files, context);
      const failed = [...forgotten, ...uncapped.failed, ...capped.failed, ...unremembered];
      return {
        acceptance,
        git,
        steps,
        skipped: [...plan.skipped, ...uncapped.skipped, ...capped.skipped],
        failed: failed.map(({ name, failure }) => ({ name, failure: toFailureMessage(failure) })),
        before: plan.before,
        after: area.plan(left, now, restraint).before,
        cancelled: uncapped.cancelled || capped.cancelled,
      };
    }),
  );
}

/** Removes the leftovers of killed saves of the policy or the ignore rule. Under the lock, no save is in progress. */
async function sweepInterruptedSaves(root: string, lock: FolderLock): Promise<void> {
  for (const path of [join(root, POLICY_FILE), join(root, IGNORE_FILE)]) {
    if (replacementsLeft(path).length === 0) continue;
    await lock.exclusive(() => {
      sweepReplacements(path);
    });
  }
}

/**
 * The deletions that keep the folder within the cap, now that the sizes of the archives are known. A file that could
 * not be zipped counts with its estimated zipped size, so that no file is deleted because of a failure that may be
 * temporary.
 */
function cappingOf({ steps }: Plan, { files }: Seen): Step[] {
  const there = new Set(files.map(({ name }) => name));
  return steps.filter(({ name, reason }) => reason === 'cap' && there.has(name));
}
