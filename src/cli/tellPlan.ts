import {
  describe,
  describeIgnoreChange,
  describeSkip,
  describeStep,
  describeTracked,
  printable,
  summarise,
} from '../words/failures.ts';
import { formatNumber, plural } from '../base/locale.ts';
import type { Acceptance } from '../workspace/acceptance.ts';
import type { FailureMessage } from '../base/failure.ts';
import type { Plan, Skip } from '../workspace/maintenance.ts';
import { Exit } from './verb.ts';
import { printError, printJson, printLine } from './output.ts';
import type { GitCare } from '../git/keepIgnored.ts';

/** How long to wait for another run, in ms. */
export const PATIENCE_MS = 60_000;

/**
 * Prints the steps that a run did or would do, and the `folders` that it removed, if it removes folders. Skipped files
 * go to standard error.
 */
export async function tellPlan(
  plan: Plan,
  {
    json,
    isDry,
    folders,
  }: { readonly json: boolean; readonly isDry: boolean; readonly folders?: readonly string[] },
): Promise<void> {
  const { steps, skipped, before, after } = plan;
  if (json) await printJson({ steps, skipped, before, after, folders });
  else {
    for (const step of steps) await printLine(describeStep(step));
    for (const folder of folders ?? []) await printLine(`remove ${printable(folder)} (empty)`);
    await printLine(summaryOf(plan, folders ?? []) + (isDry ? ' (dry run: nothing was changed)' : ''));
  }
  for (const skip of skipped) printError(describeSkip(skip));
}

function summaryOf(plan: Plan, { length }: readonly string[]): string {
  if (plan.steps.length > 0 || length === 0) return summarise(plan);
  const number = formatNumber(length);
  return plural(length, { one: `${number} empty folder removed`, other: `${number} empty folders removed` });
}

interface Outcome {
  readonly acceptance: Acceptance;
  readonly skipped: readonly Skip[];
  readonly failed: readonly { readonly failure: FailureMessage }[];
  readonly cancelled: boolean;
}

/** Prints what went wrong in a run. @param verb the verb that shows the plan */
export function tellOutcome(outcome: Outcome, verb: string): Exit {
  for (const { failure } of outcome.failed) printError(describe(failure));
  if (outcome.cancelled) printError('Cancelled: the steps above were done, the rest was not.');
  const pending = tellPending(outcome, verb);
  return outcome.failed.length > 0 ? Exit.failed : outcome.cancelled ? Exit.refused : pending;
}

/**
 * A deletion that waits for acceptance counts as a refusal.
 * @param verb the verb that shows the plan
 */
export function tellPending(
  { acceptance, skipped }: Pick<Outcome, 'acceptance' | 'skipped'>,
  verb: string,
): Exit {
  if (acceptance.kind === 'accepted' || !skipped.some(({ reason }) => reason === 'unaccepted'))
    return Exit.done;
  printError(
    `The policy became more destructive (${acceptance.keys.join(', ')}) and was not accepted on this machine. ` +
      `Look at it with “${verb} --dry-run --accept”, then run “policy --accept”.`,
  );
  return Exit.refused;
}

/** Prints what was done about the ignore rule, and which logs Git tracks. */
export function tellAboutGit({ added, tracked, failure }: GitCare): void {
  if (added !== undefined) printError(describeIgnoreChange(added));
  if (failure !== undefined) printError(`The ignore rule could not be added: ${describe(failure)}`);
  if (tracked.length > 0) printError(describeTracked(tracked));
}
