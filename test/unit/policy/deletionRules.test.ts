import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { before, DAY_MS, type Age } from '../../../src/base/units.ts';
import {
  defaultDeletionRules,
  deletionRules,
  moreDestructive,
  type DeletionKey,
  type DeletionRules,
} from '../../../src/policy/deletionRules.ts';
import { policySchema } from '../../../src/policy/policy.ts';

const differences: [key: DeletionKey, accepted: unknown, now: unknown, more: boolean][] = [
  ['retention.maxAge', { months: 6 }, { months: 6 }, false],
  ['retention.maxAge', { months: 6 }, { months: 5 }, true],
  ['retention.maxAge', { months: 6 }, { months: 7 }, false],
  ['retention.maxAge', { days: 30 }, { days: 29 }, true],
  ['retention.maxAge', { days: 30 }, { days: 31 }, false],
  ['retention.maxAge', { months: 1 }, { days: 30 }, true],
  ['retention.maxAge', { months: 1 }, { days: 31 }, false],
  ['retention.maxAge', { days: 28 }, { months: 1 }, false],
  ['retention.maxAge', { days: 29 }, { months: 1 }, true],
  ['retention.maxAge', { months: 12 }, { days: 365 }, true],
  ['retention.maxAge', { days: 365 }, { months: 12 }, false],
  ['retention.maxFolderMB', 1024, 1023, true],
  ['retention.maxFolderMB', 1024, 1025, false],
  ['retention.alsoFamilies', [], ['*'], true],
  ['retention.alsoFamilies', ['a', 'b'], ['b'], false],
  ['retention.alsoFamilies', ['a'], ['a', 'a'], false],
  ['retention.alsoFamilies', ['a'], ['A'], true],
  ['retention.hold', true, false, true],
  ['retention.hold', false, true, false],
  ['sessions.dir', 'a', 'b', true],
  ['sessions.retentionDays', 90, 89, true],
  ['sessions.retentionDays', 90, 91, false],
  ['audit.maxAge', null, { months: 120 }, true],
  ['audit.maxAge', { days: 1 }, null, false],
  ['audit.maxAge', null, null, false],
  ['audit.maxAge', { months: 2 }, { months: 1 }, true],
];

describe('moreDestructive', () => {
  for (const [key, accepted, now, more] of differences)
    it(`${key} from ${JSON.stringify(accepted)} to ${JSON.stringify(now)}: ${more ? 'yes' : 'no'}`, () => {
      const keys = moreDestructive(
        { ...defaultDeletionRules, [key]: now },
        { ...defaultDeletionRules, [key]: accepted },
      );
      assert.deepEqual(keys, more ? [key] : []);
    });

  it('looks at every key that deletes', () => {
    const all: DeletionRules = {
      'retention.maxAge': { days: 1 },
      'retention.maxFolderMB': 1,
      'retention.alsoFamilies': ['*'],
      'retention.hold': false,
      'sessions.dir': 'elsewhere',
      'sessions.retentionDays': 1,
      'audit.maxAge': { days: 1 },
    };
    const keys = moreDestructive(all, { ...defaultDeletionRules, 'retention.hold': true });
    assert.deepEqual([...keys].sort(), Object.keys(defaultDeletionRules).sort());
  });

  const age: fc.Arbitrary<Age> = fc.oneof(
    fc.record({ days: fc.integer({ min: 1, max: 3650 }) }),
    fc.record({ months: fc.integer({ min: 1, max: 120 }) }),
  );
  it('an age that passes never expires anything earlier, on any day', () => {
    const now = fc.integer({ min: 0, max: 40_000 }).map((day) => day * DAY_MS);
    fc.assert(
      fc.property(age, age, now, (accepted, next, time) => {
        const rules = (value: Age): DeletionRules => ({ ...defaultDeletionRules, 'retention.maxAge': value });
        if (moreDestructive(rules(next), rules(accepted)).length > 0) return;
        assert.ok(before(time, next) <= before(time, accepted));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('deletionRules', () => {
  it('reads the policy’s keys by their names', () => {
    const policy = policySchema.parse({
      version: 1,
      retention: { maxAge: { days: 2 }, maxFolderMB: 3, alsoFamilies: ['x'], hold: true },
      sessions: { dir: 'd', retentionDays: 4 },
      audit: { maxAge: { months: 5 } },
    });
    assert.deepEqual(deletionRules(policy), {
      'retention.maxAge': { days: 2 },
      'retention.maxFolderMB': 3,
      'retention.alsoFamilies': ['x'],
      'retention.hold': true,
      'sessions.dir': 'd',
      'sessions.retentionDays': 4,
      'audit.maxAge': { months: 5 },
    });
  });
});
