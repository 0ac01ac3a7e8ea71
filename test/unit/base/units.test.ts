import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { after, before, DAY_MS, longestMs, shortestMs, type Age } from '../../../src/base/units.ts';

const age: fc.Arbitrary<Age> = fc.oneof(
  fc.record({ days: fc.integer({ min: 1, max: 3650 }) }),
  fc.record({ months: fc.integer({ min: 1, max: 120 }) }),
);
const time = fc.integer({ min: 0, max: Date.parse('2100-01-01') });

describe('before', () => {
  const instants: [now: string, age: Age, expected: string][] = [
    ['2026-03-01T12:00:00.000Z', { days: 1 }, '2026-02-28T12:00:00.000Z'],
    ['2026-07-15T12:00:00.000Z', { months: 6 }, '2026-01-15T12:00:00.000Z'],
    ['2026-05-31T12:00:00.000Z', { months: 3 }, '2026-02-28T12:00:00.000Z'],
    ['2024-05-31T12:00:00.000Z', { months: 3 }, '2024-02-29T12:00:00.000Z'],
    ['2026-01-31T00:00:00.000Z', { months: 1 }, '2025-12-31T00:00:00.000Z'],
    ['2026-01-01T00:00:00.000Z', { months: 120 }, '2016-01-01T00:00:00.000Z'],
    ['2024-02-29T01:02:03.004Z', { months: 12 }, '2023-02-28T01:02:03.004Z'],
  ];
  for (const [now, length, expected] of instants)
    it(`${now} less ${JSON.stringify(length)}`, () => {
      assert.equal(new Date(before(Date.parse(now), length)).toISOString(), expected);
    });

  it('lies between the shortest and the longest length of the age', () => {
    fc.assert(
      fc.property(time, age, (now, length) => {
        const gone = now - before(now, length);
        assert.ok(gone >= shortestMs(length) && gone <= longestMs(length));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('after', () => {
  it('is when a file expires: a millisecond later it has, a millisecond before it had not', () => {
    fc.assert(
      fc.property(time, age, (entry, length) => {
        const at = after(entry, length);
        assert.ok(entry < before(at + 1, length), 'expired then');
        assert.ok(entry >= before(at - 1, length), 'not yet');
      }),
      { numRuns: 5000 },
    );
  });

  it('of 31 August and six months is the last day of February gone', () => {
    const at = after(Date.parse('2026-08-31T12:00:00Z'), { months: 6 });
    assert.ok(Math.abs(at - Date.parse('2027-03-01T00:00:00Z')) <= 1, new Date(at).toISOString());
    assert.equal(after(0, { days: 2 }), 2 * DAY_MS);
  });
});
