import type { QueriedEntry } from '../../../src/query/language/predicate.ts';

/** Logs with everything that makes reading hard, and queries for what stands in them. */

export type Random = () => number;

function chosen<T>(random: Random, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('an empty list');
  return item;
}

/** Texts whose letters, escapes or bytes need care. */
const texts = [
  ...[
    'timeout',
    'Timeout',
    'TIMEOUT',
    'Skip',
    'skip',
    'S\u212aip',
    '\u0130stanbul',
    'istanbul',
    'Stra\u00dfe',
    'STRASSE',
  ],
  ...[
    'na\u00efve',
    'NA\u00cfVE',
    '\u65e5\u672c\u8a9e',
    '\ud83d\ude00 smile',
    '\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2',
    'e\u0301',
  ],
  ...[
    '/api/users',
    '/api/users?x=1',
    'https://host/a/b',
    '/',
    '?q',
    'a"b',
    'back\\slash',
    'x]y[z',
    'tab\there',
    "it's",
  ],
  ...[
    '10.0.0.5',
    'ann@example.com',
    '500',
    '5xx',
    '5e2',
    '-0',
    '1.10',
    'Infinity',
    'true',
    'null',
    '',
    ' ',
    'a\u2028b',
  ],
  ...[
    'two\nlines',
    '8b7f1c1e-62c6-4e9b',
    'id=7 name="x y"',
    '\ufeffmark',
    '\ufffd',
    'u0041',
    '\\u0041',
    '\\/',
  ],
];
const keys = [
  'message',
  'path',
  'user',
  'status',
  'level',
  'tags',
  'odd key',
  'a.b',
  'n',
  'duration_ms',
  'method',
];
const numbers = ['200', '404', '503', '5e2', '-0', '0.5', '12345678901234567890', '1E400', '500.0'];

/** A text in JSON, each character in one of the spellings that JSON allows. */
function spelled(random: Random, text: string): string {
  const isPlain = random() < 0.6;
  let written = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const code = text.charCodeAt(at).toString(16).padStart(4, '0');
    const mustEscape = character < ' ' || character === '"' || character === '\\';
    const short = (
      { '"': '\\"', '\\': '\\\\', '/': '\\/', '\n': '\\n', '\t': '\\t' } as Record<string, string>
    )[character];
    const long = `\\u${random() < 0.5 ? code : code.toUpperCase()}`;
    if (mustEscape) written += short !== undefined && random() < 0.7 ? short : long;
    else if (isPlain || random() < 0.8) written += character;
    else written += short !== undefined && random() < 0.5 ? short : long;
  }
  return `"${written}"`;
}

function jsonValue(random: Random, depth: number): string {
  const kind = random();
  if (kind < 0.5) return spelled(random, chosen(random, texts));
  if (kind < 0.7) return chosen(random, numbers);
  if (kind < 0.76) return chosen(random, ['true', 'false', 'null']);
  if (depth > 2) return '[]';
  const items = Array.from({ length: Math.floor(random() * 3) }, () => jsonValue(random, depth + 1));
  if (kind < 0.88) return `[${items.join(',')}]`;
  return `{${items.map((item) => `${spelled(random, chosen(random, keys))}${chosen(random, [':', ' : '])}${item}`).join(', ')}}`;
}

/** Times go back now and then, and some are written in other ways. */
function timeOf(random: Random, at: number): Date {
  const late = random() < 0.2 ? random() * 7_200_000 : 0;
  return new Date(Date.UTC(2026, 0, 1) + at * 1000 - Math.floor(late));
}

function jsonLine(random: Random, at: number): string {
  const members: string[] = [];
  const time = timeOf(random, at);
  if (random() < 0.85)
    members.push(
      chosen(random, [
        `"timestamp":"${time.toISOString()}"`,
        `"time":${String(time.getTime())}`,
        `"ts" : ${String(time.getTime() / 1000)}`,
        `"timestamp":"${time.toISOString().replace('Z', '+02:00')}"`,
      ]),
    );
  const count = 1 + Math.floor(random() * 5);
  for (let member = 0; member < count; member += 1)
    members.push(
      `${spelled(random, chosen(random, keys))}${chosen(random, [':', ': ', ' :'])}${jsonValue(random, 0)}`,
    );
  return `{${members.join(chosen(random, [',', ', ']))}}`;
}

function textLine(random: Random, at: number): string {
  const iso = timeOf(random, at).toISOString();
  const text = chosen(random, texts).replaceAll('\n', ' ');
  return chosen(random, [
    `${iso} ${chosen(random, ['ERROR', 'INFO', '[warn]'])} ${text}`,
    `${iso.slice(0, 10)} ${iso.slice(11, 19)},${iso.slice(20, 23)} - app - ERROR - ${text}`,
    `10.0.0.5 - ann [01/Jan/2026:00:${String(at % 60).padStart(2, '0')}:00 +0000] "GET ${text} HTTP/1.1" 503 17 "-" "curl"`,
    `time=${iso} level=info msg=${JSON.stringify(text)} path=/api/users`,
    `Jan  1 00:${String(at % 60).padStart(2, '0')}:07 host app[1]: ${text}`,
  ]);
}

function moreLine(random: Random): string {
  const text = chosen(random, texts).replaceAll('\n', ' ');
  return chosen(random, [
    `    at ${text} (file.js:1:2)`,
    text,
    `Caused by: ${text}`,
    '',
    '\t',
    `${text}}`,
    `"${text}"}`,
  ]);
}

/** A log of mostly one kind of lines. */
export function nastyLog(random: Random): Buffer {
  const kind = chosen(random, ['json', 'json', 'text', 'mixed', 'timeless']);
  const lines = Math.floor(random() * 60);
  const pieces: Buffer[] = [];
  if (random() < 0.1) pieces.push(Buffer.from('\ufeff'));
  if (random() < 0.05) pieces.push(Buffer.alloc(7));
  for (let at = 0; at < lines; at += 1) {
    const isJson = kind === 'json' ? random() < 0.9 : kind === 'mixed' && random() < 0.5;
    const isMore = kind === 'timeless' || random() < (kind === 'json' ? 0.5 : 0.3);
    let line = Buffer.from(isJson ? jsonLine(random, at) : isMore ? moreLine(random) : textLine(random, at));
    if (random() < 0.04) line = line.subarray(0, Math.floor(random() * line.length));
    if (random() < 0.04) line = Buffer.concat([line, Buffer.from([0xff, 0xc3, 0x28])]);
    if (random() < 0.02) line = Buffer.concat([Buffer.alloc(3), line]);
    const isGlued = random() < 0.03;
    pieces.push(line, Buffer.from(isGlued ? '' : chosen(random, ['\n', '\n', '\n', '\n', '\r\n'])));
  }
  if (random() < 0.3) pieces.push(Buffer.from(jsonLine(random, lines)));
  return Buffer.concat(pieces);
}

/** A query for what may stand in such a log. */
export function nastyQuery(random: Random, depth = 0): string {
  const kind = random();
  if (depth < 3 && kind < 0.15) return `${nastyQuery(random, depth + 1)} ${nastyQuery(random, depth + 1)}`;
  if (depth < 3 && kind < 0.25)
    return `(${nastyQuery(random, depth + 1)} OR ${nastyQuery(random, depth + 1)})`;
  if (depth < 3 && kind < 0.3) return `-(${nastyQuery(random, depth + 1)})`;
  const text = partOf(random, chosen(random, texts));
  if (kind < 0.65) return quote(text);
  const field = chosen(random, [
    ...keys.map((key) => (/^\w+$/.test(key) ? key : quote(key))),
    'duration',
    'time',
    'format',
  ]);
  if (kind < 0.85) return `${field}:${random() < 0.7 ? quote(chosen(random, texts)) : wild(text)}`;
  return `${field}:${chosen(random, ['*', '5xx', '500', '>=500', '[200 TO 404]', '<1', '~"time|skip"', '"5e2"'])}`;
}

/** A part of a text that cuts no character. */
function partOf(random: Random, text: string): string {
  const characters = Array.from(text);
  if (characters.length < 2 || random() < 0.5) return text;
  const from = Math.floor(random() * characters.length);
  return characters.slice(from, from + 1 + Math.floor(random() * characters.length)).join('');
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
}

function wild(text: string): string {
  return `${text.replace(/[^\w]/gu, '?')}*`;
}

/** A query for something that an entry has: a part of its text, or the value of one of its fields. */
export function queryFor(random: Random, { raw, fields, universal }: QueriedEntry): string {
  if (random() < 0.3) return quote(partOf(random, partOf(random, raw)).slice(0, 60));
  const inOne = chosen(random, [fields, universal]);
  const texts = Object.entries(inOne).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  if (texts.length === 0) return nastyQuery(random);
  const [key, text] = chosen(random, texts);
  const name = inOne === universal ? key : quote(key);
  const value = random() < 0.7 ? quote(text) : wild(partOf(random, text));
  // Longer queries are refused.
  return value.length > 2000
    ? nastyQuery(random)
    : chosen(random, [`${name}:${value}`, quote(partOf(random, text))]);
}
