import assert from 'node:assert/strict';
import { defaultPolicy, policyJsonSchema, policySchema, staysInside } from '../../../src/policy/policy.ts';

const authPaths = 'auth auths login logout session sessions signin signup oauth2 token'
  .split(' ')
  .flatMap((name) => [`**/${name}`, `**/${name}/**`]);

/** CONTRACTS.md, written out by hand: derived from the schema, both could be wrong together. */
const keys: [key: string, byDefault: unknown, allowed: unknown[], refused: unknown[]][] = [
  ['rotation.maxFileMB', 20, [1, 10_240], [0, 10_241, -1, 1.5, '20', null, true]],
  ['rotation.keepPlain', 5, [1, 100], [0, 101, 2.5, '5']],
  [
    'retention.maxAge',
    { months: 6 },
    [{ days: 1 }, { days: 3650 }, { months: 1 }, { months: 120 }],
    [
      { days: 0 },
      { days: 3651 },
      { months: 0 },
      { months: 121 },
      { days: 1, months: 1 },
      {},
      { weeks: 1 },
      30,
      null,
    ],
  ],
  ['retention.maxFolderMB', 1024, [1, 1_048_576], [0, 1_048_577, '1 GB']],
  ['retention.alsoFamilies', [], [['*'], ['nginx*', 'app']], ['*', [1], null]],
  ['retention.hold', false, [true], ['yes', 1, null]],
  [
    'recording.log',
    ['all'],
    [['writes'], ['auth', 'deployments', 'errors']],
    [['reads'], ['all', 'writes'], 'all'],
  ],
  ['recording.exclude', [], [['/health']], ['/health', [null]]],
  ['recording.authPaths', authPaths, [[]], ['/login']],
  ['recording.deploymentPaths', ['/api/deployments', '/api/deployments/**'], [[]], [{}]],
  ['recording.level', 'METADATA', ['NONE', 'REQUEST', 'REQUEST_RESPONSE'], ['metadata', 'ALL', 1]],
  ['recording.maxBodyBytes', 2048, [0, 1_048_576], [-1, 1_048_577]],
  ['masking.extraKeys', [], [['pin']], ['pin', [1]]],
  ['sessions.enabled', false, [true], ['true']],
  [
    'sessions.dir',
    'session_logs',
    ['a', 'a/b', './a'],
    ['', '.', '..', '../a', 'a/../../b', '/a', '~', 'C:\\a', 'a\\..\\..\\b', '\\\\host\\share', 'a\0b'],
  ],
  ['sessions.format', 'both', ['text', 'jsonl'], ['json']],
  ['sessions.retentionDays', 90, [1, 3650], [0, 3651]],
  ['sessions.cleanupIntervalSeconds', 3600, [60, 604_800], [59, 604_801]],
  ['sessions.compression', 'lzma', ['stored', 'deflated', 'bzip2'], ['zstd']],
  ['sessions.compressLevel', null, [0, 9], [-1, 10, '9']],
  ['sessions.maxLines', 20_000, [1, 10_000_000], [0, 10_000_001]],
  ['sessions.requireSessionId', true, [false], [0]],
  ['audit.level', 'NONE', ['METADATA', 'REQUEST', 'REQUEST_RESPONSE'], ['none', 'ALL', true]],
  ['audit.adminPaths', ['/**'], [[], ['/api/admin/**']], ['/api']],
  ['audit.file', false, [true], ['audit.log']],
  ['audit.fileMB', 10, [1, 10_240], [0, 10_241]],
  ['audit.keepPlain', 1, [2, 100], [0, 101]],
  ['audit.console', false, [true], [1]],
  ['audit.maxAge', null, [{ days: 1 }, { months: 120 }], [{ days: 0 }, { months: 121 }, 0, 'for ever']],
  ['forwarding.entries', false, [true], [1]],
  ['forwarding.audit', false, [true], [1]],
  ['forwarding.sessions', false, [true], [1]],
  ['forwarding.userHash', 'hmac', ['sha256'], ['md5']],
  ['forwarding.redactContent', true, [false], [0]],
  ['forwarding.titlesAndTags', false, [true], [1]],
];

const sections = [...new Set(keys.map(([key]) => key.split('.')[0]!))];

function nested(key: string, value: unknown): Record<string, unknown> {
  const [section = '', name = ''] = key.split('.');
  return { version: 1, [section]: { [name]: value } };
}

function valueAt(policy: unknown, key: string): unknown {
  return key.split('.').reduce((value: unknown, name) => (value as Record<string, unknown>)[name], policy);
}

describe('policySchema', () => {
  for (const [key, byDefault, allowed, refused] of keys) {
    it(`${key} is ${JSON.stringify(byDefault)} by default`, () => {
      assert.deepEqual(valueAt(defaultPolicy, key), byDefault);
      const [section = ''] = key.split('.');
      assert.deepEqual(valueAt(policySchema.parse({ version: 1, [section]: {} }), key), byDefault);
    });
    for (const value of [...allowed, byDefault])
      it(`${key} may be ${JSON.stringify(value)}`, () => {
        assert.deepEqual(valueAt(policySchema.parse(nested(key, value)), key), value);
      });
    for (const value of [...refused, Number.NaN, Number.POSITIVE_INFINITY])
      it(`${key} may not be ${typeof value === 'number' ? String(value) : JSON.stringify(value)}`, () => {
        assert.equal(policySchema.safeParse(nested(key, value)).success, false);
      });
  }

  it('has these keys and no more', () => {
    const found = Object.entries(defaultPolicy).flatMap(([section, values]) =>
      typeof values === 'object' ? Object.keys(values).map((name) => `${section}.${name}`) : [section],
    );
    assert.deepEqual(found.sort(), ['version', ...keys.map(([key]) => key)].sort());
  });

  for (const section of ['', ...sections])
    it(`refuses an unknown key in ${section || 'the file'}`, () => {
      const policy = section === '' ? { version: 1, unknown: 1 } : { version: 1, [section]: { unknown: 1 } };
      assert.equal(policySchema.safeParse(policy).success, false);
    });

  const ids: [id: unknown, ok: boolean][] = [
    ['a', true],
    ['A-z_09', true],
    ['x'.repeat(64), true],
    ['x'.repeat(65), false],
    ['', false],
    ['a b', false],
    ['../x', false],
    ['é', false],
    ['a\n', false],
    [7, false],
    [null, false],
  ];
  for (const [id, ok] of ids)
    it(`workspaceId ${JSON.stringify(id)} is ${ok ? 'accepted' : 'refused'}`, () => {
      assert.equal(policySchema.safeParse({ version: 1, workspaceId: id }).success, ok);
    });
});

describe('policyJsonSchema', () => {
  interface Schema {
    properties: Record<string, Schema>;
    additionalProperties?: boolean;
    required?: string[];
  }
  const schema = policyJsonSchema() as Schema;

  it('has the keys of the file, nothing else, and requires the version alone', () => {
    const found = Object.entries(schema.properties).flatMap(([section, { properties }]) =>
      (properties as unknown) === undefined
        ? [section]
        : Object.keys(properties).map((name) => `${section}.${name}`),
    );
    assert.deepEqual(found.sort(), ['version', 'workspaceId', ...keys.map(([key]) => key)].sort());
    assert.deepEqual(schema.required, ['version']);
    for (const part of [schema, ...sections.map((section) => schema.properties[section]!)]) {
      assert.equal(part.additionalProperties, false);
      if (part !== schema) assert.equal(part.required, undefined);
    }
  });

  it('allows comments and trailing commas, and is plain JSON', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema);
    assert.equal((schema as unknown as { allowComments: boolean }).allowComments, true);
  });
});

describe('staysInside', () => {
  const inside = ['a', 'a/b', './a', 'a/./b', 'a//b', '..a', 'a..', 'a/..b', '...'];
  const outside = [
    '',
    '.',
    './',
    '..',
    '../a',
    'a/..',
    'a/../b',
    '/',
    '/a',
    '\\a',
    'a\\..\\b',
    'C:',
    'c:/a',
    'C:\\a',
    '~',
    '~/a',
    '~root',
    'a\nb',
    'a\0',
  ];
  for (const path of inside)
    it(`${JSON.stringify(path)} stays`, () => {
      assert.equal(staysInside(path), true);
    });
  for (const path of outside)
    it(`${JSON.stringify(path)} does not`, () => {
      assert.equal(staysInside(path), false);
    });
});
