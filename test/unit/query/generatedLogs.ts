/**
 * Generated log files of every format, with lines as they should not be, and queries that find some of what is in them.
 * Both come from a random number alone: `randomOf` of test/chance.ts.
 */

type Random = () => number;

export interface GeneratedLog {
  readonly format: string;
  readonly content: Buffer;
  /** ms since 1970 */
  readonly modified: number;
}

/** The last time in the files. */
const LAST = Date.UTC(2026, 10, 30, 12);
const MOST_LINES = 40;

const WORDS: readonly string[] = [
  ...[
    'timeout',
    'Timeout',
    'refused',
    'a b',
    'x"y',
    'back\\slash',
    'tab\there',
    'line\u2028separator',
    'café',
    '😀',
  ],
  ...[
    '\u212a',
    'straße',
    'İ',
    'null',
    '5xx',
    '200',
    'level=error',
    '{"status":500}',
    'status',
    ':',
    '%',
    '\u0000',
    '\u001b[31m',
  ],
];
const PATHS = [
  '/api/x',
  '/api/x?y=1',
  '/',
  '/a/../b',
  '/api/chats/8b7f1c1e-62c6-4e9b-8a56-0f3ad5a5b3f1',
  '/ä',
];
const USERS = ['ann', 'Bob@example.com', 'anonymous', 'u-7f3c'];
const METHODS = ['GET', 'POST', 'DELETE'];
const STATUSES = [200, 204, 302, 404, 499, 500, 503];
const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];
const ADDRESSES = ['10.0.0.5', '2001:db8::1', '192.0.2.1'];

export function pick<T>(random: Random, list: readonly T[]): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new RangeError('empty list');
  return found;
}

/** A text of one to three words. */
function textOf(random: Random): string {
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, WORDS)).join(' ');
}

/** A text for a line that is no JSON: it cannot hold a line feed, and words that need quotation marks are left out. */
function plain(random: Random): string {
  return textOf(random).replaceAll(/["\\]/g, '');
}

/** JSON as any program may write it: characters escaped or not, spaces around signs, numbers in other notations. */
function spelledJson(random: Random, value: unknown): string {
  const space = (): string => (random() < 0.1 ? ' ' : '');
  if (typeof value === 'string')
    return `"${Array.from(
      JSON.stringify(value)
        .slice(1, -1)
        .matchAll(/\\u.{4}|\\.|./gsu),
      ([character]) => spelledCharacter(random, character),
    ).join('')}"`;
  if (Array.isArray(value))
    return `[${value.map((item) => space() + spelledJson(random, item) + space()).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(
      ([key, item]) =>
        `${space()}${spelledJson(random, key)}${space()}:${space()}${spelledJson(random, item)}${space()}`,
    );
    return `{${pairs.join(',')}}`;
  }
  return typeof value === 'number' && random() < 0.1 ? value.toExponential() : JSON.stringify(value);
}

function spelledCharacter(random: Random, character: string): string {
  if (character.length > 1 && character.startsWith('\\')) return character;
  if (character === '/' && random() < 0.3) return '\\/';
  if (random() > 0.03) return character;
  return Array.from({ length: character.length }, (_, at) => {
    const digits = character.charCodeAt(at).toString(16).padStart(4, '0');
    return `\\u${random() < 0.5 ? digits : digits.toUpperCase()}`;
  }).join('');
}

/** Fields that many programs write beside their own, some of them to confuse a search on bytes. */
function extras(random: Random): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (random() < 0.3)
    fields.nested = {
      status: pick(random, STATUSES),
      message: textOf(random),
      deep: { user: pick(random, USERS) },
    };
  if (random() < 0.2) fields.tags = [pick(random, WORDS), pick(random, WORDS)];
  if (random() < 0.2) fields['odd key'] = textOf(random);
  if (random() < 0.1) fields.note = `{"status":${String(pick(random, STATUSES))}}`;
  if (random() < 0.1) fields.none = null;
  if (random() < 0.1) fields.n = pick(random, [0, -0, 500, 1.5, 12345678901234567890, 1e21]);
  return fields;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** `2026-01-31 10:00:00`, in UTC. */
function civil(time: number): string {
  return iso(time).slice(0, 19).replace('T', ' ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthOf(time: number): string {
  return MONTHS[new Date(time).getUTCMonth()] ?? '';
}

type Write = (random: Random, time: number) => string;

const objects: Readonly<Record<string, (random: Random, time: number) => Record<string, unknown>>> = {
  api: (random, time) => ({
    timestamp: random() < 0.9 ? iso(time) : time,
    workspace_id: 'abc123',
    user: pick(random, USERS),
    method: pick(random, METHODS),
    path: pick(random, PATHS),
    status: pick(random, STATUSES),
    duration_ms: Math.floor(random() * 1000),
  }),
  audit: (random, time) => ({
    id: String(Math.floor(random() * 1e9)),
    user_id: pick(random, USERS),
    action: 'plan_created',
    entity_type: 'plan',
    entity_id: 'p',
    description: textOf(random),
    created_at: Math.floor(time / 1000),
  }),
  openwebui: (random, time) => ({
    id: String(random()),
    timestamp: Math.floor(time / 1000),
    user: random() < 0.3 ? {} : { id: 'u-7f3c', email: pick(random, USERS), role: 'admin', name: 'Alice Ä' },
    audit_level: 'METADATA',
    verb: pick(random, METHODS),
    request_uri: `http://chat.example.test${pick(random, PATHS)}`,
    response_status_code: random() < 0.5 ? null : pick(random, STATUSES),
    request_object: `{"text":"${textOf(random)}`,
  }),
  pino: (random, time) => ({
    level: pick(random, [30, 40, 50, 60]),
    time,
    pid: 7,
    msg: textOf(random),
    ...(random() < 0.5 && {
      req: { method: pick(random, METHODS), url: pick(random, PATHS) },
      res: { statusCode: pick(random, STATUSES) },
      responseTime: 12,
    }),
  }),
  bunyan: (random, time) => ({
    name: 'app',
    hostname: 'web',
    pid: 7,
    level: pick(random, [20, 30, 50]),
    msg: textOf(random),
    time: iso(time),
    v: 0,
  }),
  winston: (random, time) => ({
    level: pick(random, ['info', 'warn', 'error']),
    message: textOf(random),
    timestamp: iso(time),
  }),
  json: (random, time) => ({
    [pick(random, ['ts', 'time', '@timestamp'])]: pick(random, [
      iso(time),
      time,
      time / 1000,
      time * 1000,
      civil(time),
    ]),
    severity: pick(random, LEVELS),
    text: textOf(random),
    status: random() < 0.3 ? String(pick(random, STATUSES)) : pick(random, STATUSES),
  }),
  docker: (random, time) => ({
    log: `${random() < 0.5 ? spelledJson(random, { level: 'error', msg: textOf(random) }) : plain(random)}\n`,
    stream: pick(random, ['stdout', 'stderr']),
    time: iso(time),
  }),
  session: (random, time) => ({
    ts: iso(time),
    level: pick(random, LEVELS),
    user_id: pick(random, USERS),
    session_id: 's',
    chat_id: 'c',
    message_id: 'm',
    message: textOf(random),
  }),
};

/** A JSON line; sometimes with a key twice. */
function jsonLine(object: (random: Random, time: number) => Record<string, unknown>): Write {
  return (random, time) => {
    const line = spelledJson(random, { ...object(random, time), ...extras(random) });
    if (random() > 0.05) return line;
    return `${line.slice(0, -1)},"status":${String(pick(random, STATUSES))},"status":${String(pick(random, STATUSES))}}`;
  };
}

function access(random: Random, time: number): string {
  const at = iso(time);
  const date = `${at.slice(8, 10)}/${monthOf(time)}/${at.slice(0, 4)}:${at.slice(11, 19)} +0000`;
  const request = `${pick(random, METHODS)} ${pick(random, PATHS)} HTTP/1.1`;
  return `${pick(random, ADDRESSES)} - ${pick(random, [...USERS, '-'])} [${date}] "${request}" ${String(pick(random, STATUSES))} 5`;
}

function syslog(random: Random, time: number): string {
  const day = String(new Date(time).getUTCDate()).padStart(2);
  return `${monthOf(time)} ${day} ${iso(time).slice(11, 19)} host app[7]: ${plain(random)}`;
}

const texts: Readonly<Record<string, Write>> = {
  cri: (random, time) =>
    `${iso(time)} ${pick(random, ['stdout', 'stderr'])} ${random() < 0.2 ? 'P' : 'F'} ${plain(random)}`,
  combined: (random, time) => `${access(random, time)} "-" "${plain(random)}"`,
  common: access,
  'nginx-error': (random, time) =>
    `${civil(time).replaceAll('-', '/')} [error] 7#7: *5 ${plain(random)}, client: 10.0.0.5, server: x, request: "GET ${pick(random, PATHS)} HTTP/1.1"`,
  logfmt: (random, time) =>
    `time=${iso(time)} level=${pick(random, LEVELS).toLowerCase()} msg=${JSON.stringify(textOf(random))} status=${String(pick(random, STATUSES))}`,
  syslog5424: (random, time) =>
    `<${String(Math.floor(random() * 192))}>1 ${iso(time)} host app 7 - [a@1 k="v\\]"] ${plain(random)}`,
  syslog3164: syslog,
  python: (random, time) => `${civil(time)},123 - app.db - ${pick(random, LEVELS)} - ${plain(random)}`,
  loguru: (random, time) =>
    `${civil(time)}.123 | ${pick(random, LEVELS).padEnd(8)} | a.b:c:5 - ${plain(random)}`,
  logback: (random, time) =>
    `${civil(time)}.123 [main] ${pick(random, ['INFO ', 'WARN ', 'ERROR'])} a.B - ${plain(random)}`,
  session: (random, time) =>
    `${civil(time)},123 [${pick(random, LEVELS)}] [user=${pick(random, USERS)}] ${plain(random)}`,
  text: (random, time) =>
    `${pick(random, [iso(time), `[${civil(time)}]`, `${civil(time)} +0000`])} ${plain(random)}`,
  timeless: (random) => plain(random),
};

const writers: readonly (readonly [string, Write])[] = [
  ...Object.entries(objects).map(([format, object]) => [format, jsonLine(object)] as const),
  ...Object.entries(texts),
];

/** What may stand between the lines of a log, as bytes. */
const nasty: readonly ((random: Random, line: Buffer) => Buffer)[] = [
  // A torn line, with its line end or with a whole line behind it
  (random, line) => Buffer.concat([line.subarray(0, Math.floor(random() * line.length)), LINE_FEED]),
  (random, line) => Buffer.concat([line.subarray(0, Math.floor(random() * line.length)), line, LINE_FEED]),
  (random, line) => Buffer.concat([line.subarray(Math.floor(random() * line.length)), LINE_FEED]),
  (_, line) => Buffer.concat([line, line, LINE_FEED]),
  (_, line) => Buffer.concat([line, Buffer.from('\r\n')]),
  (_, line) => Buffer.concat([line, Buffer.from('\n\n  \n')]),
  (_, line) => Buffer.concat([Buffer.from('\0\0\0'), line, LINE_FEED]),
  (_, line) => Buffer.concat([line, Buffer.from([0xff, 0xc3, 0x0a])]),
  (random, line) =>
    Buffer.concat([line, Buffer.from(`\nTraceback: ${textOf(random)}\n  at x (y.js:10:55)\n\n`)]),
  (_, line) => Buffer.concat([line, Buffer.from('\n{\n  "created": "2026-01-01T00:00:00Z"\n}\n')]),
  (random) => Buffer.from(Array.from({ length: 20 }, () => Math.floor(random() * 256))),
];
const LINE_FEED = Buffer.from('\n');

/** A file of one format, or of several; of up to 40 lines, whose times mostly rise until noon on 30 November 2026. */
export function generatedLog(random: Random): GeneratedLog {
  const [format, write] = pick(random, writers);
  const isMixed = random() < 0.2;
  const isNasty = random() < 0.5;
  const count = Math.floor(random() * MOST_LINES);
  const step = pick(random, [0, 1, 1000, 60_000, 86_400_000 * 20]);
  const pieces: Buffer[] = random() < 0.1 ? [Buffer.from('\uFEFF')] : [];
  for (let left = count; left > 0; left -= 1) {
    const late = random() < 0.1 ? Math.floor(random() * 3) * step : 0;
    const [, other] = isMixed && random() < 0.3 ? pick(random, writers) : [format, write];
    const line = Buffer.from(other(random, LAST - left * step - late));
    pieces.push(
      isNasty && random() < 0.2 ? pick(random, nasty)(random, line) : Buffer.concat([line, LINE_FEED]),
    );
  }
  const whole = Buffer.concat(pieces);
  const content =
    random() < 0.2 ? whole.subarray(0, Math.max(0, whole.length - 1 - Math.floor(random() * 5))) : whole;
  return { format: isMixed ? 'mixed' : format, content, modified: LAST };
}

/** A query that some entries of generated files match. */
export function generatedQuery(random: Random): string {
  const terms = Array.from({ length: 1 + Math.floor(random() * 3) }, () => term(random));
  const [first = '', ...others] = terms;
  return others.reduce(
    (query, next) => query + pick(random, [' ', ' AND ', ' OR ', ' -', ' NOT ']) + next,
    first,
  );
}

function quotedTerm(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function term(random: Random): string {
  return pick<() => string>(random, [
    () => quotedTerm(pick(random, WORDS)),
    () => quotedTerm(textOf(random)),
    () => pick(random, ['timeout', 'refus*', 'caf?', '*slash', 'STATUS', 'k', 'strasse', 'api']),
    () =>
      `status:${pick(random, ['200', '5xx', '>=400', '[200 TO 302]', '{200 TO 500}', '200..404', '*', '"500"'])}`,
    () => `level:${pick(random, ['error', 'ERROR', 'warn', '50', '*', '(info OR debug)', '~"^(err|warn)"'])}`,
    () => `method:${pick(random, METHODS)}`,
    () =>
      `path:${pick(random, ['/api/*', '/api/x', quotedTerm('/api/x?y=1'), '~"chats/[0-9a-f-]{36}$"', '/'])}`,
    () => `user:${pick(random, [...USERS, '*'])}`,
    () => `user.email:${pick(random, USERS)}`,
    () => `message:${pick(random, ['*timeout*', quotedTerm(pick(random, WORDS)), '*', '~"(?i)time"'])}`,
    () => `duration:${pick(random, ['>500', '<0.5s', '12', '[1ms TO 1m]'])}`,
    () =>
      `time:${pick(random, ['>=2026-11-30', '2026-11-30', '[2026-11-30T11:00Z TO 2026-11-30T11:59Z]', '<now-30d'])}`,
    () => `format:${pick(random, writers)[0]}`,
    () =>
      pick(random, [
        'nested.status:500',
        'nested.deep.user:ann',
        '"odd key":*',
        'tags:timeout',
        'n:500',
        'none:null',
        'log:*',
      ]),
  ])();
}
