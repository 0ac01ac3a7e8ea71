/**
 * Secrets of every kind in every place they turn up in, made at run time from a seed. The lists here are this file's
 * own and not the masker's: what the masker forgot must be found here.
 */
import * as querystring from 'node:querystring';

/** One secret in one place. */
export interface SecretPlacement {
  readonly kind: string;
  readonly place: string;
  /** Given to the masker as a known secret; nothing else about it can be recognised. */
  readonly known?: string;
  /** Parts of the secret in letters and digits, which no encoding changes: none of them may be seen anywhere. */
  readonly probes: readonly string[];
  /** The logged text or value. */
  readonly input: { readonly text: string } | { readonly value: unknown };
}

interface Secret {
  readonly kind: string;
  readonly text: string;
  readonly probes: readonly string[];
  readonly known?: string;
}

/** Random numbers from 0 to 1 that come again with the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

/** Makes placements without end. */
export function* secretPlacements(seed: number): Generator<SecretPlacement, never> {
  const random = seededRandom(seed);
  const make = new SecretMaker(random);
  const places = [...Object.entries(keyedPlaces), ...Object.entries(openPlaces)];
  for (;;)
    for (const [place, put] of places) {
      const isKeyed = place in keyedPlaces;
      const secret = isKeyed ? make.any(room(place)) : make.evident(room(place));
      const { kind, probes, known } = secret;
      yield { kind, place, probes, ...(known === undefined ? {} : { known }), input: put(secret.text, make) };
    }
}

/** What a place can carry unencoded: anything, one line, or one word. */
type Room = 'any' | 'line' | 'word';

function room(place: string): Room {
  if (wordPlaces.has(place)) return 'word';
  return linePlaces.has(place) ? 'line' : 'any';
}

class SecretMaker {
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)]!;
  }

  characters(length: number, alphabet = LETTERS + DIGITS): string {
    return Array.from({ length }, () => alphabet[Math.floor(this.random() * alphabet.length)]!).join('');
  }

  key(): string {
    return this.pick(keys);
  }

  any(room: Room): Secret {
    const makers = [
      () => this.password(room),
      () => this.password(room),
      () => this.whole('aws secret', this.characters(40, `${LETTERS}${DIGITS}`)),
      () => this.whole('hex', this.characters(32, '0123456789abcdef')),
      () => this.whole('digits', this.characters(9, DIGITS)),
      () => this.evident(room),
    ];
    return this.pick(makers)();
  }

  /** Secrets that are recognised without a key, and those that are known. */
  evident(room: Room): Secret {
    const makers = [() => this.jwt(), () => this.vendor(), () => this.vendor(), () => this.known(room)];
    if (room !== 'word')
      makers.push(
        () => this.scheme('Bearer'),
        () => this.scheme('Basic'),
        () => this.connection(),
      );
    if (room === 'any')
      makers.push(
        () => this.pem(),
        () => this.vault(),
      );
    return this.pick(makers)();
  }

  private whole(kind: string, text: string): Secret {
    return { kind, text, probes: pieces(text) };
  }

  private password(room: Room): Secret {
    const between = hostile[room];
    const parts = Array.from({ length: 1 + Math.floor(this.random() * 4) }, () => this.characters(8));
    let text = parts[0]!;
    for (const part of parts.slice(1)) text += this.pick(between) + part;
    return { kind: 'password', text, probes: parts };
  }

  private known(room: Room): Secret {
    const { text, probes } = this.password(room === 'word' ? 'word' : 'line');
    return { kind: 'known secret', text, probes, known: text };
  }

  private jwt(): Secret {
    const part = (length: number): string => this.characters(length, `${LETTERS}${DIGITS}-_`);
    const body = [part(24), part(60), part(43)];
    return { kind: 'jwt', text: `eyJ${body.join('.')}`, probes: body.flatMap(pieces) };
  }

  private vendor(): Secret {
    const [start, length, alphabet = LETTERS + DIGITS] = this.pick(vendors);
    const tail = this.characters(length, alphabet);
    return { kind: `vendor ${start}`, text: start + tail, probes: pieces(tail) };
  }

  private scheme(name: string): Secret {
    const token = `${this.characters(12)}7${this.characters(12)}`;
    const text = name === 'Basic' ? btoa(`user:${token}`) : token;
    return { kind: name, text: `${name} ${text}`, probes: pieces(text) };
  }

  private connection(): Secret {
    const [first, second] = [this.characters(9), this.characters(9)];
    const text = this.pick([
      `Server=db.example.com;Database=shop;User Id=app;Password=${first} ${second};Encrypt=true`,
      `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${first}${second}==;EndpointSuffix=core`,
      `postgres://app:${first}%20${second}@db.example.com:5432/shop`,
      `host=db user=app password='${first} ${second}' dbname=shop`,
    ]);
    return { kind: 'connection string', text, probes: [first, second] };
  }

  private pem(): Secret {
    const label = this.pick([
      'PRIVATE KEY',
      'RSA PRIVATE KEY',
      'OPENSSH PRIVATE KEY',
      'ENCRYPTED PRIVATE KEY',
    ]);
    const lines = Array.from({ length: 6 }, () => this.characters(64, `${LETTERS}${DIGITS}`));
    const text = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n');
    return { kind: 'pem', text, probes: lines.flatMap(pieces) };
  }

  private vault(): Secret {
    const lines = Array.from({ length: 4 }, () => this.characters(80, '0123456789'));
    return {
      kind: 'vault',
      text: ['$ANSIBLE_VAULT;1.1;AES256', ...lines].join('\n'),
      probes: lines.flatMap(pieces),
    };
  }
}

/** Eight characters at a time: so much of a secret is too much. */
function pieces(text: string): string[] {
  return (text.match(/[A-Za-z0-9]{8}/g) ?? []).filter((piece) => piece.length === 8);
}

const hostile: Record<Room, readonly string[]> = {
  word: ['!', '*', '~', '^', '-', '_', '.', 'é', '+'],
  line: [
    ' ',
    '"',
    "'",
    '\\',
    '&',
    ';',
    ',',
    '<',
    '>',
    '{',
    '}',
    '[',
    ']',
    ':',
    '=',
    '%',
    '@',
    '/',
    '#',
    '💥',
    ' " ',
    '\\"',
  ],
  any: [
    ' ',
    '"',
    "'",
    '\\',
    '&',
    ';',
    ',',
    '<',
    '}',
    ']',
    ':',
    '=',
    '%',
    'ß',
    '\\\\"',
    '", "',
    "', '",
    '"}',
    '\\n',
    '\t',
  ],
};

const keys = [
  ...[
    'password',
    'Password',
    'PASSWORD',
    'new_password',
    'oldPassword',
    'passwordConfirmation',
    'user[password]',
  ],
  ...[
    'passwd',
    'db_passwd',
    'pwd',
    'passphrase',
    'passcode',
    'secret',
    'client_secret',
    'clientSecret',
    'PGPASSWORD',
  ],
  ...[
    'token',
    'access_token',
    'accessToken',
    'accesstoken',
    'refreshToken',
    'id_token',
    'session_token',
    'csrf_token',
  ],
  ...[
    'apiKey',
    'api_key',
    'api-key',
    'X-Api-Key',
    'x-api-key',
    'APIKEY',
    'aws_secret_access_key',
    'private_key',
  ],
  ...[
    'privateKey',
    'encryption_key',
    'signingKey',
    'accountKey',
    'credential',
    'credentials',
    'otp',
    'pin_code',
    'cvv',
  ],
  ...['authorization', 'Authorization', 'Proxy-Authorization', 'X-Auth-Token', 'X-CSRF-Token', 'Set-Cookie'],
];
const headers = [
  'Authorization',
  'authorization',
  'Cookie',
  'Set-Cookie',
  'X-Api-Key',
  'x-auth-token',
  'Proxy-Authorization',
];

const vendors: readonly (readonly [start: string, length: number, alphabet?: string])[] = [
  ['ghp_', 36],
  ['gho_', 36],
  ['ghu_', 36],
  ['ghs_', 36],
  ['ghr_', 36],
  ['github_pat_', 82],
  ['glpat-', 20],
  ['xoxb-', 48],
  ['xoxp-', 48],
  ['xoxa-2-', 40],
  ['AKIA', 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'],
  ['ASIA', 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'],
  ['AIza', 35],
  ['ya29.', 60],
  ['GOCSPX-', 28],
  ['sk-', 48],
  ['sk-ant-api03-', 90],
  ['sk-proj-', 60],
  ['sk_live_', 24],
  ['rk_live_', 24],
  ['sk_test_', 24],
  ['whsec_', 32],
  ['npm_', 36],
  ['pypi-AgEIcHlwaS5vcmc', 80],
  ['hf_', 34],
  ['dop_v1_', 64, '0123456789abcdef'],
  ['SG.', 66],
  ['hvs.', 40],
  ['AGE-SECRET-KEY-1', 58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'],
];

type Put = (secret: string, make: SecretMaker) => SecretPlacement['input'];

const text = (written: string): SecretPlacement['input'] => ({ text: written });
const value = (logged: unknown): SecretPlacement['input'] => ({ value: logged });
const inString = (levels: number, inner: unknown): string => {
  let written = JSON.stringify(inner);
  for (let level = 1; level < levels; level += 1) written = JSON.stringify({ body: written });
  return written;
};
const element = (name: string): string => name.replace(/[^A-Za-z_-]/g, '');
const xmlText = (secret: string): string =>
  secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** As util.inspect and Python's repr write it. */
const singleQuoted = (secret: string): string =>
  `'${secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Places where a key says that it is a secret. */
const keyedPlaces: Readonly<Record<string, Put>> = {
  'a JSON key': (secret, make) => value({ id: 7, [make.key()]: secret, name: 'Bob' }),
  'a nested key': (secret, make) => value({ user: { profile: [{ [make.key()]: secret }] }, took: 12 }),
  'an array under a key': (secret, make) => value({ [make.key()]: ['x', { y: secret }], name: 'Bob' }),
  'a header map': (secret, make) =>
    value({ headers: { host: 'a.example.com', [make.pick(headers)]: secret } }),
  'a raw header list': (secret, make) =>
    value({ rawHeaders: ['Host', 'a.example.com', make.pick(headers), secret] }),
  'header pairs': (secret, make) =>
    value([
      ['Host', 'a.example.com'],
      [make.pick(headers), secret],
    ]),
  'a Map': (secret, make) =>
    value({
      fields: new Map([
        ['a', 'b'],
        [make.key(), secret],
      ]),
    }),
  'a name and a value': (secret, make) =>
    value([
      { name: make.key(), value: secret },
      { name: 'a', value: 'b' },
    ]),
  'a value and a name': (secret, make) => value({ items: [{ value: secret, name: make.key() }] }),
  'a header line': (secret, make) =>
    text(`GET / HTTP/1.1\r\n${make.pick(headers)}: ${secret}\r\nHost: a.example.com`),
  'a query': (secret, make) => text(`/search?q=x&${make.key()}=${encodeURIComponent(secret)}&page=2`),
  'a query in a URL': (secret, make) =>
    text(
      `GET https://a.example.com/cb?${encodeURIComponent(make.key())}=${encodeURIComponent(secret)}#top 200`,
    ),
  'a form body': (secret, make) =>
    text(querystring.stringify({ user: 'bob', [make.key()]: secret, remember: 'on' })),
  'a URLSearchParams body': (secret, make) =>
    text(new URLSearchParams({ [make.key()]: secret, a: 'b' }).toString()),
  'JSON in a query': (secret, make) =>
    text(`/search?filter=${encodeURIComponent(JSON.stringify({ [make.key()]: secret, a: 1 }))}&page=2`),
  'a URL in a query': (secret, make) =>
    text(
      `/go?to=${encodeURIComponent(`https://a.example.com/?${make.key()}=${encodeURIComponent(secret)}`)}&x=1`,
    ),
  'JSON in a string': (secret, make) => value({ body: inString(1, { [make.key()]: secret, a: 'b' }) }),
  'JSON in JSON in a string': (secret, make) =>
    value({ body: inString(2, { [make.key()]: secret, a: 'b' }) }),
  'JSON three levels deep': (secret, make) => value({ body: inString(3, { [make.key()]: secret, a: 'b' }) }),
  'JSON within text': (secret, make) =>
    text(`request body: ${JSON.stringify({ a: 1, [make.key()]: secret })} (200)`),
  'escaped JSON within text': (secret, make) =>
    text(`sent ${JSON.stringify(JSON.stringify({ a: 1, [make.key()]: secret, b: 2 }))} to a.example.com`),
  'JSON as text': (secret, make) => text(JSON.stringify({ a: { [make.key()]: secret } }, undefined, 2)),
  'lines of JSON': (secret, make) => text(`{"a":1}\n${JSON.stringify({ [make.key()]: secret })}\n{"b":2}`),
  'an inspected object': (secret, make) => text(`{ a: 1, '${make.key()}': ${singleQuoted(secret)}, b: 2 }`),
  'an assignment with quotes': (secret, make) =>
    text(`failed with ${make.key()}=${JSON.stringify(secret)} at once`),
  'an environment variable': (secret, make) => text(`export DB_${make.key().toUpperCase()}=${secret} && run`),
  'a flag': (secret, make) => text(`$ login --user bob --${element(make.key())} ${secret} --verbose`),
  'a setting': (secret, make) => text(`server:\n  ${element(make.key())}: ${secret}\n  port: 80`),
  'a block of YAML': (secret, make) =>
    text(`a: 1\n${element(make.key())}: |\n  ${secret.replaceAll('\n', '\n  ')}\nb: 2`),
  'a connection string': (secret) =>
    text(`Server=db;User Id=app;Password="${secret.replaceAll('"', '""')}";Encrypt=true`),
  'credentials in a URL': (secret) =>
    text(`connecting to amqp://app:${encodeURIComponent(secret)}@mq.example.com/v`),
  'an XML element': (secret, make) =>
    text(`<user><n>bob</n><${element(make.key())}>${xmlText(secret)}</x></user>`),
  'a multipart body': (secret, make) =>
    text(
      `--b\r\nContent-Disposition: form-data; name="${make.key()}"\r\n\r\n${secret}\r\n--b\r\n` +
        `Content-Disposition: form-data; name="a"\r\n\r\nb\r\n--b--`,
    ),
  'a word and a string': (secret) => text(`could not log in with password ${JSON.stringify(secret)} as bob`),
  'an error message': (secret, make) =>
    value(new Error(`refused: ${make.key()}=${JSON.stringify(secret)} is wrong`)),
  'a cookie': (secret) => text(`Cookie: theme=dark; sid=${encodeURIComponent(secret)}; lang=en`),
};

/** Places without any key: only what is evident or known is a secret there. */
const openPlaces: Readonly<Record<string, Put>> = {
  'body text': (secret) => text(`the server said ${secret} and hung up`),
  'body text alone': (secret) => text(secret),
  'an array': (secret) => value(['a', secret, 'b']),
  'a member': (secret) => value({ note: secret, a: 1 }),
  'a key itself': (secret) => value({ [secret]: 1 }),
  'the message of an error': (secret) => value({ err: new Error(`cannot use ${secret} here`) }),
  'a user agent': (secret) => text(`curl/8.5.0 (${secret}) libcurl/8.5.0`),
  'a path': (secret) => text(`/hooks/${encodeURIComponent(secret)}/deliver`),
  'a query without a key': (secret) => text(`/x?a=${encodeURIComponent(secret)}&b=2`),
  'user data in a URL': (secret) =>
    text(`cloning https://${encodeURIComponent(secret)}@git.example.com/a.git`),
  'a string in JSON in a string': (secret) => value({ body: inString(2, { note: `x ${secret} y` }) }),
  'a set': (secret) => value(new Set(['a', secret])),
};

const wordPlaces = new Set(['an environment variable', 'a flag']);
const linePlaces = new Set(['a header line', 'a setting', 'a user agent', 'a word and a string']);
