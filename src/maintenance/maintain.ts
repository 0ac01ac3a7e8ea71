import { join } from 'node:path';
import { toFailureMessage, type FailureMessage } from '../base/failure.ts';
import type { Acceptance } from '../workspace/acceptance.ts';
import { carryOut, type Outcome } from './carryOut.ts';
import { replacementsLeft, sweepReplacements } from '../files/durable.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { IGNORE_FILE } from '../git/ignoreRule.ts';
import { requireFolder } from '../files/list.ts';
import type { DatedLogFile } from '../files/logFile.ts';
import type { Plan, Skip, Step } from '../workspace/maintenance.ts';
import { POLICY_FILE } from '../files/places.ts';
import type { PolicyEdit } from '../policy/policyText.ts';
import { editedText } from '../workspace/editPolicy.ts';
import {
  archives,
  logsFolder,
  reportAction,
  requirePolicy,
  requireWorkspace,
  stateOf,
  withLock,
  type AppContext,
  type Surroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { decisionFor, look, planFor, type Seen } from './decision.ts';
import { keepIgnored, type GitCare } from '../git/keepIgnored.ts';
import { rememberRun } from './rememberRun.ts';
import { withMaintenanceLock } from '../workspace/maintenanceLock.ts';

export interface MaintenanceInput extends WorkspaceInput {
  /** The time to plan for, in ms since 1970, not checked. If it is absent, the clock is used after a check. */
  readonly now?: number | undefined;
  /** Whether to accept the policy as it is on disk. */
  readonly accept?: boolean | undefined;
  /** How long to wait for another run, in ms. */
  readonly patience?: number | undefined;
}

export interface Preview extends Plan {
  readonly acceptance: Acceptance;
}

/** The result of a run. `before` and `after` are the real totals of the folder. */
export interface MaintenanceReport extends Preview {
  readonly failed: readonly { readonly name: string; readonly failure: FailureMessage }[];
  readonly cancelled: boolean;
  readonly git: GitCare;
}

/**
 * Plans maintenance for a workspace and changes nothing. The plan uses the policy on disk or, with `edits`, the policy
 * that the form would save (even if there is none yet).
 */
export async function previewMaintenance(
  input: MaintenanceInput & { readonly edits?: readonly PolicyEdit[] },
  surroundings: Surroundings,
): Promise<Preview> {
  const root = requireWorkspace(input);
  const policy = input.edits === undefined ? requirePolicy(root) : editedText(root, input.edits).policy;
  const chosen = input.edits?.map(({ key }) => key) ?? [];
  const mayBeMissing = input.edits !== undefined;
  const { plan, acceptance } = await decisionFor(
    { ...input, root, policy, chosen, mayBeMissing },
    surroundings,
  );
  return { ...plan, acceptance };
}

/**
 * Puts `logs/` in order. Holds the maintenance lock for the whole run, so that runs of several windows and programs
 * follow one another. The files to delete because of the cap are chosen once the archives are written and their sizes
 * are known.
 * @throws Failure `not-managed`, `policy-damaged`, `logs-missing`, `maintenance-busy`, `sqlite-missing` …
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
      const policy = requirePolicy(root);
      await sweepInterruptedSaves(root, lock);
      const git = await keepIgnored(root, policy, lock, context);
      const decision = await decisionFor({ ...input, root, policy }, context);
      const { plan, acceptance, now, restraint } = decision;
      const forgotten = rememberRun(stateOf(root, policy, context), policy, decision);

      const listeners = {
        onProgress: (progress: { done: number; total: number; name: string }) => {
          context.report({ kind: 'progress', progress });
        },
        onStep: (step: Step) => {
          reportAction(context, root, { kind: step.kind, step });
        },
      };
      const perform = (steps: readonly Step[], files: readonly DatedLogFile[]): Promise<Outcome> =>
        carryOut(steps, {
          folder: logsFolder(root),
          files,
          lock,
          archives,
          signal: context.signal,
          ...listeners,
        });
      const uncapped = await perform(
        plan.steps.filter(({ reason }) => reason !== 'cap'),
        decision.files,
      );
      const seen = await look(root);
      const capping = cappingOf(planFor(root, policy, seen, now, restraint), seen);
      const capped = await perform(uncapped.cancelled ? [] : capping, seen.files);
      const failed = [...forgotten, ...uncapped.failed, ...capped.failed];
      return {
        acceptance,
        git,
        steps: [...uncapped.done, ...capped.done],
        skipped: allSkipped(plan.skipped, uncapped, capped),
        failed: failed.map(({ name, failure }) => ({ name, failure: toFailureMessage(failure) })),
        before: plan.before,
        after: planFor(root, policy, await look(root), now, restraint).before,
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

function allSkipped(planned: readonly Skip[], ...outcomes: readonly Outcome[]): Skip[] {
  return [...planned, ...outcomes.flatMap(({ skipped }) => skipped)];
}
