import assert from 'node:assert/strict';
import {
  badgeOf,
  describeTotal,
  describeVerification,
  withoutId,
} from '../../../../src/vscode/audit/verificationTexts.ts';

const now = { records: 1200, sealed: 1000 };
const checkedOf = (result: object) =>
  withoutId({ state: 'sound', records: 1200, sealed: 1000, ...result }, 5);

describe('badgeOf', () => {
  for (const [name, checked, isBusy, expected] of [
    [
      'no verification',
      undefined,
      false,
      ['none', 'Not verified yet', '1,000 of 1,200 records under the newest checkpoint'],
    ],
    ['one that runs', checkedOf({}), true, ['busy', 'Verifying…', '']],
    [
      'a sound trail',
      checkedOf({}),
      false,
      ['sound', 'Sound', '1,000 of 1,200 records under the newest checkpoint'],
    ],
    [
      'no key',
      checkedOf({ state: 'unknown' }),
      false,
      ['unknown', 'Cannot be told', 'no known key signed a checkpoint'],
    ],
    [
      'an altered record',
      checkedOf({ state: 'tampered', first: { kind: 'altered', seq: 1041, id: 'x' } }),
      false,
      ['tampered', 'Changed', 'record 1,041 was altered'],
    ],
    [
      'a stretch',
      checkedOf({ state: 'tampered', first: { kind: 'removed', seq: 256, from: 256, to: 511 } }),
      false,
      ['tampered', 'Changed', 'something in the records 256 to 511 was removed'],
    ],
  ] as const)
    it(`of ${name}`, () => {
      const { tone, title, detail, seq } = badgeOf(checked, isBusy, now);
      assert.deepEqual([tone, title, detail], expected);
      assert.equal(seq, tone === 'tampered' ? checked?.result.first?.seq : undefined);
    });
});

describe('what is remembered of a verification', () => {
  it('holds no id of a record', () => {
    const checked = checkedOf({ state: 'tampered', first: { kind: 'altered', seq: 1, id: 'secret' } });
    assert.doesNotMatch(JSON.stringify(checked), /secret/);
    assert.match(describeVerification(checked, 'billing'), /billing was changed: record 1 was altered\.$/);
  });
});

describe('describeTotal', () => {
  for (const [shown, records, expected] of [
    [0, 0, '0 records'],
    [1, 1, '1 record'],
    [1200, 1200, '1,200 records'],
    [3, 1200, '3 of 1,200 records'],
  ] as const)
    it(expected, () => {
      assert.equal(describeTotal(shown, records), expected);
    });
});
