import { createMasker } from '../../src/masking/masker.ts';
import { median } from '../sideBySide.ts';
import { ms, type Row } from '../table.ts';

const BYTES = 1_048_576;
const TURNS = 5;
const LIMIT_MS = 50;

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

/** The slowest of the hostile texts of 1 MB, as a text and in a body. */
export function hostileRow(): Row {
  const masker = createMasker();
  const ways: Readonly<Record<string, (text: string) => unknown>> = {
    text: (text) => masker.text(text),
    json: (text) => masker.json({ body: text }),
  };
  const measured = hostileTexts().flatMap(([name, make]) =>
    Object.entries(ways).map(([way, mask]) => ({ name, way, time: median(timesOf(make, mask)) })),
  );
  const slowest = measured.reduce((worst, next) => (next.time > worst.time ? next : worst));
  return {
    what: `the slowest of ${measured.length} maskings of 1 MB: ${slowest.way}() of ${JSON.stringify(slowest.name)} repeated`,
    measured: ms(slowest.time),
    against: '',
    ratio: '',
    goal: `< ${LIMIT_MS} ms`,
    met: slowest.time < LIMIT_MS,
  };
}

function hostileTexts(): [string, () => string][] {
  const repeated = beginnings.map((text): [string, () => string] => [
    text,
    () => Buffer.from(text.repeat(Math.ceil(BYTES / Buffer.byteLength(text)))).toString(),
  ]);
  return [...repeated, ['JSON in JSON', nestedJson]];
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
