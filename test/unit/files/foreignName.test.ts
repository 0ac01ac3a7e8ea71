import assert from 'node:assert/strict';
import { currentForeignNames, parseForeignName, type ForeignName } from '../../../src/files/foreignName.ts';

/** FORMATS §5, and what else stands in a `logs/` folder. */
const names: [producer: string, name: string, parts: Omit<ForeignName, 'name'>][] = [
  ['plain', 'x.log', { family: 'x', part: 'current', order: '', compression: '' }],
  ['logrotate', 'x.log.1', { family: 'x', part: 'numbered', order: '1', compression: '' }],
  ['logrotate', 'x.log.2.gz', { family: 'x', part: 'numbered', order: '2', compression: 'gz' }],
  ['logrotate', 'x.log.2.br', { family: 'x', part: 'numbered', order: '2', compression: 'br' }],
  ['logrotate', 'x.log.2.zst', { family: 'x', part: 'numbered', order: '2', compression: 'zst' }],
  ['logrotate', 'x.log.2.bz2', { family: 'x', part: 'numbered', order: '2', compression: 'bz2' }],
  ['logrotate', 'x.log.2.xz', { family: 'x', part: 'numbered', order: '2', compression: 'xz' }],
  [
    'logrotate',
    'x.log-20260101',
    { family: 'x', part: 'dated', order: '20260101', compression: '', day: '2026-01-01' },
  ],
  [
    'logrotate',
    'x.log-20260101.gz',
    { family: 'x', part: 'dated', order: '20260101', compression: 'gz', day: '2026-01-01' },
  ],
  [
    'logrotate, hourly',
    'x.log-2026010113',
    { family: 'x', part: 'dated', order: '2026010113', compression: '', day: '2026-01-01' },
  ],
  [
    'loguru',
    'x.2026-01-01_00-00-00_000000.log',
    { family: 'x', part: 'dated', order: '20260101000000000000', compression: '', day: '2026-01-01' },
  ],
  [
    'loguru',
    'x.2026-01-01_00-00-00_000000.log.zip',
    { family: 'x', part: 'dated', order: '20260101000000000000', compression: 'zip', day: '2026-01-01' },
  ],
  [
    'loguru, taken',
    'x.2026-01-01_00-00-00_000000.2.log.gz',
    { family: 'x', part: 'dated', order: '20260101000000000000', compression: 'gz', day: '2026-01-01' },
  ],
  ['pino-roll', 'x.1.log', { family: 'x', part: 'numbered', order: '1', compression: '' }],
  ['pino-roll', 'x.12.log', { family: 'x', part: 'numbered', order: '12', compression: '' }],
  [
    'winston',
    'x-2026-01-01.log',
    { family: 'x', part: 'dated', order: '20260101', compression: '', day: '2026-01-01' },
  ],
  [
    'winston',
    'x-2026-01-01.log.gz',
    { family: 'x', part: 'dated', order: '20260101', compression: 'gz', day: '2026-01-01' },
  ],
  [
    'Open WebUI',
    'audit.2026-01-01_00-00-00_000000.log.zip',
    { family: 'audit', part: 'dated', order: '20260101000000000000', compression: 'zip', day: '2026-01-01' },
  ],
  [
    'winston, with maxSize',
    'app-2026-11-30.log.1',
    { family: 'app', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'winston, with maxSize',
    'app-2026-11-30.log.12.gz',
    { family: 'app', part: 'dated', order: '20261130', compression: 'gz', day: '2026-11-30' },
  ],
  [
    'winston, only a date',
    '2026-11-30.log',
    { family: '(dated)', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'winston, without %DATE%',
    'plain.log.2026-11-30',
    { family: 'plain', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'winston, without %DATE%',
    'plain.log.2026-11-30.2.gz',
    { family: 'plain', part: 'dated', order: '20261130', compression: 'gz', day: '2026-11-30' },
  ],
  [
    'winston, YYYYMMDD',
    'svc-20261130.log',
    { family: 'svc', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'log4js',
    'x.2026-01-01.log',
    { family: 'x', part: 'dated', order: '20260101', compression: '', day: '2026-01-01' },
  ],
  [
    'log4js, hourly',
    'x.2026-01-01-01.log',
    { family: 'x', part: 'dated', order: '2026010101', compression: '', day: '2026-01-01' },
  ],
  [
    'log4js, to the second',
    'x.2026-01-01-01-51-15.log.gz',
    { family: 'x', part: 'dated', order: '20260101015115', compression: 'gz', day: '2026-01-01' },
  ],
  [
    'Python',
    'py.log.2026-11-30_01-51-28',
    { family: 'py', part: 'dated', order: '20261130015128', compression: '', day: '2026-11-30' },
  ],
  [
    'a time with other separators',
    'access_log.2026-11-30-01_51_28',
    { family: 'access_log', part: 'dated', order: '20261130015128', compression: '', day: '2026-11-30' },
  ],
  [
    'rotatelogs of Apache',
    'access_log.2026.11.30',
    { family: 'access_log', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'rotatelogs of Apache',
    'app_2026_11_30.log.gz',
    { family: 'app', part: 'dated', order: '20261130', compression: 'gz', day: '2026-11-30' },
  ],
  [
    'rotating-file-stream',
    '20261130-0151-01-rfs.log.gz',
    { family: 'rfs', part: 'dated', order: '20261130015101', compression: 'gz', day: '2026-11-30' },
  ],
  [
    'a date first',
    '2026-11-30-api.v2.log',
    { family: 'api.v2', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'a date in the middle',
    'app_2026-11-30_worker.log',
    { family: 'app-worker', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'a date in JSON lines',
    'app-2026-11-30.jsonl',
    { family: 'app', part: 'dated', order: '20261130', compression: '', day: '2026-11-30' },
  ],
  [
    'a date in another file',
    'dump-2026-11-30.sql.gz',
    { family: 'dump.sql', part: 'dated', order: '20261130', compression: 'gz', day: '2026-11-30' },
  ],
  [
    'no date among digits',
    'order-20261130123456789.log',
    { family: 'order-20261130123456789', part: 'current', order: '', compression: '' },
  ],
  ['JSON lines', 'x.jsonl', { family: 'x', part: 'current', order: '', compression: '' }],
  ['JSON lines', 'x.ndjson', { family: 'x', part: 'current', order: '', compression: '' }],
  ['dots in the family', 'my.app.log.3', { family: 'my.app', part: 'numbered', order: '3', compression: '' }],
  ['an impossible day', 'x.log-20261301', { family: 'x', part: 'dated', order: '20261301', compression: '' }],
  ['no log at all', 'README.md', { family: 'README.md', part: 'current', order: '', compression: '' }],
  ['hidden', '.gitkeep', { family: '.gitkeep', part: 'current', order: '', compression: '' }],
  ['nothing but an ending', '.log', { family: '.log', part: 'current', order: '', compression: '' }],
  ['an unknown zip', 'backup.zip', { family: 'backup', part: 'dated', order: '', compression: 'zip' }],
  ['spaces and emoji', 'my 😀.log', { family: 'my 😀', part: 'current', order: '', compression: '' }],
];

describe('parseForeignName', () => {
  for (const [producer, name, parts] of names)
    it(`${name} (${producer})`, () => {
      assert.deepEqual(parseForeignName(name), { name, ...parts });
    });
});

describe('currentForeignNames', () => {
  const families: [what: string, names: string[], current: string[]][] = [
    ['the plain log', ['x.log', 'x.log.1', 'x.log.2.gz'], ['x.log']],
    ['the plain log, not its dated parts', ['x.log', 'x.log-20260101', 'x.log-20260102'], ['x.log']],
    [
      'the newest dated one',
      ['x-2026-01-01.log', 'x-2026-01-03.log', 'x-2026-01-02.log'],
      ['x-2026-01-03.log'],
    ],
    [
      'every one of the newest date: which of them is written to, their names do not tell',
      ['x-2026-01-02.log', 'x-2026-01-02.1.log', 'x-2026-01-02.2.log', 'x-2026-01-01.log'],
      ['x-2026-01-02.log', 'x-2026-01-02.1.log', 'x-2026-01-02.2.log'],
    ],
    [
      'every part of the newest day, and none of a day that is over',
      ['app-2026-11-30.log', 'app-2026-11-30.log.1', 'app-2026-11-29.log', 'app-2026-11-29.log.1'],
      ['app-2026-11-30.log', 'app-2026-11-30.log.1'],
    ],
    [
      'the newest day also where names have times',
      [
        'x.2026-01-02_09-00-00_000000.log',
        'x.2026-01-02_00-00-00_000000.log',
        'x.2026-01-01_00-00-00_000000.log',
      ],
      ['x.2026-01-02_09-00-00_000000.log', 'x.2026-01-02_00-00-00_000000.log'],
    ],
    ['never an archive', ['x-2026-01-01.log', 'x-2026-01-09.log.gz'], ['x-2026-01-01.log']],
    ['both ends of the numbered ones', ['x.9.log', 'x.10.log', 'x.11.log'], ['x.9.log', 'x.11.log']],
    ['none of archives alone', ['x.log.1.gz', 'x.log.2.gz'], []],
    ['nothing of nothing', [], []],
  ];
  for (const [what, family, current] of families)
    it(`is ${what}`, () => {
      assert.deepEqual([...currentForeignNames(family.map(parseForeignName))].sort(), [...current].sort());
    });
});
