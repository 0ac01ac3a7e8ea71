import { isDeepStrictEqual } from 'node:util';
import { POLICY_FILE } from '../files/places.ts';
import { deletionRules } from '../policy/deletionRules.ts';
import type { Policy } from '../policy/policy.ts';
import { accept, acceptedRules } from './acceptance.ts';
import { recorded } from './deeds.ts';
import { stateOf, type AppContext } from './workspace.ts';

/**
 * Accepts a policy for this machine because a person says so.
 * @param onlyNew for a run that accepts each time: a policy that is accepted already is not recorded again
 * @returns the hash of the accepted rules
 * @throws Failure `audit-unavailable`, `state-unwritable`, `disk-full`
 */
export async function acceptByHand(
  root: string,
  policy: Policy,
  context: AppContext,
  { onlyNew = false } = {},
): Promise<string> {
  const state = stateOf(root, policy, context);
  const rules = acceptedRules(state);
  const before: Readonly<Record<string, unknown>> = { ...rules };
  if (onlyNew && isDeepStrictEqual(rules, deletionRules(policy))) return accept(policy, state);
  const changes = Object.fromEntries(
    Object.entries(deletionRules(policy)).map(([key, value]) => [
      key,
      { old: before[key] ?? null, new: value as unknown },
    ]),
  );
  return recorded(context, root, { action: 'policy_accepted', entity: POLICY_FILE, changes }, () =>
    accept(policy, state),
  );
}
