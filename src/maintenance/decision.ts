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
  /** The time to plan for, in ms since 1970, not checked. If it is absent, the clock is used after a check. */
  readonly now?: number | undefined;
  /** Whether to accept the policy as it is. */
  readonly accept?: boolean | undefined;
  /** The dotted keys that the user is choosing right now. */
  readonly chosen?: readonly string[];
  /** Whether to plan for an empty folder if there is none yet. */
  readonly mayBeMissing?: boolean;
  /** The contents of the folder, if the caller has just read them. */
  readonly seen?: Seen;
}

/** A plan with everything that it was made from. */
export interface Decision {
  readonly plan: Plan;
  readonly acceptance: Acceptance;
  readonly files: readonly DatedLogFile[];
  readonly now: number;
  readonly restraint: PlanInput['restraint'];
  /** What a run saves of its time; absent if the time was given. */
  readonly nextRun?: LastRun;
}

/** The contents of `logs/`, with the times of the entries. */
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

/** Whether there are files that the policy may delete. */
export function hasManaged({ retention }: Policy, files: readonly LogFile[]): boolean {
  const alsoManaged = matcherOf(retention.alsoFamilies);
  return files.some((file) => belongsToManaged(file, alsoManaged));
}

/** Whether session archives are where the policy says. If no clean-up would run there, the answer is false. */
export function hasSessions(root: string, policy: Policy): boolean {
  try {
    const { path } = sessionsPlace(root, sessionSettings(policy));
    return hasArchives(path, logsFolder(root));
  } catch (error) {
    if (isFailure(error, 'session-skipped')) return false;
    throw error;
  }
}

/** The plan for the given contents of the folder. */
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
