import assert from 'node:assert/strict';
import { findTime, timeOfValue } from '../../../../src/query/readers/times.ts';
import { randomOf, size } from '../../../chance.ts';
import { pick } from '../generatedLogs.ts';

const parts: readonly (readonly string[])[] = [
  ['2026', '1970', '9999', '0099', '2024'],
  ['-', '/'],
  ['01', '02', '12', '00', '13', '06'],
  ['-', '/'],
  ['01', '28', '29', '30', '31', '00', '32'],
  ['T', ' ', 't', '  ', '_'],
  ['00', '23', '24', '10'],
  [':'],
  ['00', '59', '60'],
  [':', ''],
  ['00', '59', '60', '61', ''],
  ['', '.5', ',123', '.123456789', '.1234567890', '.'],
  ['', 'Z', 'z', 'Zed', ' Z', ' UTC', ' GMT', '+01:00', '-0830', ' +0530', '+02', ' -', ' -5', '-', '+25:00'],
  ['', ' ', ' [main]', ' PM', ' AMEX', ' 2026', ' - x', ' unit', ':', '5', '\n', 'é'],
];

describe('the times in a line', () => {
  it('are the same at its beginning, where they are read in a faster way, and behind a bracket', () => {
    const random = randomOf('times');
    for (let count = size(5000, 200_000); count > 0; count -= 1) {
      const text = parts
        .map((choices) => pick(random, random() < 0.7 ? choices.slice(0, 1) : choices))
        .join('');
      const first = findTime(text);
      const behind = findTime(`(${text}`);
      assert.deepEqual(first, behind && { ...behind, from: behind.from - 1, to: behind.to - 1 }, text);
    }
  });

  it('begin in the first 64 bytes, and may end behind them', () => {
    const time = '2026-01-31 10:00:00.123456789 +01:00';
    const at = (before: number): number | undefined => findTime(`${'x'.repeat(before)}${time} y`)?.time;
    assert.equal(at(63), Date.parse('2026-01-31T09:00:00Z') + 123.456789);
    assert.equal(at(64), undefined);
  });

  for (const value of [
    31,
    1e9 - 1e8,
    '31',
    '2026',
    '2026-01-31',
    'on 2026-01-31T10:00:00Z',
    true,
    null,
    {},
    Number.NaN,
    1e300,
  ])
    it(`are not ${JSON.stringify(value)}`, () => {
      assert.equal(timeOfValue(value), undefined);
    });
});
