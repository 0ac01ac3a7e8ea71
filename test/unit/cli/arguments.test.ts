import assert from 'node:assert/strict';
import { parseArguments, parseNow } from '../../../src/cli/arguments.ts';
import type { Verb } from '../../../src/cli/verb.ts';
import { isFailure } from '../../../src/base/failure.ts';

const verb: Verb = {
  options: { flag: 'flag', value: 'value', many: 'values' },
  positionals: { min: 1, max: 2 },
  run: async () => 0,
};
const isUsage = (error: unknown): boolean => {
  assert.ok(isFailure(error, 'usage'));
  assert.match(error.data.detail, /^.+\.$/s);
  return true;
};

describe('parseArguments', () => {
  it('gives what was said', () => {
    const words = parseArguments(
      ['a', '--flag', '--value', 'v', '--many=1', '--many', '2', 'b', '--json', '--workspace', '/w'],
      verb,
    );
    assert.deepEqual(
      [
        words.root,
        words.json,
        words.positionals,
        words.flag('flag'),
        words.value('value'),
        words.values('many'),
      ],
      ['/w', true, ['a', 'b'], true, 'v', ['1', '2']],
    );
  });

  it('and nothing that was not', () => {
    const words = parseArguments(['a'], verb);
    assert.deepEqual(
      [
        words.root,
        words.json,
        words.flag('flag'),
        words.value('value'),
        words.values('many'),
        words.flag('toString'),
      ],
      [process.cwd(), false, false, undefined, [], false],
    );
  });

  it('takes what follows -- as it is', () => {
    assert.deepEqual(parseArguments(['--', '-a', '--json'], verb).positionals, ['-a', '--json']);
  });

  const wrong: string[][] = [
    [],
    ['a', 'b', 'c'],
    ['a', '--nothing'],
    ['a', '--value'],
    ['a', '--workspace'],
    ['a', '--flag=yes'],
    ['a', '-x'],
    ['a', '--value', '--flag'],
    ['a', '--__proto__', 'x'],
  ];
  for (const words of wrong)
    it(`refuses ${JSON.stringify(words)}`, () => {
      assert.throws(() => parseArguments(words, verb), isUsage);
    });
});

describe('parseNow', () => {
  const noon = Date.parse('2026-01-31T12:00:00Z');
  const times: [text: string | undefined, time: number | undefined][] = [
    [undefined, undefined],
    ['2026-01-31T12:00:00Z', noon],
    ['2026-01-31T12:00:00', noon],
    ['2026-01-31 12:00:00', noon],
    ['2026-01-31T12:00', noon],
    ['2026-01-31T14:00:00+02:00', noon],
    ['2026-01-31T14:00:00+0200', noon],
    ['2026-01-31T12:00:00.250Z', noon + 250],
    ['2026-01-31', noon - 43_200_000],
    [String(noon), noon],
    ['0', 0],
    ['2026', 2026],
  ];
  for (const [text, time] of times)
    it(`${text ?? 'nothing'} is ${String(time)}`, () => {
      assert.equal(parseNow(text), time);
    });

  const wrong = [
    '',
    'now',
    'yesterday',
    '2026-13-01',
    '2026-99-99',
    '31.01.2026',
    '-5',
    '1e3',
    '1.5',
    '9'.repeat(16),
    'Infinity',
    'NaN',
  ];
  for (const text of wrong)
    it(`“${text}” is no time`, () => {
      assert.throws(() => parseNow(text), isUsage);
    });
});
