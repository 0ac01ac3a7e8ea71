import * as z from 'zod';
import { forwardingSchema, type Policy } from '../policy/policy.ts';
import {
  defaultPrivacyRules,
  lessPrivate,
  privacyRules,
  PRIVACY_KEYS,
  type PrivacyKey,
  type PrivacyRules,
} from '../policy/privacyRules.ts';
import { covers, hashOf } from './acceptance.ts';
import type { StateFolder } from './stateFolder.ts';

/**
 * Whether the policy on disk may send on this machine what it says. While it is pending, nothing is sent, and no usage
 * event is written. `hash` identifies the rules, so that a person accepts exactly those that were shown.
 */
export type PrivacyAcceptance =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'pending'; readonly keys: readonly PrivacyKey[]; readonly hash: string };

const STATE_NAME = 'accepted-privacy';

const stateSchema = z.strictObject({ hash: z.string(), rules: rulesSchema() });

function rulesSchema(): z.ZodType<PrivacyRules> {
  const { shape } = forwardingSchema;
  const keys = Object.entries(shape).map(([key, schema]) => [`forwarding.${key}`, schema] as const);
  return z.strictObject(Object.fromEntries(keys)) as unknown as z.ZodType<PrivacyRules>;
}

/** A policy may send without acceptance what this machine's owner chose here, and nothing more; at first nothing. */
export function privacyAcceptanceOf(policy: Policy, state: StateFolder): PrivacyAcceptance {
  const rules = privacyRules(policy);
  const keys = lessPrivate(rules, acceptedPrivacy(state));
  return keys.length === 0 ? { kind: 'accepted' } : { kind: 'pending', keys, hash: hashOf(rules) };
}

/** The last accepted rules; the defaults before the first, or if the record was changed by hand. */
export function acceptedPrivacy(state: StateFolder): PrivacyRules {
  const stored = stateSchema.safeParse(state.read(STATE_NAME));
  return stored.success && stored.data.hash === hashOf(stored.data.rules)
    ? stored.data.rules
    : defaultPrivacyRules;
}

/** Stores what the policy may send from now on. */
export function acceptPrivacy(policy: Policy, state: StateFolder): void {
  remember(privacyRules(policy), state);
}

/** Accepts the keys that the user changed here. A key from elsewhere that is not accepted yet stays so. */
export function acceptPrivacyKeys(policy: Policy, keys: readonly string[], state: StateFolder): void {
  const chosen = PRIVACY_KEYS.filter((key) => keys.some((edited) => covers(edited, key)));
  if (chosen.length === 0) return;
  const rules = privacyRules(policy);
  remember(
    { ...acceptedPrivacy(state), ...Object.fromEntries(chosen.map((key) => [key, rules[key]])) },
    state,
  );
}

/** The hash of a policy's rules of privacy. */
export function privacyHash(policy: Policy): string {
  return hashOf(privacyRules(policy));
}

function remember(rules: PrivacyRules, state: StateFolder): void {
  const hash = hashOf(rules);
  if (hashOf(acceptedPrivacy(state)) !== hash) state.write(STATE_NAME, { hash, rules });
}
