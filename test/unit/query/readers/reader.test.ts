import assert from 'node:assert/strict';
import { isFailure } from '../../../../src/base/failure.ts';
import { openReader } from '../../../../src/query/readers/reader.ts';
import { context, readAll, type ReadEntry } from './readAll.ts';

const A = '{"timestamp":"2026-01-31T10:00:00Z","n":1}';
const B = '{"timestamp":"2026-01-31T10:00:01Z","n":2}';
const C = '{"timestamp":"2026-01-31T10:00:02Z","n":3}';
const TORN = '{"timestamp":"2026-01-31T10:00:00.5Z","na';
const T = '2026-01-31T10:00:03Z';

/** `offset format second marks raw` of an entry; the second only where the time is in the first minute of the lines. */
function short({ offset, format, universal, marks, raw }: ReadEntry): string {
  const time = new Date(Number(universal.time)).toISOString();
  const second = time.startsWith('2026-01-31T10:00:') ? time.slice(17, 19) : '-';
  return [String(offset), format, second, marks.join('+') || '-', raw].join(' ');
}

interface Row {
  readonly content: string | Buffer;
  /** As `short` writes them. */
  readonly entries: readonly string[];
}

const files: Readonly<Record<string, Row>> = {
  'an empty file': { content: '', entries: [] },
  'empty lines alone': { content: '\n\r\n \n', entries: [] },
  'a last line without its end': {
    content: `${A}\n${B}`,
    entries: [`0 json 00 - ${A}`, `43 json 01 - ${B}`],
  },
  'a byte order mark and CR LF': {
    content: `\uFEFF${A}\r\n${B}\r\n`,
    entries: [`0 json 00 - ${A}`, `47 json 01 - ${B}`],
  },
  'NULs of a file that was truncated while it was written': {
    content: `\0\0\0\0${A}\n${B}\n`,
    entries: [`0 json 00 - ${A}`, `47 json 01 - ${B}`],
  },
  'NULs and control characters inside a line': {
    content: `${T} a\0b\u001b[31m\u2028c\n`,
    entries: [`0 text 03 - ${T} a\0b\u001b[31m\u2028c`],
  },
  'invalid UTF-8': {
    content: Buffer.concat([Buffer.from(`${T} a`), Buffer.from([0xff, 0xc3]), Buffer.from(`b\n${T} c`)]),
    entries: [`0 text 03 - ${T} a\uFFFD\uFFFDb`, `26 text 03 - ${T} c`],
  },
  'random bytes': {
    content: Buffer.from([0x80, 0x0a, 0x7b, 0xff, 0x0a, 0x00, 0x0a, 0x22]),
    entries: ['0 text - time-assumed \uFFFD', '2 text - time-assumed {\uFFFD', '7 text - time-assumed "'],
  },
  'a torn line, then a whole one on the same line': {
    content: `${A}\n${TORN}${B}\n${C}\n`,
    entries: [`0 json 00 - ${A}`, `43 json 00 torn ${TORN}`, `84 json 01 - ${B}`, `127 json 02 - ${C}`],
  },
  'two whole lines on one': {
    content: `${A}${B}\n${C}\n`,
    entries: [`0 json 00 - ${A}`, `42 json 01 - ${B}`, `85 json 02 - ${C}`],
  },
  'the end of a torn line': {
    content: `${A}\nb":"/x"}\n${C}\n`,
    entries: [`0 json 00 - ${A}`, '43 json 00 torn+time-assumed b":"/x"}', `52 json 02 - ${C}`],
  },
  'the end of a torn line, with a whole one behind it': {
    content: `${A}\n${A}\n${A}\nb":"/x"}${B}\n${C}\n`,
    entries: [
      `0 json 00 - ${A}`,
      `43 json 00 - ${A}`,
      `86 json 00 - ${A}`,
      '129 json 00 torn+time-assumed b":"/x"}',
      `137 json 01 - ${B}`,
      `180 json 02 - ${C}`,
    ],
  },
  'a torn last line': {
    content: `${A}\n${B}\n${TORN}`,
    entries: [`0 json 00 - ${A}`, `43 json 01 - ${B}`, `86 json 00 torn ${TORN}`],
  },
  'another program’s torn line': {
    content:
      '{"level":30,"time":1769853600000,"msg":"a"}\n{"level":30,"ti{"level":30,"time":1769853601000}\n',
    entries: [
      '0 pino 00 - {"level":30,"time":1769853600000,"msg":"a"}',
      '44 json 00 torn+time-assumed {"level":30,"ti',
      '59 pino 01 - {"level":30,"time":1769853601000}',
    ],
  },
  'a stack behind a JSON line': {
    content: `${A}\nError: x\n    at y (z.js:10:55)\n\n${B}\n${C}\n`,
    entries: [`0 json 00 - ${A}\nError: x\n    at y (z.js:10:55)`, `75 json 01 - ${B}`, `118 json 02 - ${C}`],
  },
  'text with a time among JSON lines': {
    content: `${A}\n${B}\n${C}\n${A}\n${T} text\nmore\n${B}\n`,
    entries: [
      `0 json 00 - ${A}`,
      `43 json 01 - ${B}`,
      `86 json 02 - ${C}`,
      `129 json 00 - ${A}`,
      `172 text 03 - ${T} text\nmore`,
      `203 json 01 - ${B}`,
    ],
  },
  'JSON lines among text': {
    content: `${T} one\n${A}\n${T} two: {\n{"time":5}\n  "created": "2026-01-01T00:00:00Z"\n}\n${TORN}\n`,
    entries: [
      `0 text 03 - ${T} one`,
      `25 json 00 - ${A}`,
      `68 text 03 - ${T} two: {\n{"time":5}`,
      `107 text - -   "created": "2026-01-01T00:00:00Z"\n}`,
      `145 json 00 torn ${TORN}`,
    ],
  },
  'a message with indented lines that hold times': {
    content: `2026-01-31 12:00:00,000 [INFO] [user=u] {\n  "created": "2026-01-01T00:00:00Z"\n}\n2026-01-31 12:00:01,000 [INFO] [user=u] x\n`,
    entries: [
      `0 session 00 zone-assumed 2026-01-31 12:00:00,000 [INFO] [user=u] {\n  "created": "2026-01-01T00:00:00Z"\n}`,
      '80 session 01 zone-assumed 2026-01-31 12:00:01,000 [INFO] [user=u] x',
    ],
  },
  'a file that changes its format': {
    content: [
      '10.0.0.5 - - [31/Jan/2026:10:00:04 +0000] "GET / HTTP/1.1" 200 5',
      A,
      'time=2026-01-31T10:00:05Z level=info msg=x',
      '<34>1 2026-01-31T10:00:06Z h a - - - m',
      '2026-01-31T10:00:07Z stdout F x',
      '2026-01-31 12:00:08.000 | INFO     | a:b:1 - x',
    ].join('\n'),
    entries: [
      '0 common 04 - 10.0.0.5 - - [31/Jan/2026:10:00:04 +0000] "GET / HTTP/1.1" 200 5',
      `65 json 00 - ${A}`,
      '108 logfmt 05 - time=2026-01-31T10:00:05Z level=info msg=x',
      '151 syslog5424 06 - <34>1 2026-01-31T10:00:06Z h a - - - m',
      '190 cri 07 - 2026-01-31T10:00:07Z stdout F x',
      '222 loguru 08 zone-assumed 2026-01-31 12:00:08.000 | INFO     | a:b:1 - x',
    ],
  },
  'lines before the first time': {
    content: `head\nhead 2\n${T} one\n`,
    entries: ['0 text - time-assumed head\nhead 2', `12 text 03 - ${T} one`],
  },
  'text without any time': {
    content: 'one\n  two\n{"three":\n',
    entries: ['0 text - time-assumed one', '4 text - time-assumed   two', '10 text - time-assumed {"three":'],
  },
  'parts of lines of a container': {
    content: [
      '2026-01-31T10:00:00Z stdout P {"level":"er',
      '2026-01-31T10:00:01Z stderr F other',
      '2026-01-31T10:00:02Z stdout P ror","msg"',
      '2026-01-31T10:00:03Z stdout F :"joined"}',
      '2026-01-31T10:00:04Z stdout P the rest is missing',
    ].join('\n'),
    entries: [
      '43 cri 01 - 2026-01-31T10:00:01Z stderr F other',
      '0 cri 00 - 2026-01-31T10:00:00Z stdout P {"level":"er\n2026-01-31T10:00:02Z stdout P ror","msg"\n2026-01-31T10:00:03Z stdout F :"joined"}',
      '161 cri 04 - 2026-01-31T10:00:04Z stdout P the rest is missing',
    ],
  },
};

describe('reading lines as entries', () => {
  for (const [title, { content, entries }] of Object.entries(files))
    it(`reads ${title}`, () => {
      assert.deepEqual(readAll(content).entries.map(short), entries);
    });

  it('tells the end of a torn line from text that ends in the same way', () => {
    const others = ['Error {\n  "code": {"a":1}\n}', `${T} text {"a"}`, `[${T}] text {"a"}`, `${T}","b":1}`];
    const { entries } = readAll(`${`${A}\n`.repeat(16)}${others.join('\n')}\n`);
    assert.deepEqual(entries.slice(15).map(short), [
      `645 json 00 - ${A}\n${others[0] ?? ''}`,
      `716 text 03 - ${T} text {"a"}`,
      `748 text 03 - [${T}] text {"a"}`,
      `782 json 03 torn ${T}","b":1}`,
    ]);
  });

  it('gives a joined line the fields of the whole', () => {
    const { entries } = readAll(
      '2026-01-31T10:00:00Z stdout P {"level":"er\n2026-01-31T10:00:01Z stdout F ror"}',
    );
    assert.deepEqual(entries[0]?.universal.level, ['error']);
  });

  it('puts the lines behind a line of text into its message', () => {
    const { entries } = readAll(`2026-01-31 12:00:00,000 ERROR app: failed\nTraceback\n  at x\n`);
    assert.equal(entries[0]?.universal.message, 'failed\nTraceback\n  at x');
    assert.equal(entries[0].fields.message, 'failed\nTraceback\n  at x');
  });

  for (const [encoding, content] of [
    ['little endian', Buffer.from(`\uFEFF${A}\n`, 'utf16le')],
    ['big endian', Buffer.from(`\uFEFF${A}\n`, 'utf16le').swap16()],
    ['without its mark', Buffer.from(A, 'utf16le')],
  ] as const)
    it(`refuses UTF-16, ${encoding}`, () => {
      assert.throws(
        () => openReader(content, context, () => undefined),
        (error) => isFailure(error, 'log-utf16') && error.data.name === context.name,
      );
    });
});

describe('limits of entries', () => {
  const MB = 1_048_576;

  it('cuts a line at 1 MB, at a whole character, and goes on behind it', () => {
    for (const [head, format] of [
      ['{"timestamp":"2026-01-31T10:00:00Z","x":"', 'json'],
      [`${T} `, 'text'],
    ] as const) {
      const before = format === 'json' ? A : `${T} before`;
      const { entries } = readAll(`${before}\n${head}${'ä'.repeat(MB)}\n${before}\n`);
      const [first, cut, last] = entries;
      assert.equal(entries.length, 3);
      assert.deepEqual([first?.marks, cut?.marks, last?.marks], [[], ['cut'], []]);
      assert.equal(cut?.format, format);
      assert.equal(cut.raw, head + 'ä'.repeat(Math.floor((MB - head.length) / 2)));
      assert.equal(last?.raw, before);
    }
  });

  it('takes a file whose first line is longer than the sample for JSON lines', () => {
    const { format, entries } = readAll(`{"x":"${'x'.repeat(MB)}"}\nstack\n${A}\n`);
    assert.equal(format, 'json');
    assert.deepEqual(
      entries.map(({ raw, marks }) => [raw.length, marks.join('+')]),
      [
        [MB, 'cut+time-assumed'],
        [5, 'time-assumed'],
        [A.length, ''],
      ],
    );
  });

  it('needs only one byte more than 1 MB of a longer line', () => {
    const entries: ReadEntry[] = [];
    const reader = openReader(Buffer.from(A), context, (entry, offset) => entries.push({ ...entry, offset }));
    reader.push(
      Buffer.concat([Buffer.from('{"timestamp":"'), Buffer.alloc(MB, 0x78)]).subarray(0, MB + 1),
      0,
    );
    reader.end();
    assert.deepEqual([entries[0]?.marks, entries[0]?.raw.length], [['cut', 'time-assumed'], MB]);
  });

  it('ends an entry after 1,000 lines, and after 1 MB', () => {
    const lines = ['x', 'x'.repeat(MB / 4 - 1)].map((line) => {
      const { entries } = readAll(`${T} head\n${`${line}\n`.repeat(line.length > 1 ? 10 : 2500)}`);
      return entries.map(({ raw, marks }) => [raw.split('\n').length, marks.join('+')]);
    });
    assert.deepEqual(lines[0], [
      [1000, 'cut'],
      [1000, 'cut+time-assumed'],
      [501, 'time-assumed'],
    ]);
    assert.deepEqual(lines[1]?.[0], [4, 'cut']);
    assert.equal(lines[1].length, 1 + Math.ceil((10 - 3) / 4));
  });

  it('looks at sixteen places of a torn line only', () => {
    const line = `${TORN}${A.repeat(100)}`;
    const { entries } = readAll(`${A}\n${A}\n${A}\n${A}\n${A}\n${line}\n`);
    assert.equal(
      entries
        .slice(5)
        .map(({ raw }) => raw)
        .join(''),
      line,
    );
    assert.equal(entries.length, 5 + 1 + 14 + 1);
  });
});

describe('times that the lines do not say', () => {
  const years = (content: string, looks: boolean): readonly string[] =>
    readAll(content, { looks }).entries.map(({ universal }) =>
      new Date(Number(universal.time)).toISOString().slice(0, 10),
    );
  const line = (day: string): string => `${day} 12:00:00 host app[1]: x\n`;
  const file = [
    'Nov  5',
    'Dec 31',
    'Jan  1',
    'Dec 31',
    'Jan  2',
    'Jun  1',
    'Dec 30',
    'Feb  1',
    'Jan 31',
    'Nov 29',
  ];

  it('counts the years back from the file’s modification time', () => {
    assert.deepEqual(years(file.map(line).join(''), true), [
      ...['2024-11-05', '2024-12-31', '2025-01-01', '2024-12-31', '2025-01-02', '2025-06-01', '2025-12-30'],
      ...['2026-02-01', '2026-01-31', '2026-11-29'],
    ]);
  });

  it('takes the latest year before the modification time without a look at the whole file', () => {
    assert.deepEqual(years(file.map(line).join(''), false).slice(0, 3), [
      '2026-11-05',
      '2025-12-31',
      '2026-01-01',
    ]);
  });

  it('counts days back, past an entry that is late', () => {
    const hours = ['23:59:59', '00:00:01', '23:59:59', '12:00:00', '09:00:00'];
    const content = hours.map((hour) => `${hour}.000 [main] INFO  a.B - x\n`).join('');
    const { entries } = readAll(content, { looks: true });
    assert.deepEqual(
      entries.map(({ universal }) => new Date(Number(universal.time)).toISOString().slice(0, 16)),
      ['2026-11-28T21:59', '2026-11-28T22:00', '2026-11-28T21:59', '2026-11-29T10:00', '2026-11-30T07:00'],
    );
  });

  it('assumes the zone of this process if none is given', () => {
    for (const month of [0, 6]) {
      const local = new Date(2026, month, 15, 8, 30);
      const shown = `2026-${month === 0 ? '01' : '07'}-15 08:30:00 x`;
      const [entry] = readAll(shown, { offsetMinutesAt: undefined }).entries;
      assert.deepEqual([entry?.universal.time, entry?.marks], [local.getTime(), ['zone-assumed']]);
    }
  });
});
