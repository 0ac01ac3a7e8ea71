import { isFailure } from '../base/failure.ts';
import { acceptanceOf, type Acceptance } from '../workspace/acceptance.ts';
import { checkClock, readLastRun, type LastRun } from '../workspace/clockCheck.ts';
import { belongsToManaged, matcherOf } from '../files/family.ts';
import { heldOpen } from '../files/heldOpen.ts';
import { kindOf, listFiles } from '../files/list.ts';
import { plan, type PlanInput } from './plan.ts';
import { estimateZipRatio } from './zipRatio.ts';
import { hasArchives } from '../files/sessionTree.ts';
import type { DatedLogFile, LogFile } from '../files/logFile.ts';
import type { Plan } from '../workspace/maintenance.ts';
import type { Policy } from '../policy/policy.ts';
import { clock, logsFolder, stateOf, times, type Surroundings } from '../workspace/workspace.ts';
import { sessionSettings, sessionsPlace } from '../workspace/sessionsFolder.ts';

export interface Question {
  readonly root: string;
  readonly policy: Policy;
  /** The time to plan for, in ms since 1970, not checked. Without it the clock counts, once it is checked. */
  readonly now?: number | undefined;
  /** The policy is accepted as it is. */
  readonly accept?: boolean | undefined;
  /** Dotted keys that a person is choosing right now. */
  readonly chosen?: readonly string[];
  /** Plan for an empty folder where there is none yet. */
  readonly mayBeMissing?: boolean;
  /** What was just seen in the folder, if somebody looked already. */
  readonly seen?: Seen;
}

/** A plan with all that it was made from. */
export interface Decision {
  readonly plan: Plan;
  readonly acceptance: Acceptance;
  readonly files: readonly DatedLogFile[];
  readonly now: number;
  readonly restraint: PlanInput['restraint'];
  /** What a run remembers of its time; absent where the time was given. */
  readonly nextRun?: LastRun;
}

/** What stands in `logs/`, with the entries' times. */
export interface Seen {
  readonly files: readonly DatedLogFile[];
  readonly notFiles: readonly string[];
}

export async function look(root: string): Promise<Seen> {
  const folder = logsFolder(root);
  const { files, notFiles } = listFiles(folder);
  return { files: await times.date(folder, files), notFiles };
}

/** Looks at the folder and plans. Changes nothing. */
export async function decisionFor(question: Question, surroundings: Surroundings): Promise<Decision> {
  const { root, policy } = question;
  const isMissing = question.mayBeMissing === true && kindOf(logsFolder(root)) === 'missing';
  const seen = question.seen ?? (isMissing ? { files: [], notFiles: [] } : await look(root));
  const state = stateOf(root, policy, surroundings);
  const atStake = { logs: () => hasManaged(policy, seen.files), sessions: () => hasSessions(root, policy) };
  const acceptance: Acceptance =
    question.accept === true ? { kind: 'accepted' } : acceptanceOf(policy, state, atStake, question.chosen);
  const now = question.now ?? clock();
  const check = question.now === undefined ? checkClock(readLastRun(state), now) : undefined;
  const isDoubted = check?.trusted === false;
  const restraint = acceptance.kind === 'pending' ? 'unaccepted' : isDoubted ? 'clock' : undefined;
  return {
    plan: planFor(root, policy, seen, now, restraint),
    acceptance,
    files: seen.files,
    now,
    restraint,
    ...(check !== undefined && { nextRun: check.next }),
  };
}

/** Whether files are there that the policy may delete. */
export function hasManaged({ retention }: Policy, files: readonly LogFile[]): boolean {
  const alsoManaged = matcherOf(retention.alsoFamilies);
  return files.some((file) => belongsToManaged(file, alsoManaged));
}

/** Whether session archives are where the policy says; where no clean-up would come, there are none. */
export function hasSessions(root: string, policy: Policy): boolean {
  try {
    const { path } = sessionsPlace(root, sessionSettings(policy));
    return hasArchives(path, logsFolder(root));
  } catch (error) {
    if (isFailure(error, 'session-skipped')) return false;
    throw error;
  }
}

/** The plan for what was seen. */
export function planFor(
  root: string,
  policy: Policy,
  { files, notFiles }: Seen,
  now: number,
  restraint: PlanInput['restraint'],
): Plan {
  const folder = logsFolder(root);
  const plain = files.filter(({ parts }) => parts.kind === 'active' || parts.kind === 'rotated');
  return plan({
    files,
    policy,
    now,
    zipRatio: estimateZipRatio(folder, files),
    heldOpen: heldOpen(
      folder,
      plain.map(({ name }) => name),
    ),
    notFiles,
    restraint,
  });
}
