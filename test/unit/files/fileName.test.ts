import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isDay } from '../../../src/base/units.ts';
import {
  dayOf,
  compareAge,
  formatFileName,
  isBookkeeping,
  STORE_FILES,
  parseFileName,
  parseManagedName,
  type FileName,
} from '../../../src/files/fileName.ts';

const token = '0123456789abcdef';
const day = '2026-01-01';

const ours: [name: string, parts: FileName][] = [
  ['api.log', { kind: 'active', family: 'api' }],
  ['audit.log', { kind: 'active', family: 'audit' }],
  ['api.1.log', { kind: 'rotated', family: 'api', number: 1 }],
  ['api.10.log', { kind: 'rotated', family: 'api', number: 10 }],
  ['audit.999999999.log', { kind: 'rotated', family: 'audit', number: 999_999_999 }],
  [`api.${day}.log.zip`, { kind: 'archive', family: 'api', day, serial: 1 }],
  [`api.${day}.2.log.zip`, { kind: 'archive', family: 'api', day, serial: 2 }],
  [`audit.${day}.10.log.zip`, { kind: 'archive', family: 'audit', day, serial: 10 }],
  ['api.2024-02-29.log.zip', { kind: 'archive', family: 'api', day: '2024-02-29', serial: 1 }],
  [
    `api.${day}.3.log.zip.tmp-${token}`,
    { kind: 'leftover', family: 'api', target: `api.${day}.3.log.zip`, token },
  ],
];

/** Like ours, but not ours: nothing may rotate, zip or sweep them. */
const alike = [
  'api.0.log',
  'api.01.log',
  'api.-1.log',
  'api.1e3.log',
  'api.1.5.log',
  'api.1.log ',
  ' api.log',
  'api.log\n',
  'api.1.log\n',
  `api.${day}.log.zip\n`,
  'API.log',
  'api.LOG',
  'apis.log',
  'my-api.log',
  'xapi.1.log',
  'api.log.1',
  'api.log.zip',
  'api.1.log.zip',
  'api..log',
  'api.٣.log',
  'api.1.log.gz',
  `api.${day}.log`,
  `api.${day}.1.log.zip`,
  `api.${day}.0.log.zip`,
  `api.${day}.02.log.zip`,
  `api.${day}.-2.log.zip`,
  'api.2026-02-30.log.zip',
  'api.2026-13-01.log.zip',
  'api.2026-00-10.log.zip',
  'api.2025-02-29.log.zip',
  'api.26-01-01.log.zip',
  `api.${day}.log.zip.tmp-`,
  `api.${day}.log.zip.tmp-${token}0`,
  `api.${day}.log.zip.tmp-${token.toUpperCase()}`,
  `api.${day}.log.zip.tmp`,
  `app.${day}.log.zip.tmp-${token}`,
  `api.log.tmp-${token}`,
  `api.1.log.zip.tmp-${token}`,
  '../api.log',
  'logs/api.log',
  'audit.2026-01-01_00-00-00_000000.log.zip',
  // The name alone does not say whose these are.
  'usage.log',
  'usage.1.log',
  `usage.${day}.log.zip`,
  `usage.${day}.log.zip.tmp-${token}`,
  '',
  '.',
  '..',
];

describe('parseFileName', () => {
  for (const [name, parts] of ours)
    it(`${name} is ${parts.kind}`, () => {
      assert.deepEqual(parseFileName(name), parts);
      assert.equal(formatFileName(parts), name);
    });

  for (const name of alike)
    it(`${JSON.stringify(name)} is foreign`, () => {
      assert.equal(parseFileName(name).kind, 'foreign');
      assert.equal(formatFileName(parseFileName(name)), name);
    });

  const pieces = [
    'api',
    'audit',
    'app',
    '.',
    '.log',
    '.zip',
    '.gz',
    '-',
    '1',
    '0',
    '2026-01-01',
    '.tmp-',
    token,
    '\n',
    '😀',
    ' ',
  ];
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
  );
  it('is also that of a usage log once parseManagedName is asked', () => {
    for (const [name] of ours) {
      const usage = name.replaceAll(/^(?:api|audit)/g, 'usage');
      const parts = parseManagedName(usage);
      assert.ok(parts?.family === 'usage');
      assert.equal(formatFileName(parts), usage);
    }
    assert.equal(parseManagedName('app.log'), undefined);
  });

  it('is undone by formatFileName, for any string', () => {
    fc.assert(
      fc.property(name, (text) => {
        assert.equal(formatFileName(parseFileName(text)), text);
      }),
      { numRuns: 5000 },
    );
  });

  const shape = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
    fc.record(model, { noNullPrototype: true });
  const family = fc.constantFrom('api', 'audit');
  const archive = shape({
    kind: fc.constant('archive'),
    family,
    day: fc
      .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => dayOf(date.getTime())),
    serial: fc.integer({ min: 1, max: 999_999_999 }),
  });
  const parts = fc.oneof(
    shape({ kind: fc.constant('active'), family }),
    shape({
      kind: fc.constant('rotated'),
      family,
      number: fc.integer({ min: 1, max: 999_999_999_999_999 }),
    }),
    archive,
    shape({
      kind: fc.constant('leftover'),
      family: fc.constant('api'),
      target: archive.map((inner) => formatFileName({ ...inner, family: 'api' })),
      token: fc.constant(token),
    }),
  ) as fc.Arbitrary<FileName>;
  it('undoes formatFileName, for any parts', () => {
    fc.assert(
      fc.property(parts, (value) => {
        assert.deepEqual(parseFileName(formatFileName(value)), value);
      }),
    );
  });
});

describe('isDay', () => {
  const days: [day: string, ok: boolean][] = [
    ['2026-01-01', true],
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-04-31', false],
    ['2026-1-1', false],
    ['', false],
    ['today', false],
    ['2026-01-01T', false],
    ['+002026-01-01', false],
  ];
  for (const [text, ok] of days)
    it(`${text || 'nothing'} is ${ok ? 'one' : 'none'}`, () => {
      assert.equal(isDay(text), ok);
    });
});

describe('dayOf', () => {
  const times: [time: number, day: string][] = [
    [0, '1970-01-01'],
    [Date.parse('2026-02-28T23:59:59.999Z'), '2026-02-28'],
    [Date.parse('2026-03-01T00:00:00+02:00'), '2026-02-28'],
    [8.64e15, '9999-12-31'],
    [-8.64e15, '0000-01-01'],
    [Number.POSITIVE_INFINITY, '9999-12-31'],
  ];
  for (const [time, expected] of times)
    it(`${String(time)} is on ${expected}`, () => {
      assert.equal(dayOf(time), expected);
    });
});

describe('isBookkeeping', () => {
  for (const name of ['.lock', '.lock-journal', '.maintenance', '.maintenance-journal', ...STORE_FILES])
    it(`${name} is`, () => {
      assert.equal(isBookkeeping(name), true);
    });
  for (const name of ['lock', '.locks', '.lock-wal', 'x.lock', '.maintenance ', '.gitkeep', 'audit.db.gz'])
    it(`${name} is not`, () => {
      assert.equal(isBookkeeping(name), false);
    });
});

describe('compareAge', () => {
  it('puts archives by day and serial first, then rotated files by number, and the active one last', () => {
    const oldestFirst = [
      'api.2025-12-31.log.zip',
      'api.2026-01-02.log.zip',
      'api.2026-01-02.2.log.zip',
      'api.2026-01-02.10.log.zip',
      'api.9.log',
      'api.10.log',
      'api.log',
    ];
    const sorted = oldestFirst.toReversed().map(parseFileName).sort(compareAge).map(formatFileName);
    assert.deepEqual(sorted, oldestFirst);
  });
});
