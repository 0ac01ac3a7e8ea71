import { judge } from '../../workspace/acceptance.ts';
import type { Acceptance } from '../../workspace/acceptance.ts';
import type { CleanInput as PlanInput } from './sessionPlan.ts';
import { checkClock, readLastRun } from '../../workspace/clockCheck.ts';
import { kindOf, listFiles } from '../../files/list.ts';
import { hasArchives } from '../../files/sessionTree.ts';
import type { DeletionKey } from '../../policy/deletionRules.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Valves } from '../../policy/environment.ts';
import { clock, logsFolder, stateOf } from '../../workspace/workspace.ts';
import type { Surroundings } from '../../workspace/workspace.ts';
import { hasManaged, hasSessions } from '../decide.ts';
import type { Decision } from '../decide.ts';

interface Question {
  readonly root: string;
  readonly policy: Policy;
  readonly valves?: Valves | undefined;
  /** Absolute path of the folder of session archives. */
  readonly path: string;
  /** As `CleanInput` has it. */
  readonly now?: number | undefined;
  readonly accept?: boolean | undefined;
}

interface Judgement {
  /** Of what concerns session archives alone. */
  readonly acceptance: Acceptance;
  readonly now: number;
  readonly restraint: PlanInput['restraint'];
  /** What a run remembers: the policy as a whole, and the time. */
  readonly run: Pick<Decision, 'acceptance' | 'nextRun'>;
}

/** Whether session archives may be deleted now. Keys that the environment sets need no acceptance. */
export function judgeClean(
  { root, policy, valves, path, now: given, accept }: Question,
  surroundings: Surroundings,
): Judgement {
  const state = stateOf(root, policy, surroundings);
  const logs = logsFolder(root);
  const whole: Acceptance =
    accept === true
      ? { kind: 'accepted' }
      : judge(policy, state, {
          logs: () => kindOf(logs) === 'folder' && hasManaged(policy, listFiles(logs).files),
          sessions: () => hasArchives(path, logs) || hasSessions(root, policy),
        });
  const acceptance = ofSessions(whole, valves);
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

function ofSessions(acceptance: Acceptance, valves: Valves = {}): Acceptance {
  if (acceptance.kind === 'accepted') return acceptance;
  const concerned: DeletionKey[] = ['retention.hold'];
  if (valves.dir === undefined) concerned.push('sessions.dir');
  if (valves.retentionDays === undefined) concerned.push('sessions.retentionDays');
  const keys = acceptance.keys.filter((key) => concerned.includes(key));
  return keys.length === 0 ? { kind: 'accepted' } : { ...acceptance, keys };
}
