import assert from 'node:assert/strict';
import { filterOf, isFiltered, rangeOf, withoutChip } from '../../../src/webview/audit/filters.ts';

const NOW = 1000;

describe('filterOf', () => {
  for (const [choice, expected] of [
    [{}, {}],
    [{ text: '' }, {}],
    [
      { user: 'anna', kind: 'plan', thing: '' },
      { user: 'anna', entityType: 'plan', entityId: '' },
    ],
    [{ range: 60 }, { from: 940 }],
    [{ range: { from: 1, to: 9 } }, { from: 1, to: 9 }],
    [
      { range: 60, brush: { from: 950, to: 960 } },
      { from: 950, to: 960 },
    ],
    [
      { range: 60, brush: { to: 960 } },
      { from: 940, to: 960 },
    ],
    [
      { action: 'login', text: 'x' },
      { action: 'login', text: 'x' },
    ],
  ] as const)
    it(`of ${JSON.stringify(choice)} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(filterOf(choice, NOW), expected);
    });
});

describe('a choice', () => {
  it('loses a thing with its kind, and a kind stays without its thing', () => {
    const choice = { user: 'anna', kind: 'plan', thing: 'pro' };
    assert.deepEqual(filterOf(withoutChip(choice, 'kind'), NOW), { user: 'anna' });
    assert.deepEqual(filterOf(withoutChip(choice, 'thing'), NOW), { user: 'anna', entityType: 'plan' });
  });

  it('is no filter without a part', () => {
    assert.equal(isFiltered({}), false);
    assert.equal(isFiltered({ text: '' }), false);
    assert.equal(isFiltered({ range: 60 }), true);
    assert.equal(isFiltered({ brush: { to: 1 } }), true);
    assert.deepEqual(rangeOf({}, NOW), {});
  });
});
