import { acceptanceOf, type Acceptance, type AtStake } from '../workspace/acceptance.ts';
import { checkClock, readLastRun, type LastRun } from '../workspace/clockCheck.ts';
import { belongsToManaged, matcherOf } from './family.ts';
import { canExpire } from './pruneStep.ts';
import { kindOf, listFiles } from '../files/list.ts';
import { hasArchives } from '../files/sessionTree.ts';
import type { LogFile } from '../files/logFile.ts';
import type { Plan, Restraint } from '../workspace/maintenance.ts';
import type { DeletionKey } from '../policy/deletionRules.ts';
import type { Policy } from '../policy/policy.ts';
import { clock, logsFolder, stateOf, type Surroundings } from '../workspace/workspace.ts';
import { placeIfUsable } from '../workspace/sessionsFolder.ts';
import { usedFolders } from '../workspace/usedSessionFolders.ts';

/**
 * A kind of files that the policy lets expire, such as the logs: how to list them and plan for them. Times are in ms
 * since 1970. An area changes no file; `Work` of `carryOut.ts` does the steps.
 */
export interface Area<Seen, AreaPlan extends Plan = Plan> {
  /** Absolute. */
  readonly root: string;
  readonly policy: Policy;
  /** Lists the files, with the facts that a plan needs. */
  readonly look: (now: number) => Promise<Seen>;
  /** Which files the policy could delete, as far as the listed files show it. */
  readonly atStake: (seen: Seen) => Partial<AtStake>;
  /** Whether no file may be deleted until this key of the policy is accepted. */
  readonly waitsFor: (key: DeletionKey) => boolean;
  /** The plan for the listed files. */
  readonly plan: (seen: Seen, now: number, restraint: Restraint | undefined) => AreaPlan;
}

export interface Question<Seen> {
  /** The time to plan for, in ms since 1970, not checked. If it is absent, the clock is used after a check. */
  readonly now?: number | undefined;
  /** Whether to accept the policy as it is. */
  readonly accept?: boolean | undefined;
  /** The dotted keys that the user is choosing right now. */
  readonly chosen?: readonly string[];
  /** The files, if the caller has just listed them. */
  readonly seen?: Seen | undefined;
}

/** A plan with everything that it was made from. */
export interface Decision<Seen, AreaPlan extends Plan = Plan> {
  readonly plan: AreaPlan;
  /** The acceptance of the keys that the area waits for. */
  readonly acceptance: Acceptance;
  readonly seen: Seen;
  readonly now: number;
  readonly restraint: Restraint | undefined;
  readonly toRemember: ToRemember;
}

/** The part of a decision that a run saves. */
export interface ToRemember {
  /** The acceptance of the whole policy. */
  readonly acceptance: Acceptance;
  /** Absent if the time was given. */
  readonly nextRun?: LastRun;
}

/** Lists the files of an area and plans for them. It changes nothing. */
export async function decisionFor<Seen, AreaPlan extends Plan>(
  area: Area<Seen, AreaPlan>,
  question: Question<Seen>,
  surroundings: Surroundings,
): Promise<Decision<Seen, AreaPlan>> {
  const { root, policy } = area;
  const now = question.now ?? clock();
  const seen = question.seen ?? (await area.look(now));
  const state = stateOf(root, policy, surroundings);
  const atStake = { ...atStakeIn(root, policy, surroundings), ...area.atStake(seen) };
  const whole: Acceptance =
    question.accept === true ? { kind: 'accepted' } : acceptanceOf(policy, state, atStake, question.chosen);
  const acceptance = acceptanceIn(area, whole);
  const check = question.now === undefined ? checkClock(readLastRun(state), now) : undefined;
  const isDoubted = check?.trusted === false;
  const restraint = policy.retention.hold
    ? 'hold'
    : acceptance.kind === 'pending'
      ? 'unaccepted'
      : isDoubted
        ? 'clock'
        : undefined;
  return {
    plan: area.plan(seen, now, restraint),
    acceptance,
    seen,
    now,
    restraint,
    toRemember: { acceptance: whole, ...(check !== undefined && { nextRun: check.next }) },
  };
}

/** The acceptance without the keys that the area does not wait for. */
function acceptanceIn({ waitsFor }: Pick<Area<unknown>, 'waitsFor'>, whole: Acceptance): Acceptance {
  if (whole.kind === 'accepted') return whole;
  const keys = whole.keys.filter(waitsFor);
  return keys.length === 0 ? { kind: 'accepted' } : { ...whole, keys };
}

function atStakeIn(root: string, policy: Policy, surroundings: Surroundings): AtStake {
  const logs = logsFolder(root);
  return {
    logs: () =>
      kindOf(logs) === 'folder' && (hasManaged(policy, listFiles(logs).files) || canExpire(root, policy)),
    sessions: () => hasSessions(root, policy, surroundings),
  };
}

/** Whether there are files that the policy may delete. */
export function hasManaged({ retention }: Policy, files: readonly LogFile[]): boolean {
  const alsoManaged = matcherOf(retention.alsoFamilies);
  return files.some((file) => belongsToManaged(file, alsoManaged));
}

/**
 * Whether session archives are where the policy says, or in a folder that was used. Where no clean-up would run, the
 * answer is false.
 */
export function hasSessions(root: string, policy: Policy, surroundings: Surroundings): boolean {
  const dirs = [policy.sessions.dir, ...usedFolders(root, surroundings).map(({ folder }) => folder)];
  return dirs.some((dir) => {
    const place = placeIfUsable(root, { ...policy.sessions, dir });
    return place !== undefined && hasArchives(place.path, logsFolder(root));
  });
}
