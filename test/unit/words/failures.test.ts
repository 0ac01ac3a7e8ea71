import * as l10n from '@vscode/l10n';
import assert from 'node:assert/strict';
import { checkout } from '../../../scripts/folders.ts';
import { pseudoFiles } from '../../../scripts/localisation.ts';
import {
  describe as inWords,
  describeIssue,
  describeRule,
  describeSkip,
  describeStep,
  describeTracked,
  printable,
  summarise,
} from '../../../src/words/failures.ts';
import { Failure, type FailureCode, type FailureData, type PolicyRule } from '../../../src/base/failure.ts';
import type { SkipReason, Step } from '../../../src/workspace/maintenance.ts';
import { readPolicyText } from '../../../src/policy/policyText.ts';

/**
 * Characters in a name of a `logs/` folder, or in a key of a policy, that could forge a line, a colour or a direction.
 */
const evil = 'a\nb\r\u001b[31mc\u0007\u202Egol\u2028\u0085\u009b\uFEFF';
const issues = [{ field: evil, line: 3, rule: { kind: 'other', detail: evil } as const }];

/** Each code with data; the compiler asks for every one. */
const samples: { readonly [C in FailureCode]: readonly FailureData[C][] } = {
  'not-managed': [{ path: evil }],
  'policy-damaged': [
    { path: evil, issues },
    { path: 'p', issues: [] },
  ],
  'policy-newer': [{ path: evil, version: 2 }],
  'policy-not-a-file': [
    { path: evil, what: 'folder' },
    { path: 'p', what: 'link' },
  ],
  'policy-too-large': [{ path: evil, bytes: 2_097_152, limit: 1_048_576 }],
  'policy-edit-refused': [{ issues }, { issues: [] }],
  'workspace-not-a-folder': [
    { path: evil, what: 'missing' },
    { path: 'p', what: 'other' },
  ],
  'workspace-id-twice': [{ id: evil, paths: [evil, 'p'] }],
  'workspace-not-trusted': [{ path: evil }],
  'logs-missing': [{ path: evil }],
  'logs-not-a-folder': [{ path: evil, what: 'link' }],
  'lock-busy': [{ path: evil }],
  'lock-damaged': [{ path: evil, detail: evil }],
  'maintenance-busy': [{ path: evil }],
  'sqlite-missing': [{ version: '20.0.0' }],
  'audit-damaged': [{ path: evil, detail: evil }],
  'audit-newer': [{ path: evil, version: 2 }],
  'audit-database': (
    [
      'address',
      'open-to-others',
      'package',
      'unreachable',
      'timeout',
      'login',
      'rights',
      'conflicts',
      'encoding',
      'foreign',
      'refused',
    ] as const
  ).flatMap((why) => ['', evil].map((code) => ({ name: evil, why, code }))),
  'audit-key-unusable': [{ path: evil, detail: evil }],
  'tokens-unusable': [
    { path: evil, why: 'readable' },
    { path: evil, why: 'content' },
  ],
  'targets-unusable': (
    ['readable', 'no-json', 'invalid', 'password-in-url', 'not-encrypted', 'missing'] as const
  ).map((why) => ({ path: evil, why, at: evil })),
  'usage-not-written': [
    { path: evil, why: 'foreign' },
    { path: evil, why: 'unaccepted' },
    { path: evil, why: 'queue-full' },
    { path: evil, why: 'ended' },
  ],
  'privacy-key-unusable': [
    { path: evil, why: 'readable' },
    { path: evil, why: 'content' },
    { path: evil, why: 'environment' },
  ],
  'audit-tampered': [{ trail: evil, sealed: 1200 }],
  'audit-note-invalid': [{ trail: evil }],
  'audit-note-pruned': [{ size: 1000 }],
  'audit-verifier-invalid': [{}],
  'audit-invalid': [
    { why: 'no-object' },
    { why: 'incomplete' },
    { why: 'changes' },
    { why: 'too-long' },
    { why: 'too-deep' },
  ],
  'audit-conflict': [{ id: evil }],
  'audit-no-record': [{ id: evil }],
  'audit-unavailable': [{ path: evil, why: { code: 'disk-full', data: { path: evil } } }],
  'query-invalid': [
    { query: evil, problems: [{ from: 0, to: evil.length, code: 'value-missing' }] },
    { query: '', problems: [] },
  ],
  'cursor-invalid': [{}],
  'audit-denied': [{ user: evil, deed: evil }],
  'file-missing': [{ path: evil }],
  'not-a-regular-file': [{ path: evil, what: 'folder' }],
  'not-a-log-name': [{ name: evil }, { name: '' }],
  'no-such-member': [
    { name: evil, members: [evil] },
    { name: 'x', members: [] },
  ],
  'member-needed': [
    { name: evil, members: [] },
    { name: 'x', members: Array.from({ length: 500 }, () => evil) },
  ],
  'no-such-part': [
    { name: evil, part: 7, parts: 3 },
    { name: 'x', part: 1, parts: 1 },
  ],
  'archive-damaged': [
    evil,
    'longer',
    'shorter',
    'crc-32',
    'compression',
    'content',
    'cut',
    'hmac',
    'digest',
    'encryption-header',
    'local-header',
    'overlap',
    'duplicate',
    'path',
    'directory',
    'end',
  ].flatMap((check) => [
    { name: evil, check },
    { name: evil, member: evil, check },
  ]),
  'log-utf16': [{ name: evil }],
  'archive-unsupported': [
    evil,
    'method',
    'zipcrypto',
    'strong-encryption',
    'multi-disk',
    'compressed-size',
    'members',
    'meta-size',
    'shown-size',
  ].flatMap((what) => [
    { name: evil, what },
    { name: evil, member: evil, what },
  ]),
  'password-needed': [{ name: evil }],
  'password-wrong': [
    { name: evil, tried: 1 },
    { name: evil, tried: 3 },
  ],
  'not-an-archive-place': [{ path: evil, folders: [evil] }],
  'not-a-session-archive': [{ name: evil }],
  'session-skipped': (
    [
      'not-managed',
      'disabled',
      'missing-id',
      'no-directory',
      'outside-workspace',
      'git-folder',
      'no-password',
      'codec-missing',
      'no-lines',
    ] as const
  ).flatMap((reason) => [
    { reason, detail: evil },
    { reason, detail: '' },
  ]),
  'session-queue-full': [{ limit: 500 }],
  'session-queue-room': [{ dropped: 1 }, { dropped: 3 }],
  'sessions-lost': [{ count: 1 }, { count: 3 }],
  'environment-invalid': [{ name: evil, expected: evil }],
  'codec-missing': [{ method: evil }],
  'password-weak': [{}],
  'password-long': [{}],
  'source-changing': [{ name: evil }],
  'recorder-closed': [{}],
  'queue-full': [{}],
  'entry-invalid': [{}],
  'target-among-logs': [{ path: evil }],
  'target-exists': [{ path: evil }],
  'deletions-held': [{ path: evil }],
  'nothing-to-rotate': [{ name: evil }],
  'log-held-open': [{ name: evil }],
  'ignore-rule-gone': [{ path: evil }],
  'no-repository': [{ path: evil }],
  'git-refused': [
    { command: evil, detail: evil },
    { command: 'git rm', detail: '' },
  ],
  'hook-foreign': [
    { path: evil, what: 'of-others', line: evil },
    { path: 'p', what: 'not-a-file', line: 'x' },
    { path: 'p', what: 'shared-folder', line: 'x' },
  ],
  'disk-full': [
    { path: evil },
    { path: evil, loss: 'none' },
    { path: evil, loss: 'entries' },
    { path: evil, loss: 'lines' },
  ],
  'no-permission': [
    { path: evil, call: 'open' },
    { path: 'x', call: 'unlink' },
  ],
  'state-unwritable': [{ path: evil, detail: evil }],
  'machine-error': [{ path: evil, call: 'fsync', errno: 'EIO' }],
  'worker-lost': [{ detail: evil }],
  unexpected: [{ detail: evil }],
  usage: [{ detail: evil }],
  cancelled: [{}],
};

const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('describe', () => {
  for (const [code, datas] of Object.entries(samples) as [FailureCode, FailureData[FailureCode][]][])
    for (const data of datas)
      it(`${code} ${JSON.stringify(data).slice(0, 40)} is a short text on one line, harmless in a terminal`, () => {
        const text = inWords({ code, data });
        assert.ok(text.length > 0 && text.length < 1000, text);
        assert.doesNotMatch(text, unprintable);
        assert.doesNotMatch(text, /undefined|\[object|NaN/);
        if (code !== 'usage' && code !== 'hook-foreign') assert.match(text, /^[A-Z“].*\.$/);
      });

  const examples: [code: FailureCode, data: object, text: string][] = [
    ...(['link', 'file'] as const).map((what): [FailureCode, object, string] => [
      'logs-not-a-folder',
      { path: 'logs', what },
      `“logs” is a ${what}, not a folder. Only a real folder is managed: replace it by one.`,
    ]),
    ['file-missing', { path: 'logs/x.log' }, 'There is no file “logs/x.log”.'],
    [
      'policy-newer',
      { path: 'p', version: 2 },
      '“p” was made by a newer version (policy version 2). Update Workspace Logs; until then nothing is changed.',
    ],
    [
      'no-permission',
      { path: 'p', call: 'scandir' },
      '“p” may not be read by this user. Check its permissions.',
    ],
    [
      'no-permission',
      { path: 'p', call: 'rename' },
      '“p” may not be changed by this user. Check its permissions.',
    ],
    [
      'member-needed',
      { name: 'a.zip', members: ['x', 'y'] },
      '“a.zip” holds several files: name one of “x”, “y” with --member.',
    ],
    ['no-such-part', { name: 'x', part: 2, parts: 2 }, '“x” has 2 parts; there is no part 3.'],
    ['no-such-part', { name: 'x', part: 1, parts: 1 }, '“x” has 1 part; there is no part 2.'],
    [
      'archive-damaged',
      { name: 'a.zip', check: 'crc-32' },
      'The archive “a.zip” is damaged: its CRC-32 does not match. Restore it from a copy if there is one.',
    ],
  ];
  for (const [code, data, text] of examples)
    it(text, () => {
      assert.equal(inWords({ code, data: data as FailureData[FailureCode] }), text);
    });
});

describe('describe in another language', () => {
  before(async () => {
    const { 'l10n/bundle.l10n.qps-ploc.json': contents = '' } = await pseudoFiles(checkout);
    l10n.config({ contents });
  });
  after(() => {
    l10n.config({ contents: {} });
  });

  for (const [code, datas] of Object.entries(samples) as [FailureCode, FailureData[FailureCode][]][])
    for (const data of datas)
      it(`leaves nothing of ${code} ${JSON.stringify(data).slice(0, 40)} in English`, () => {
        const words = inWords({ code, data })
          .replace(/\\u[0-9a-f]{4}/g, '')
          .match(/[A-Za-z]{2,}/g);
        // What is left of `evil`, units, and what the samples hold.
        const allowed = /^(ab|mcgol|MB|zip|git|rm|fsync|EIO)$/;
        assert.deepEqual(
          (words ?? []).filter((word) => !allowed.test(word)),
          [],
        );
      });
});

describe('describeIssue', () => {
  const policies: [text: string, sentence: string][] = [
    [
      '{"version": 1,\n"rotation": {"maxFileMB": -1}}',
      'line 2, rotation.maxFileMB: must be a whole number from 1 to 10,240',
    ],
    ['{"version": 1,\n"extra": 1}', 'line 2, extra: there is no such key'],
    ['{"version": 1,\n"version": 1}', 'line 2, version: this key stands twice'],
    ['{}', 'line 1, version: this key is missing'],
    ['{"version": "1"}', 'line 1, version: must be 1'],
    [
      '{"version": 1, "recording": {"level": "X"}}',
      'line 1, recording.level: must be one of NONE, METADATA, REQUEST, REQUEST_RESPONSE',
    ],
    ['{"version": 1, "retention": {"hold": 1}}', 'line 1, retention.hold: must be a boolean'],
    ['{"version": 1, "rotation": []}', 'line 1, rotation: must be an object'],
    [
      '{"version": 1, "sessions": {"dir": ".."}}',
      'line 1, sessions.dir: must be a relative path that stays inside the workspace',
    ],
    [
      '{"version": 1, "retention": {"maxAge": 5}}',
      'line 1, retention.maxAge: must be {"days": 1 to 3,650} or {"months": 1 to 120}',
    ],
    ['{"version": 1, "workspaceId": "a b"}', 'line 1, workspaceId: must be 1 to 64 letters, digits, _ or -'],
    [
      '{"version": 1, "recording": {"log": ["x"]}}',
      'line 1, recording.log: must be ["all"] or any of "writes", "auth", "deployments", "errors"',
    ],
    [
      '{"version": 1, "sessions": {"compressLevel": 10}}',
      'line 1, sessions.compressLevel: must be a whole number from 0 to 9, or null',
    ],
    ['{\n"version" 1}', 'line 2: this is not valid JSON (colon expected)'],
    ['{"version": 1, "a\\nb": 1}', 'line 1, a\\u000ab: there is no such key'],
  ];
  for (const [text, sentence] of policies)
    it(sentence, () => {
      const reading = readPolicyText(text);
      assert.ok(reading.kind === 'damaged');
      assert.deepEqual(reading.issues.map(describeIssue), [sentence]);
    });

  it('names no line where the whole file is meant', () => {
    assert.equal(describeIssue({ field: '', line: 0, rule: { kind: 'missing' } }), 'this key is missing');
  });
});

describe('describeRule', () => {
  const rules: [rule: PolicyRule, text: string][] = [
    [{ kind: 'type', expected: 'array' }, 'must be an array'],
    [{ kind: 'type', expected: 'string' }, 'must be a string'],
    [{ kind: 'choice', choices: ['a'] }, 'must be a'],
  ];
  for (const [rule, text] of rules)
    it(text, () => {
      assert.equal(describeRule(rule), text);
    });
});

describe('describeStep', () => {
  const steps: [step: Step, text: string][] = [
    [
      { kind: 'rotate', name: 'api.log', to: 'api.1.log', bytes: 1_048_577, reason: 'size' },
      'rotate api.log → api.1.log (1 MB, over the size limit)',
    ],
    [
      { kind: 'zip', name: 'api.1.log', to: 'a.zip', bytes: 5, reason: 'plain' },
      'zip api.1.log → a.zip (5 bytes, older than the files kept plain)',
    ],
    [{ kind: 'delete', name: 'a.zip', bytes: 1, reason: 'age' }, 'delete a.zip (1 byte, expired)'],
    [
      { kind: 'delete', name: 'a.zip', bytes: 0, reason: 'cap' },
      'delete a.zip (0 bytes, folder over its limit)',
    ],
    [
      { kind: 'sweep', name: 'a\nb', bytes: 0, reason: 'leftover' },
      'sweep a\\u000ab (0 bytes, left by an interrupted run)',
    ],
  ];
  for (const [step, text] of steps)
    it(text, () => {
      assert.equal(describeStep(step), text);
    });
});

describe('describeSkip', () => {
  const reasons: SkipReason[] = [
    'hold',
    'unaccepted',
    'clock',
    'held-open',
    'not-a-file',
    'not-a-session-archive',
    'changed',
    'failed',
  ];
  for (const reason of reasons)
    it(`says why: ${reason}`, () => {
      assert.match(describeSkip({ name: 'a\nb', reason }), /^a\\u000ab: [a-z][^\n]{5,}$/);
    });
});

describe('summarise', () => {
  const step = (kind: Step['kind']): Step => ({ kind, name: 'x', bytes: 1, reason: 'size' });
  const MB = 1_048_576;
  const plans: [kinds: Step['kind'][], text: string][] = [
    [[], 'Nothing to do: 1.2 GB in 2 files'],
    [['zip'], '1 file zipped, 1.2 GB → 310 MB'],
    [['zip', 'zip', 'delete'], '2 files zipped, 1 deleted, 1.2 GB → 310 MB'],
    [['sweep', 'delete', 'zip', 'rotate'], '1 file rotated, 1 zipped, 1 deleted, 1 swept, 1.2 GB → 310 MB'],
    [['prune', 'delete'], '1 file deleted, 1 pruned, 1.2 GB → 310 MB'],
    [Array.from({ length: 1200 }, () => 'delete'), '1,200 files deleted, 1.2 GB → 310 MB'],
  ];
  for (const [kinds, text] of plans)
    it(text, () => {
      const totals = { before: { files: 2, bytes: 1.2 * 1024 * MB }, after: { files: 1, bytes: 310 * MB } };
      assert.equal(summarise({ steps: kinds.map(step), ...totals }), text);
    });
});

describe('describeTracked', () => {
  const tracked: [names: string[], text: string][] = [
    [
      ['logs/api.log'],
      '“logs/api.log” is tracked by Git in spite of the ignore rule. Untrack with: git rm -r --cached -- logs',
    ],
    [
      ['logs/a', 'logs/b'],
      '2 files in “logs” are tracked by Git in spite of the ignore rule. Untrack with: git rm -r --cached -- logs',
    ],
  ];
  for (const [names, text] of tracked)
    it(text, () => {
      assert.equal(describeTracked(names), text);
    });
  const folders: [names: string[], folders: string][] = [
    [['logs/a', 'my sessions/b'], "logs 'my sessions'"],
    [['data/sessions/u/1.zip', 'data/sessions/v/2.zip', 'logs/a'], 'data/sessions logs'],
    [['data/sessions/u/1.zip'], 'data/sessions/u'],
    [["it's/a"], String.raw`'it'\''s'`],
    [['a\nb/c'], String.raw`'a\u000ab'`],
  ];
  for (const [names, expected] of folders)
    it(`of ${JSON.stringify(names)} names no folder that holds more: ${expected}`, () => {
      assert.ok(describeTracked(names).endsWith(` -- ${expected}`), describeTracked(names));
    });
});

describe('a sentence', () => {
  it('shows no secret that stands in a path', () => {
    const secret = `ghp_${'0123456789abcdefghij'.repeat(2).slice(0, 36)}`;
    const sentence = inWords(new Failure('file-missing', { path: `/logs/${secret}.log` }));
    assert.match(sentence, /There is no file/);
    assert.ok(!sentence.includes(secret), sentence);
  });
});

describe('printable', () => {
  const texts: [text: string, shown: string][] = [
    ['plain é 😀 日本', 'plain é 😀 日本'],
    ['a\tb\n', 'a\\u0009b\\u000a'],
    ['\u001b[31m', '\\u001b[31m'],
    ['\u202egol', '\\u202egol'],
    ['\u2066\u2069\u200e\u200f', '\\u2066\\u2069\\u200e\\u200f'],
    ['\u007f\u0085\u009b', '\\u007f\\u0085\\u009b'],
    ['\u2028\ufeff', '\\u2028\\ufeff'],
  ];
  for (const [text, shown] of texts)
    it(shown, () => {
      assert.equal(printable(text), shown);
    });
});
