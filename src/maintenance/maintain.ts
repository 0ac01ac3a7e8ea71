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
  /** The time to plan for, in ms since 1970, taken as it is. Without it the clock counts, once it is checked. */
  readonly now?: number | undefined;
  /** Accept the policy as it is on disk. */
  readonly accept?: boolean | undefined;
  /** How long to wait for another run, in ms. */
  readonly patience?: number | undefined;
}

export interface Preview extends Plan {
  readonly acceptance: Acceptance;
}

/** What a run did. `before` and `after` are what really stood in the folder. */
export interface MaintenanceReport extends Preview {
  readonly failed: readonly { readonly name: string; readonly failure: FailureMessage }[];
  readonly cancelled: boolean;
  readonly git: GitCare;
}

/**
 * The plan for a workspace, with nothing changed: under the policy on disk, or, with `edits`, under the one that the form
 * would save (also where there is none yet).
 */
export async function previewMaintenance(
  input: MaintenanceInput & { readonly edits?: readonly PolicyEdit[] },
  surroundings: Surroundings,
): Promise<Preview> {
  const root = requireWorkspace(input);
  const policy = input.edits === undefined ? requirePolicy(root) : editedText(root, input.edits).policy;
  const chosen = input.edits?.map(({ key }) => key) ?? [];
  const mayBeMissing = input.edits !== undefined;
  const { plan, acceptance } = await decisionFor({ ...input, root, policy, chosen, mayBeMissing }, surroundings);
  return { ...plan, acceptance };
}

/**
 * Puts `logs/` in order. Holds the maintenance lock for the whole run, so runs of several windows and programs follow one
 * another. What must go to keep to the cap is decided once the archives are written and their sizes known.
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
      // Read again: the policy may have changed while another run was waited for.
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

/** What a save of the policy or of the ignore rule left when it was killed; none is under way while the lock is held. */
async function sweepInterruptedSaves(root: string, lock: FolderLock): Promise<void> {
  for (const path of [join(root, POLICY_FILE), join(root, IGNORE_FILE)]) {
    if (replacementsLeft(path).length === 0) continue;
    await lock.exclusive(() => {
      sweepReplacements(path);
    });
  }
}

/**
 * What must go to keep to the cap, now that the sizes of the archives are known. A file that could not be zipped counts
 * as if it were: nothing goes because of a failure that may pass by the next run.
 */
function cappingOf({ steps }: Plan, { files }: Seen): Step[] {
  const there = new Set(files.map(({ name }) => name));
  return steps.filter(({ name, reason }) => reason === 'cap' && there.has(name));
}

function allSkipped(planned: readonly Skip[], ...outcomes: readonly Outcome[]): Skip[] {
  return [...planned, ...outcomes.flatMap(({ skipped }) => skipped)];
}
