export type Role = 'administrator' | 'auditor' | 'user';

/** A request that must not get through, and the status that says so. */
export interface HostileRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly path: string;
  readonly status: number;
  /** Whose token comes with it; undefined for none. */
  readonly role?: Role | undefined;
  /** Lines of the head. `TOKEN` is an administrator's token, `PORT` the server's port, `TAG` the policy's tag. */
  readonly head?: readonly string[] | undefined;
  readonly body?: string | undefined;
  /** The `field` of the problem. */
  readonly field?: string | undefined;
}

const LOGS = '/api/workspaces/test/logs';
const JSON_TYPE = 'Content-Type: application/json';
const roles: readonly Role[] = ['administrator', 'auditor', 'user'];

/** Each route, with what it needs to go well. */
const routes: readonly { readonly method: string; readonly path: string; readonly isOpen: boolean }[] = [
  { method: 'GET', path: '/config', isOpen: true },
  { method: 'PUT', path: '/config', isOpen: false },
  { method: 'GET', path: '/files', isOpen: true },
  { method: 'GET', path: '/files/api.1.log', isOpen: true },
  { method: 'DELETE', path: '/files/api.1.log', isOpen: false },
  { method: 'GET', path: '/entries', isOpen: true },
  { method: 'GET', path: '/stream', isOpen: true },
  { method: 'POST', path: '/maintenance', isOpen: false },
];

const hex = (text: string, digits: (pair: string) => string = (pair) => pair): string =>
  [...Buffer.from(text)].map((byte) => `%${digits(byte.toString(16).padStart(2, '0'))}`).join('');
/** Files of the folder of logs that are no logs. */
export const hiddenFiles: readonly string[] = [
  ...['.lock', '.maintenance', 'audit.db', 'audit.db-wal', `api.2.log.zip.tmp-${'0a'.repeat(8)}`],
  ...[`.gitignore.tmp-${'0a'.repeat(8)}`, `api.log.tmp-${'f'.repeat(16)}`],
];
/** Ways to write a name in a path. */
const encodings: readonly ((name: string) => string)[] = [
  encodeURIComponent,
  (name) => encodeURIComponent(encodeURIComponent(name)),
  (name) => hex(name),
  (name) => hex(name, (pair) => pair.toUpperCase()),
  (name) => encodeURIComponent(hex(name)),
  (name) => encodeURIComponent(name).replaceAll('.', '%2e'),
  (name) => encodeURIComponent(name).replaceAll('.', '%252e'),
];
const names: readonly string[] = [
  ...hiddenFiles,
  ...['..', '.', '../.workspace-logs.json', '../secret.txt', '..\\secret.txt', '../../etc/passwd'],
  ...['....//secret.txt', '../logs/api.1.log', './api.1.log', 'api.1.log/.', 'api.1.log/', '/etc/passwd'],
  ...['\\\\host\\share', 'C:\\x', 'C:/x', 'CON', 'nul.log', 'api.1.log:$DATA', 'api.1.log\0', '\0', '\n'],
  ...['api.1.log\0.txt', 'API.1.LOG', ' api.1.log', 'api.1.log ', 'api.1.log.', '*', 'api.?.log', '~'],
  ...['link.log', 'link-to-folder', 'hard.log', 'fifo.log', 'folder.log'],
  ...[
    '.gitignore',
    '.api.zip.tmp',
    'audit.db',
    'audit.db-wal',
    '../../other/logs/api.1.log',
    '%',
    '%2',
    '%zz',
  ],
  ...['__proto__', 'constructor', 'ａpi.1.log', 'api\u202e.1.log', 'x'.repeat(300), '🪵.log'],
];
const rawNames: readonly string[] = [
  '%',
  '%2',
  '%zz',
  '%u002e',
  '%c0%ae%c0%ae',
  '%ff',
  '%ed%a0%80',
  ';',
  'a;b',
];

const fileNames = [...names.flatMap((name) => encodings.map((encode) => encode(name))), ...rawNames].flatMap(
  (name): HostileRequest[] =>
    ['GET', 'GET ?decompress=1', 'DELETE'].map((line) => {
      const [method = '', query = ''] = line.split(' ');
      return { method, path: `${LOGS}/files/${name}${query}`, status: 404, role: 'administrator' };
    }),
);

const ids: readonly string[] = [
  ...['other', 'gone', 'missing', 'TEST', 'test%00', 'test%20', '%20test', 'test%2F', '..', '%2e%2e', '.'],
  ...[
    '..%2Ftest',
    'test%2F..%2Fother',
    '%2e%2e%2fother',
    '..%5Cother',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...['hasOwnProperty', '%', '*', ':id', '{id}', 't%D0%B5st', 'x'.repeat(2000)],
];
const workspaceIds = ids.flatMap((id) =>
  routes.flatMap(({ method, path }) =>
    roles.map((role): HostileRequest => ({
      ...{ method, path: `/api/workspaces/${id}/logs${path}`, status: 404, role },
      ...(method !== 'GET' && { head: [JSON_TYPE], body: '{}' }),
    })),
  ),
);

const credentials: readonly (readonly string[])[] = [
  ...[
    [],
    ['Authorization:'],
    ['Authorization: Bearer'],
    ['Authorization: Bearer x'],
    ['Authorization: TOKEN'],
  ],
  ...[['Authorization: Basic TOKEN'], ['Authorization: Bearer TOKENA'], ['Authorization: Bearer ATOKEN']],
  ...[['Authorization: Bearer TOKEN TOKEN'], ['Authorization: Bearer TOKEN', 'Authorization: Bearer TOKEN']],
  ...[['Authorization: Bearer TOKEN,'], ['Authorization: Bearer "TOKEN"'], ['Cookie: token=TOKEN']],
  ...[['X-Authorization: Bearer TOKEN'], ['Proxy-Authorization: Bearer TOKEN'], ['X-User: administrator']],
];
const tokens = routes.flatMap(({ method, path }) => [
  ...credentials.map((head): HostileRequest => ({ method, path: LOGS + path, status: 401, head })),
  ...['token', 'access_token', 'authorization'].map((name): HostileRequest => ({
    method,
    path: `${LOGS}${path}?${name}=TOKEN`,
    status: 401,
  })),
]);

const bodies: readonly string[] = [
  '',
  '{}',
  '[]',
  '{',
  '{"version":2}',
  '{"rotation":{"maxFileMB":1}}',
  'x=1',
];
const rights = routes
  .filter(({ isOpen }) => !isOpen)
  .flatMap(({ method, path }) =>
    (['auditor', 'user'] as const).flatMap((role) =>
      bodies.flatMap((body) =>
        [JSON_TYPE, 'Content-Type: text/plain'].map((type): HostileRequest => ({
          method,
          path: LOGS + path,
          status: 403,
          role,
          head: [type],
          body,
        })),
      ),
    ),
  );

const types: readonly string[] = [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    '*/*',
  ],
  ...['application/jsonp', 'application/json-patch+json', 'application', 'application/javascript', 'json'],
  ...[
    'text/plain; application/json',
    'text/plain, application/json',
    'x application/json',
    ';application/json',
  ],
];
const forms = routes
  .filter(({ isOpen }) => !isOpen)
  .flatMap(({ method, path }) =>
    [...types.map((type) => [`Content-Type: ${type}`]), []].flatMap((head) =>
      ['{}', '{"rotation":{"maxFileMB":1}}', 'a=b', '{"a":"=b"}'].map((body): HostileRequest => ({
        ...{ method, path: LOGS + path, status: 415, role: 'administrator', head, body },
      })),
    ),
  );

const put = (body: string, status: number, field?: string): HostileRequest => ({
  ...{ method: 'PUT', path: `${LOGS}/config`, status, role: 'administrator', head: [JSON_TYPE], body, field },
});
const wrongValues: readonly (readonly [keys: string, values: readonly string[]])[] = [
  [
    'rotation.maxFileMB rotation.keepPlain retention.maxFolderMB recording.maxBodyBytes sessions.retentionDays sessions.cleanupIntervalSeconds sessions.maxLines audit.fileMB audit.keepPlain',
    ['null', '-1', '0.5', '"5"', '[]', '{}', 'true', '1e300', '99999999999', '[1]', '""'],
  ],
  [
    'retention.hold sessions.enabled sessions.requireSessionId audit.file audit.console forwarding.entries forwarding.audit forwarding.usage forwarding.redactContent forwarding.titlesAndTags',
    ['null', '0', '1', '"true"', '[]', '{}', '"false"', '[true]'],
  ],
  [
    'recording.level sessions.format sessions.compression audit.level forwarding.userHash forwarding.summaries forwarding.chatIds',
    ['null', '0', '""', '"NOPE"', '[]', '{}', 'true', '"__proto__"', '"constructor"', '["NONE"]'],
  ],
];
const sections = ['rotation', 'retention', 'recording', 'masking', 'sessions', 'audit', 'forwarding'];
const strangeKeys = ['x', '__proto__', 'constructor', 'prototype', 'toString', 'maxfilemb', ' '];
const policies = [
  ...wrongValues.flatMap(([keys, values]) =>
    keys.split(' ').flatMap((field) => {
      const [section = '', key = ''] = field.split('.');
      return values.map((value) => put(`{"${section}":{"${key}":${value}}}`, 422, field));
    }),
  ),
  ...strangeKeys.map((key) => put(`{"version":1,"${key}":{"a":1}}`, 422, key)),
  ...sections.flatMap((section) => [
    ...strangeKeys.map((key) => put(`{"${section}":{"${key}":1}}`, 422, `${section}.${key}`)),
    ...['null', '5', '"x"', '[]', 'true'].map((value) => put(`{"${section}":${value}}`, 422, section)),
  ]),
  ...['0', '2', '99', '"1"', 'null', '1.5', '-1', '[]'].map((value) =>
    put(`{"version":${value}}`, 422, 'version'),
  ),
  ...['"mine"', '"../x"', '""', 'null', '5'].map((value) =>
    put(`{"workspaceId":${value}}`, 422, 'workspaceId'),
  ),
  ...['../out', '/etc', 'a/../../b', '', '\\u0000'].map((dir) =>
    put(`{"sessions":{"dir":"${dir}"}}`, 422, 'sessions.dir'),
  ),
];

const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth);
const texts = [
  ...['', '[]', '5', '"x"', 'null', 'true', '[{}]'].map((body) => put(body, 422)),
  ...[
    '{',
    '{}}',
    "{'a':1}",
    '{"a":}',
    '{a:1}',
    'x',
    '{}x',
    '// {}',
    '{"a":1,}',
    '\xff\xfe{}',
    '{"\xc3":1}',
  ].map((body) => put(body, 400)),
  ...[65, 1000, 100_000].flatMap((depth) => [
    put(`{"a":${nested(depth, '[', ']')}}`, 400),
    put(nested(depth, '[', ''), 400),
    put(nested(depth, '{"a":', '}'), 400),
  ]),
  ...[1_048_577, 2_000_000].flatMap((bytes) => [put(' '.repeat(bytes), 413), put('x'.repeat(bytes), 413)]),
];

const queries = routes
  .filter(({ path }) => path !== '/stream')
  .flatMap(({ method, path }) =>
    ['x=1', '__proto__=1', 'constructor=1', 'limit[]=1', '=', 'a=1&a=2', 'dry_run=2', 'decompress=yes'].map(
      (query): HostileRequest => ({
        ...{ method, path: `${LOGS}${path}?${query}`, status: 400, role: 'administrator' },
        ...(method !== 'GET' && { head: [JSON_TYPE], body: '{}' }),
      }),
    ),
  );
const wrongParameters: Readonly<Record<string, readonly string[]>> = {
  limit: ['0', '-1', '501', '1e9', 'NaN', 'abc', '1.5', '', 'Infinity', '50;', '__proto__'],
  from: ['yesterday', '2026-13-45', 'T', 'x', '%00'],
  to: ['tomorrow', '2026-00-00', 'Z', '%F0%9F%AA%B5'],
  status: ['9', '99', '1000', '6xx', '0xx', 'x', '4x', '-1', '404%20', '40%EF%BC%94', '', '*'],
  user: ['', 'x'.repeat(4097)],
  method: ['', 'x'.repeat(4097)],
  path: ['', 'x'.repeat(4097)],
  cursor: ['', 'x', 'e30', 'W10', 'bnVsbA', '..', '%00', 'x'.repeat(4097), 'W251bGwsbnVsbF0', '__proto__'],
};
const parameters = Object.entries(wrongParameters).flatMap(([name, values]) => [
  ...values.map((value) => `${name}=${value}`),
  `${name}=1&${name}=1`,
]);
const entries = parameters.flatMap((query) =>
  roles.map((role): HostileRequest => ({
    ...{ method: 'GET', path: `${LOGS}/entries?${query}`, status: 400, role },
    field: query.slice(0, query.indexOf('=')),
  })),
);
const positions = [
  'x',
  '-',
  '-:',
  '-:-1',
  '-:1.5',
  ':5',
  'a:5',
  `${'a'.repeat(22)}:`,
  '-:1e3',
  '../x:1',
  '\xe9:1',
];
const streams = positions.flatMap((id) =>
  roles.map((role): HostileRequest => ({
    ...{ method: 'GET', path: `${LOGS}/stream`, status: 400, role, head: [`Last-Event-ID: ${id}`] },
    field: 'last-event-id',
  })),
);

const methods = ['/config', '/files', '/files/api.1.log', '/entries', '/stream', '/maintenance'].flatMap(
  (path) =>
    ['PATCH', 'OPTIONS', 'PROPFIND', 'PUT', 'POST', 'DELETE', 'GET', 'QUERY']
      .filter((method) => !routes.some((route) => route.path === path && route.method === method))
      .map((method): HostileRequest => ({ method, path: LOGS + path, status: 405, role: 'administrator' })),
);
const addresses = [
  ...['/', '/api', '/api/', '/api/x', '/apiary', '/API/workspaces', '//api/workspaces', '/api//workspaces'],
  ...['/api/workspaces/', '/api/workspaces/test', '/api/workspaces/test/', '/api/workspaces/test/logs'],
  ...['/config/', '/files/', '/files/api.1.log/', '/config/x', '/%63onfig%00', '/../../x'].map(
    (end) => LOGS + end,
  ),
  ...[
    '/favicon.ico',
    '/index.html',
    '/.git/config',
    '/api/../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/metrics',
  ],
].flatMap((path) =>
  ['GET', 'POST', 'DELETE'].map((method): HostileRequest => ({
    method,
    path,
    status: 404,
    role: 'administrator',
  })),
);
const tags = ['"x"', 'x', 'W/TAG', '"', '""', ',', 'W/*', '*, "x"', 'TAGx', '"TAG"'].map(
  (tag): HostileRequest => {
    const { method, path, role } = put('{}', 412);
    return { method, path, role, status: 412, head: [JSON_TYPE, `If-Match: ${tag}`], body: '{"version":1}' };
  },
);
const heads = routes.map(({ method, path }): HostileRequest => ({
  ...{
    method,
    path: LOGS + path,
    status: 431,
    role: 'administrator',
    head: [`X-Long: ${'x'.repeat(16_384)}`],
  },
}));

/** Requests that every door has to answer, by class. */
export const hostileRequests: Readonly<Record<string, readonly HostileRequest[]>> = {
  ...{ fileNames, workspaceIds, tokens, rights, forms, policies, texts, queries, entries, streams },
  ...{ methods, addresses, tags, heads },
};

const hosts = [
  ...[
    'evil.test',
    '127.0.0.1.evil.test',
    '127.0.0.1.evil.test:PORT',
    'localhost',
    '127.0.0.1',
    '127.0.0.1:1',
  ],
  ...[
    '[::1]',
    '[::ffff:127.0.0.1]:PORT',
    '0.0.0.0:PORT',
    'localhost.:PORT',
    'user@127.0.0.1:PORT',
    '127.1:PORT',
  ],
  ...[
    '2130706433:PORT',
    '',
    '127.0.0.1:PORT:PORT',
    '127.0.0.1:PORT, evil.test',
    'localhost:PORT/',
    '127.0.0.2:PORT',
  ],
];
const origins = [
  ...['null', '', 'http://evil.test', 'https://127.0.0.1:PORT', 'http://127.0.0.1', 'http://127.0.0.1:1'],
  ...[
    'http://localhost.evil.test:PORT',
    'file://',
    'http://127.0.0.1:PORT.evil.test',
    'http://127.0.0.1:PORT/',
  ],
  ...['vscode-webview://x', 'http://http://127.0.0.1:PORT', 'chrome-extension://x'],
];

/** Requests that the program's own doors refuse. Those with a `Host` in the head come without the usual one. */
export const refusedAtDoors: Readonly<Record<string, readonly HostileRequest[]>> = {
  hosts: routes.flatMap(({ method, path }) =>
    [
      ...hosts.map((host) => [`Host: ${host}`]),
      ['Host: 127.0.0.1:PORT', 'Host: 127.0.0.1:PORT'],
      ['Host: 127.0.0.1:PORT', 'Host: evil.test'],
      ['Host: evil.test', 'Host: 127.0.0.1:PORT'],
    ].map((head): HostileRequest => ({
      method,
      path: LOGS + path,
      status: 421,
      role: 'administrator',
      head,
    })),
  ),
  origins: routes.flatMap(({ method, path }) =>
    origins.map((origin): HostileRequest => ({
      ...{ method, path: LOGS + path, status: 403, role: 'administrator', head: [`Origin: ${origin}`] },
    })),
  ),
  requestLines: routes.flatMap(({ method, path }) =>
    ['http://127.0.0.1:PORT', 'http://evil.test', 'https://127.0.0.1:PORT', 'ftp://x'].map(
      (start): HostileRequest => ({ method, path: start + LOGS + path, status: 421, role: 'administrator' }),
    ),
  ),
};
