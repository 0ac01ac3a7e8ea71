import type { Policy } from '../policy/policy.ts';
import type { Valves } from '../policy/environment.ts';

export type SessionSettings = Policy['sessions'];

/** What holds for session archives: the policy, and over it what the environment sets. */
export function sessionSettings(policy: Policy, valves: Valves = {}): SessionSettings {
  return { ...policy.sessions, ...valves };
}
