import { defaultPolicy, type Policy } from './policy.ts';

/** The part of a policy that decides what may leave the machine, by dotted key. */
export type PrivacyRules = {
  readonly [K in keyof Policy['forwarding'] as `forwarding.${K}`]: Policy['forwarding'][K];
};

export type PrivacyKey = keyof PrivacyRules;

export function privacyRules({ forwarding }: Policy): PrivacyRules {
  return {
    'forwarding.entries': forwarding.entries,
    'forwarding.audit': forwarding.audit,
    'forwarding.usage': forwarding.usage,
    'forwarding.userHash': forwarding.userHash,
    'forwarding.redactContent': forwarding.redactContent,
    'forwarding.titlesAndTags': forwarding.titlesAndTags,
    'forwarding.summaries': forwarding.summaries,
    'forwarding.chatIds': forwarding.chatIds,
  };
}

export const defaultPrivacyRules: PrivacyRules = privacyRules(defaultPolicy);

/** The values of each key, the most private first. */
const fromStrict: { readonly [K in PrivacyKey]: readonly PrivacyRules[K][] } = {
  'forwarding.entries': [false, true],
  'forwarding.audit': [false, true],
  'forwarding.usage': [false, true],
  'forwarding.userHash': ['hmac', 'sha256'],
  'forwarding.redactContent': [true, false],
  'forwarding.titlesAndTags': [false, true],
  'forwarding.summaries': ['buckets', 'exact'],
  'forwarding.chatIds': ['hashed', 'plain'],
};

export const PRIVACY_KEYS = Object.keys(fromStrict) as readonly PrivacyKey[];

/** The keys by which `rules` send more than `accepted`; none while they send nothing at all. */
export function lessPrivate(rules: PrivacyRules, accepted: PrivacyRules): readonly PrivacyKey[] {
  if (!sendsSomething(rules)) return [];
  const rank = (key: PrivacyKey, of: PrivacyRules): number =>
    (fromStrict[key] as readonly unknown[]).indexOf(of[key]);
  return PRIVACY_KEYS.filter((key) => rank(key, rules) > rank(key, accepted));
}

function sendsSomething(rules: PrivacyRules): boolean {
  return rules['forwarding.entries'] || rules['forwarding.audit'] || rules['forwarding.usage'];
}
