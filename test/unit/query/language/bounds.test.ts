import assert from 'node:assert/strict';
import {
  type Clock,
  readBound,
  readDuration,
  readNumber,
  readTime,
} from '../../../../src/query/language/bounds.ts';
import { inZone } from '../../inZone.ts';

const clock: Clock = { now: Date.UTC(2026, 10, 1, 12, 0, 0, 5), zone: 'utc' };

describe('readTime', () => {
  /** A time, and its span: the first instant, and the first one behind it. */
  const rows: readonly (readonly [string, string, string])[] = [
    ['now', '2026-11-01T12:00:00.005Z', '2026-11-01T12:00:00.006Z'],
    ['now-2h', '2026-11-01T10:00:00.005Z', '2026-11-01T10:00:00.006Z'],
    ['now-1.5s', '2026-11-01T11:59:58.505Z', '2026-11-01T11:59:58.506Z'],
    ['now+1d', '2026-11-02T12:00:00.005Z', '2026-11-02T12:00:00.006Z'],
    ['today', '2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'],
    ['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2026-01-31T10', '2026-01-31T10:00:00.000Z', '2026-01-31T11:00:00.000Z'],
    ['2026-01-31T10:05', '2026-01-31T10:05:00.000Z', '2026-01-31T10:06:00.000Z'],
    ['2026-01-31 10:05:07', '2026-01-31T10:05:07.000Z', '2026-01-31T10:05:08.000Z'],
    ['2026-01-31T10:05:07.25Z', '2026-01-31T10:05:07.250Z', '2026-01-31T10:05:07.260Z'],
    ['2026-01-31T10:05:07,123Z', '2026-01-31T10:05:07.123Z', '2026-01-31T10:05:07.124Z'],
    ['2026-01-31T10:05+05:30', '2026-01-31T04:35:00.000Z', '2026-01-31T04:36:00.000Z'],
    ['2026-01-31t1005z', '2026-01-31T10:05:00.000Z', '2026-01-31T10:06:00.000Z'],
    ['2026-01-31T10-08', '2026-01-31T18:00:00.000Z', '2026-01-31T19:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z', '2017-01-01T00:00:01.000Z'],
    ['1970-01-01', '1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z', '0001-01-02T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z', '+010000-01-01T00:00:00.000Z'],
  ];
  for (const [text, from, to] of rows)
    it(`reads ${text}`, () => {
      assert.deepEqual(readTime(text, clock), { from: Date.parse(from), to: Date.parse(to) });
    });

  const wrong = [
    ...['2026', '2026-13', '2025-02-29', '2026-01-31T24', '2026-01-31T10:60', '2026-01-31T10:05:61'],
    ...['2026-01-31T10:05+24:00', '2026-01-31T10:05+01:60', '2026-01-31Z', 'now-2', 'now-2y', 'now -2h'],
    ...['Today', 'today-1d', 'yesterday', '', '20260131'],
  ];
  for (const text of wrong)
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(readTime(text, clock), undefined);
    });

  it('takes a day of this process’s zone as long as it is when the clocks change, at midnight too', () => {
    const spans = (zone: string, now: string, text: string): readonly string[] =>
      inZone(
        zone,
        ['readTime', 'query/language/bounds.ts'],
        `Object.values(readTime('${text}', { now: Date.parse('${now}'), zone: 'local' })).map((time) => new Date(time).toISOString())`,
      );
    // 25 hours; and a day that begins at 1:00, since there is no midnight.
    assert.deepEqual(spans('America/New_York', '2026-11-01T20:00:00Z', 'today'), [
      '2026-11-01T04:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
    ]);
    assert.deepEqual(spans('Africa/Cairo', '2026-11-01T20:00:00Z', '2026-04-24'), [
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
    ]);
    assert.deepEqual(spans('Asia/Tokyo', '2026-11-01T20:00:00Z', '2026-01-31T10:05'), [
      '2026-01-31T01:05:00.000Z',
      '2026-01-31T01:06:00.000Z',
    ]);
    assert.deepEqual(spans('Asia/Tokyo', '2026-11-01T20:00:00Z', '2026-01-31T10:05Z'), [
      '2026-01-31T10:05:00.000Z',
      '2026-01-31T10:06:00.000Z',
    ]);
  });
});

describe('readNumber, readDuration and readBound', () => {
  it('read numbers in JSON’s syntax', () => {
    for (const text of ['0', '-0', '5e2', '-1.5E-3', '12345678901234567890'])
      assert.equal(readNumber(text), Number(text));
    for (const text of ['', '+5', '05', '.5', '5.', '0x10', '1_000', 'Infinity', ' 5', '5 '])
      assert.equal(readNumber(text), undefined, text);
  });

  it('read durations in ms', () => {
    const rows = { '250ms': 250, '1.5s': 1500, '2m': 120_000, '0.5h': 1_800_000 };
    for (const [text, value] of Object.entries(rows)) assert.equal(readDuration(text), value);
    for (const text of ['5', 's', '-1s', '1 s', '1d', '1S', '1m30s'])
      assert.equal(readDuration(text), undefined);
  });

  it('tell a number, a duration and a time apart', () => {
    const kinds = ['5', '5s', 'now', '2026-01', 'x'].map((text) => readBound(text, clock)?.kind);
    assert.deepEqual(kinds, ['number', 'duration', 'time', 'time', undefined]);
  });
});
