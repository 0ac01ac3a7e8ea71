import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatTime, timestampOf } from '../../../src/entries/timestamp.ts';

const now = Date.parse('2026-03-04T05:06:07.089Z');
const written = '2026-03-04T05:06:07.089Z';
const [first, last] = [Date.parse('0000-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

describe('timestamp', () => {
  it('formatTime is toISOString, for any time in any order', () => {
    const times = fc.oneof(
      fc.integer({ min: first, max: last }),
      fc.integer({ min: now - 2000, max: now + 2000 }),
    );
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (list) => {
        for (const time of list) assert.equal(formatTime(time), new Date(time).toISOString());
      }),
      { numRuns: 2000 },
    );
  });

  const formats: [time: number, text: string][] = [
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [first, '0000-01-01T00:00:00.000Z'],
    [last, '9999-12-31T23:59:59.999Z'],
    [0.9, '1970-01-01T00:00:00.000Z'],
    // Years of more than four digits would sort wrongly.
    [last + 1, '9999-12-31T23:59:59.999Z'],
    [first - 1, '0000-01-01T00:00:00.000Z'],
    [Number.POSITIVE_INFINITY, '9999-12-31T23:59:59.999Z'],
  ];
  for (const [time, text] of formats)
    it(`formatTime(${String(time)}) is ${text}`, () => {
      assert.equal(formatTime(time), text);
    });

  const values: [value: unknown, text: string][] = [
    [undefined, written],
    [null, written],
    ['', written],
    ['yesterday', written],
    ['2026-13-45T99:99:99Z', written],
    [Number.NaN, written],
    [-5, written],
    [{}, written],
    [true, written],
    [new Date(Number.NaN), written],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [1_700_000_000, '2023-11-14T22:13:20.000Z'],
    [1_700_000_000.5, '2023-11-14T22:13:20.500Z'],
    [1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
    // In UTC a time stays as it is written, as precise as it is.
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05.1Z', '2026-01-02T03:04:05.1Z'],
    ['2026-01-02T03:04:05.123456Z', '2026-01-02T03:04:05.123456Z'],
    // Other forms are converted into this form.
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04Z', '2026-01-02T03:04:00.000Z'],
    ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
    ['2026-02-31T12:00:00Z', '2026-03-03T12:00:00.000Z'],
    ['2026-01-02T03:04:05Z","user":"forged', written],
    ['2026-01-02T03:04:05Z\n', written],
  ];
  for (const [value, text] of values)
    it(`an entry’s time ${value instanceof Date ? String(value.getTime()) : JSON.stringify(value)} is written ${text}`, () => {
      assert.equal(timestampOf(value) ?? formatTime(now), text);
    });
});
