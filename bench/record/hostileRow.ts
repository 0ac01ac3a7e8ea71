import { createMasker } from '../../src/masking/masker.ts';
import { median } from '../sideBySide.ts';
import { ms, type Row } from '../table.ts';

const BYTES = 1_048_576;
const TURNS = 5;
const LIMIT_MS = 50;
const LIMIT_OF_SIGNS_MS = 20;

/** Beginnings of secrets, repeated, so that no scanner ever finds an end. */
const beginnings = [
  ...[
    'eyJ',
    'eyJhbGciOi.',
    '-----BEGIN ',
    '-----BEGIN A-----',
    '://',
    'https://a:',
    '://u:p@',
    '"a":',
    '=',
    'a=',
    '&',
  ],
  ...[
    'password=',
    'password: ',
    '"password":"',
    'Bearer ',
    'Authorization: ',
    '\\',
    '\\"',
    '{"a":',
    '{"a":"{',
    '[',
    '{',
  ],
  ...[
    '$ANSIBLE_VAULT',
    '$ANSIBLE_VAULT;1.1;AES256\n',
    '%25',
    '%',
    '<a>',
    '<password>',
    '--password ',
    '-p ',
    '- |\n ',
  ],
  ...['Content-Disposition: form-data; name="', "'", '"', 'AKIA', 'ghp_', 'a', ' ', '\n', '\u202e', 'é'],
];

/** One to four signs at which a pair, a token or an address may begin, none of which does. */
const signs = [
  ...['＝', '：', 'x：', 'é：', '=key', '＝key', '＝name', ':[', '={', ':%', ':$', ' -p', ': -p', '= -p'],
  ...['--', '-', '&lt;', '\x1b[0m', 'a', 'key：', 'is ', 'value：'],
];

/** The slowest of the hostile texts of 1 MB, as a text and in a body: of beginnings, and of signs alone. */
export function hostileRows(): readonly Row[] {
  return [
    slowestRow(
      'beginnings of secrets',
      [...beginnings.map(repeated), ['JSON in JSON', nestedJson]],
      LIMIT_MS,
    ),
    slowestRow('signs', signs.map(repeated), LIMIT_OF_SIGNS_MS),
  ];
}

type HostileText = readonly [name: string, make: () => string];

function slowestRow(kind: string, texts: readonly HostileText[], limit: number): Row {
  const masker = createMasker();
  const ways: Readonly<Record<string, (text: string) => unknown>> = {
    text: (text) => masker.text(text),
    json: (text) => masker.json({ body: text }),
  };
  const measured = texts.flatMap(([name, make]) =>
    Object.entries(ways).map(([way, mask]) => ({ name, way, time: median(timesOf(make, mask)) })),
  );
  const slowest = measured.reduce((worst, next) => (next.time > worst.time ? next : worst));
  return {
    what: `the slowest of ${measured.length} maskings of 1 MB of ${kind}: ${slowest.way}() of ${JSON.stringify(slowest.name)} repeated`,
    measured: ms(slowest.time),
    against: '',
    ratio: '',
    goal: `< ${limit} ms`,
    met: slowest.time < limit,
  };
}

function repeated(text: string): HostileText {
  return [text, () => Buffer.from(text.repeat(Math.ceil(BYTES / Buffer.byteLength(text)))).toString()];
}

/** JSON in a string of JSON, and so on, each level with twice as many escapes. */
function nestedJson(): string {
  let text = '"x"';
  for (let next = text; next.length <= BYTES; next = JSON.stringify({ password: text })) text = next;
  return text;
}

/** A new text each time, so that remembered strings do not count. */
function timesOf(make: () => string, mask: (text: string) => unknown): number[] {
  return Array.from({ length: TURNS }, () => {
    const text = make();
    const start = performance.now();
    mask(text);
    return performance.now() - start;
  });
}
