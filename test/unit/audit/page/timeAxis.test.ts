import assert from 'node:assert/strict';
import fc from 'fast-check';
import { barOf, timeAxis } from '../../../../src/audit/page/timeAxis.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const midnight = Date.UTC(2026, 10, 30) / 1000;

describe('timeAxis', () => {
  for (const [name, from, to, most, offset, expected] of [
    ['seconds', midnight, midnight + 9, 10, 0, { start: midnight, step: 1, bars: 10 }],
    ['one moment', midnight, midnight, 90, 0, { start: midnight, step: 1, bars: 1 }],
    ['a day in hours', midnight + 5, midnight + DAY - 1, 30, 0, { start: midnight, step: HOUR, bars: 24 }],
    [
      'days of the zone',
      midnight,
      midnight + 29 * DAY,
      31,
      5 * HOUR,
      { start: midnight - 5 * HOUR, step: DAY, bars: 30 },
    ],
    [
      'a range that ends before it begins',
      midnight,
      midnight - 5,
      10,
      0,
      { start: midnight, step: 1, bars: 1 },
    ],
  ] as const)
    it(`divides ${name}`, () => {
      assert.deepEqual(timeAxis(from, to, most, offset), expected);
    });

  it('has at most as many bars as there is room for, and each time of its range is in one', () => {
    const times = fc.integer({ min: 946_684_800, max: 253_402_300_799 });
    const offsets = fc.integer({ min: -14 * 4, max: 14 * 4 }).map((quarters) => quarters * 900);
    fc.assert(
      fc.property(times, times, fc.integer({ min: 2, max: 300 }), offsets, (one, other, most, offset) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const axis = timeAxis(from, to, most, offset);
        assert.ok(axis.bars <= most);
        assert.equal(barOf(axis, from), 0);
        assert.equal(barOf(axis, to), axis.bars - 1);
        assert.equal(barOf(axis, axis.start - 1), undefined);
        assert.equal(barOf(axis, axis.start + axis.step * axis.bars), undefined);
      }),
    );
  });
});
