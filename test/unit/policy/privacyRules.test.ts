import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { policySchema, type Policy } from '../../../src/policy/policy.ts';
import { defaultPrivacyRules, lessPrivate, privacyRules } from '../../../src/policy/privacyRules.ts';

const rulesOf = (forwarding: object): ReturnType<typeof privacyRules> =>
  privacyRules(policySchema.parse({ version: 1, forwarding }));

describe('lessPrivate', () => {
  const on = { entries: true, audit: true, usage: true };
  const weaker: [strict: Partial<Policy['forwarding']>, weak: Partial<Policy['forwarding']>][] = [
    [{ entries: false }, { entries: true }],
    [{ audit: false }, { audit: true }],
    [{ usage: false }, { usage: true }],
    [{ userHash: 'hmac' }, { userHash: 'sha256' }],
    [{ redactContent: true }, { redactContent: false }],
    [{ titlesAndTags: false }, { titlesAndTags: true }],
    [{ summaries: 'buckets' }, { summaries: 'exact' }],
    [{ chatIds: 'hashed' }, { chatIds: 'plain' }],
  ];
  for (const [strict, weak] of weaker) {
    const [key = ''] = Object.keys(weak);
    it(`finds forwarding.${key}, and only in this direction`, () => {
      const [before, after] = [rulesOf({ ...on, ...strict }), rulesOf({ ...on, ...weak })];
      assert.deepEqual(lessPrivate(after, before), [`forwarding.${key}`]);
      assert.deepEqual(lessPrivate(before, after), []);
    });
  }

  it('has a row here for each key', () => {
    assert.deepEqual(
      weaker.map(([strict]) => `forwarding.${Object.keys(strict)[0] ?? ''}`).sort(),
      Object.keys(defaultPrivacyRules).sort(),
    );
  });

  it('finds nothing while nothing is sent', () => {
    const silent = rulesOf({ redactContent: false, userHash: 'sha256', titlesAndTags: true });
    assert.deepEqual(lessPrivate(silent, defaultPrivacyRules), []);
  });

  it('is empty for equal rules, whatever they are', () => {
    const any = fc.record({
      ...{ entries: fc.boolean(), audit: fc.boolean(), usage: fc.boolean(), redactContent: fc.boolean() },
      ...{ titlesAndTags: fc.boolean(), userHash: fc.constantFrom('hmac', 'sha256') },
    });
    fc.assert(
      fc.property(any, (forwarding) => lessPrivate(rulesOf(forwarding), rulesOf(forwarding)).length === 0),
    );
  });
});
