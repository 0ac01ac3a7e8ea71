import { isDeepStrictEqual } from 'node:util';
import { POLICY_FILE } from '../files/places.ts';
import { deletionRules } from '../policy/deletionRules.ts';
import type { Policy } from '../policy/policy.ts';
import { privacyRules } from '../policy/privacyRules.ts';
import { accept, acceptedRules } from './acceptance.ts';
import { recorded } from './deeds.ts';
import { acceptedPrivacy, acceptPrivacy, privacyHash } from './privacyAcceptance.ts';
import { stateOf, type AppContext } from './workspace.ts';

/**
 * Accepts a policy for this machine because a person says so.
 * @param onlyNew for a run that accepts each time: a policy that is accepted already is not recorded again
 * @param part what the person was shown; all of it if it is left out
 * @returns the hash of the accepted rules: those of deletion, unless privacy alone was accepted
 * @throws Failure `audit-unavailable`, `state-unwritable`, `disk-full`
 */
export async function acceptByHand(
  root: string,
  policy: Policy,
  context: AppContext,
  { onlyNew = false, part }: { readonly onlyNew?: boolean; readonly part?: 'deletion' | 'privacy' } = {},
): Promise<string> {
  const state = stateOf(root, policy, context);
  const rules = acceptedRules(state);
  const before: Readonly<Record<string, unknown>> = { ...rules, ...acceptedPrivacy(state) };
  const after = {
    ...(part !== 'privacy' && deletionRules(policy)),
    ...(part !== 'deletion' && privacyRules(policy)),
  };
  const acceptIt = (): string => {
    if (part !== 'deletion') acceptPrivacy(policy, state);
    return part === 'privacy' ? privacyHash(policy) : accept(policy, state);
  };
  if (onlyNew && isDeepStrictEqual({ ...rules, ...acceptedPrivacy(state) }, after)) return acceptIt();
  const changes = Object.fromEntries(
    Object.entries(after).map(([key, value]) => [key, { old: before[key] ?? null, new: value }]),
  );
  return recorded(context, root, { action: 'policy_accepted', entity: POLICY_FILE, changes }, acceptIt);
}
