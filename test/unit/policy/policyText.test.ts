import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import type { PolicyRule } from '../../../src/base/failure.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import {
  checkPolicyEdits,
  editPolicyText,
  integerLimits,
  newPolicyText,
  readPolicyText,
} from '../../../src/policy/policyText.ts';

type Kind = PolicyRule['kind'];

describe('readPolicyText', () => {
  const valid: [what: string, text: string][] = [
    ['the least there is', '{"version": 1}'],
    ['comments', '// a\n{ /* b */ "version": 1 // c\n}\n'],
    ['a trailing comma', '{"version": 1, "rotation": {"keepPlain": 5,},}'],
    ['a byte order mark', '\uFEFF{"version": 1}'],
    ['CRLF', '{\r\n  "version": 1\r\n}\r\n'],
    ['an exponent that is a whole number', '{"version": 1e0}'],
    ['what init writes', newPolicyText('abc')],
  ];
  for (const [what, text] of valid)
    it(`accepts ${what}`, () => {
      const reading = readPolicyText(text);
      assert.ok(reading.kind === 'valid', JSON.stringify(reading));
      assert.deepEqual(
        { ...defaultPolicy, ...reading.policy, workspaceId: 0 },
        { ...defaultPolicy, workspaceId: 0 },
      );
    });

  const newer: [text: string, version: number][] = [
    ['{"version": 2}', 2],
    ['{"version": 99, "retention": {"maxAge": "unknown to us"}, "new": {}}', 99],
    ['{"version": 1e300}', 1e300],
  ];
  for (const [text, version] of newer)
    it(`tells that ${text} was made by a newer version`, () => {
      assert.deepEqual(readPolicyText(text), { kind: 'newer', version });
    });

  const damaged: [text: string, field: string, line: number, kind: Kind][] = [
    ['', '', 1, 'syntax'],
    ['  \n', '', 2, 'syntax'],
    ['{', '', 1, 'syntax'],
    ['{"version": 1}}', '', 1, 'syntax'],
    ['{"version": 1} {"version": 1}', '', 1, 'syntax'],
    ['{\n"version": 1\n"rotation": {}}', '', 3, 'syntax'],
    ["{'version': 1}", '', 1, 'syntax'],
    ['{"version": NaN}', '', 1, 'syntax'],
    ['{"version": 1 /* no end', '', 1, 'syntax'],
    ['{"version": 1, "workspaceId": "a\nb"}', '', 1, 'syntax'],
    ['[]', '', 1, 'type'],
    ['null', '', 1, 'type'],
    ['"version"', '', 1, 'type'],
    ['{}', 'version', 1, 'missing'],
    ['{"version": "1"}', 'version', 1, 'choice'],
    ['{"version": 0}', 'version', 1, 'choice'],
    ['{"version": -1}', 'version', 1, 'choice'],
    ['{"version": 1.5}', 'version', 1, 'choice'],
    ['{"version": null}', 'version', 1, 'choice'],
    ['{"version": 1e999}', 'version', 1, 'choice'],
    ['{"version": 1,\n"extra": 1}', 'extra', 2, 'unknown-key'],
    ['{"version": 1,\n"__proto__": {"version": 1}}', '__proto__', 2, 'unknown-key'],
    ['{"version": 1,\n"rotation": {\n"__proto__": 5}}', 'rotation.__proto__', 3, 'unknown-key'],
    ['{"version": 1,\n"constructor": 1}', 'constructor', 2, 'unknown-key'],
    ['{"version": 1,\n"rotation": {\n"maxFileMb": 5}}', 'rotation.maxFileMb', 3, 'unknown-key'],
    ['{"version": 1,\n"version": 1}', 'version', 2, 'duplicate-key'],
    [
      '{"version": 1, "rotation": {"keepPlain": 5,\n"keepPlain": 1}}',
      'rotation.keepPlain',
      2,
      'duplicate-key',
    ],
    ['{"version": 1,\n"rotation":\n{"maxFileMB":\n-1}}', 'rotation.maxFileMB', 4, 'integer'],
    ['{"version": 1,\n"rotation": {"maxFileMB": 1e999}}', 'rotation.maxFileMB', 2, 'integer'],
    ['{"version": 1,\n"rotation": {"maxFileMB": -1e999}}', 'rotation.maxFileMB', 2, 'integer'],
    ['{"version": 1,\n"rotation": {"maxFileMB": "20"}}', 'rotation.maxFileMB', 2, 'integer'],
    ['{"version": 1,\n"rotation": {"maxFileMB": 1.5}}', 'rotation.maxFileMB', 2, 'integer'],
    ['{"version": 1,\n"rotation": {"maxFileMB": null}}', 'rotation.maxFileMB', 2, 'integer'],
    ['{"version": 1, "rotation": 5}', 'rotation', 1, 'type'],
    ['{"version": 1, "rotation": null}', 'rotation', 1, 'type'],
    ['{"version": 1, "rotation": []}', 'rotation', 1, 'type'],
    ['{"version": 1,\r\n"retention": {\r\n"maxAge": {"days": 0}}}', 'retention.maxAge.days', 3, 'integer'],
    ['{"version": 1, "retention": {"maxAge": {"days": 1, "months": 1}}}', 'retention.maxAge', 1, 'shape'],
    ['{"version": 1, "retention": {"hold": "no"}}', 'retention.hold', 1, 'type'],
    ['{"version": 1, "recording": {"level": "ALL"}}', 'recording.level', 1, 'choice'],
    ['{"version": 1, "recording": {"log": ["reads"]}}', 'recording.log', 1, 'shape'],
    ['{"version": 1, "recording": {"exclude": [\n1]}}', 'recording.exclude.0', 2, 'type'],
    ['{"version": 1,\n"sessions": {"dir": "../elsewhere"}}', 'sessions.dir', 2, 'outside'],
    ['{"version": 1,\n"sessions": {"dir": "/var/log"}}', 'sessions.dir', 2, 'outside'],
    ['{"version": 1,\n"sessions": {"dir": "C:\\\\logs"}}', 'sessions.dir', 2, 'outside'],
    ['{"version": 1,\n"sessions": {"dir": "a\\\\..\\\\..\\\\b"}}', 'sessions.dir', 2, 'outside'],
    ['{"version": 1,\n"sessions": {"dir": "~/logs"}}', 'sessions.dir', 2, 'outside'],
    ['{"version": 1, "sessions": {"compressLevel": 10}}', 'sessions.compressLevel', 1, 'shape'],
    ['{"version": 1,\n"workspaceId": "a b"}', 'workspaceId', 2, 'shape'],
    ['\uFEFF{"version": 1,\n"extra": 1}', 'extra', 2, 'unknown-key'],
  ];
  for (const [text, field, line, kind] of damaged)
    it(`${JSON.stringify(text)}: ${field || 'the file'}, line ${String(line)}, ${kind}`, () => {
      const reading = readPolicyText(text);
      assert.ok(reading.kind === 'damaged', JSON.stringify(reading));
      const found = reading.issues.map((issue) => [issue.field, issue.line, issue.rule.kind]);
      assert.deepEqual(found, [[field, line, kind]]);
    });

  it('tells every issue, in the order of the file', () => {
    const reading = readPolicyText(
      '{\n"rotation": {\n"keepPlain": 0,\n"x": 1},\n"retention": {"hold": 1,\n"hold": 2},\n"y": 1}',
    );
    assert.ok(reading.kind === 'damaged');
    const found = reading.issues.map(({ field, line }) => `${String(line)} ${field}`);
    assert.deepEqual([...found].sort(), [
      '1 version',
      '3 rotation.keepPlain',
      '4 rotation.x',
      '5 retention.hold',
      '6 retention.hold',
      '7 y',
    ]);
    assert.deepEqual(
      reading.issues.map(({ line }) => line),
      reading.issues.map(({ line }) => line).sort(),
    );
  });

  it('tells the limits of an integer', () => {
    const reading = readPolicyText('{"version": 1, "sessions": {"cleanupIntervalSeconds": 1}}');
    assert.ok(reading.kind === 'damaged');
    assert.deepEqual(reading.issues[0]?.rule, { kind: 'integer', min: 60, max: 604_800 });
  });

  it('never throws, whatever the text', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"version"',
      ':',
      '1',
      ',',
      '"rotation"',
      '"__proto__"',
      '//',
      '/*',
      '\n',
      'null',
      '1e999',
      '"',
      '\\',
      '\uFEFF',
    ];
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (source) => {
        const reading = readPolicyText(source);
        if (reading.kind === 'damaged') assert.ok(reading.issues.length > 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not let a key called __proto__ reach a prototype', () => {
    readPolicyText(
      '{"version": 1, "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
    );
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});

const commented = `// Ours.
{
    "version": 1, // one
    /* a block */
    "rotation": {
        "maxFileMB": 20, // MB
        "keepPlain": 5
    },
    "retention": { "maxAge": { "months": 6 } } // six
}
`;

describe('editPolicyText', () => {
  const edits: [key: string, value: unknown, before: string, after: string][] = [
    ['rotation.maxFileMB', 50, '"maxFileMB": 20, // MB', '"maxFileMB": 50, // MB'],
    ['retention.maxAge', { days: 30 }, '{ "months": 6 }', '{ "days": 30 }'],
  ];
  for (const [key, value, before, after] of edits)
    it(`${key} = ${JSON.stringify(value)} changes that value alone`, () => {
      const result = editPolicyText(commented, [{ key, value }]);
      assert.equal(
        result.replace(/\s+/g, ' '),
        commented.replace(before, after).replace(/\s+/g, ' '),
        'other than white space',
      );
      const lines = result.split('\n');
      const kept = commented.split('\n').filter((line) => lines.includes(line));
      assert.ok(kept.length >= commented.split('\n').length - 1);
    });

  it('adds a key with the file’s own indentation', () => {
    const result = editPolicyText(commented, [{ key: 'audit.file', value: true }]);
    assert.ok(result.includes('\n    "audit": {\n        "file": true\n    }'), result);
    assert.ok(result.startsWith(commented.slice(0, commented.indexOf('"retention"'))));
  });

  it('indents with tabs where the file does', () => {
    const result = editPolicyText('{\n\t"version": 1\n}\n', [{ key: 'audit.fileMB', value: 3 }]);
    assert.equal(result, '{\n\t"version": 1,\n\t"audit": {\n\t\t"fileMB": 3\n\t}\n}\n');
  });

  const levels: [audit: string, level: string, saved: string][] = [
    ['{"auditRequests": true}', 'METADATA', '{"level": "METADATA"}'],
    ['{"auditRequests": false}', 'NONE', '{"level": "NONE"}'],
    [
      '{"level": "REQUEST", /* kept */ "auditRequests": false}',
      'REQUEST',
      '{"level": "REQUEST", /* kept */ }',
    ],
    ['{"auditRequests": true, "level": "NONE"}', 'NONE', '{ "level": "NONE"}'],
  ];
  for (const [audit, level, saved] of levels)
    it(`reads ${audit} as the level ${level}, and takes the old key out at the next save`, () => {
      const text = `{"version": 1, "audit": ${audit}, "rotation": {"maxFileMB": 3}}`;
      const reading = readPolicyText(text);
      assert.ok(reading.kind === 'valid');
      assert.equal(reading.policy.audit.level, level);
      assert.deepEqual(Object.keys(reading.policy.audit).sort(), Object.keys(defaultPolicy.audit).sort());
      const edited = editPolicyText(text, [{ key: 'rotation.maxFileMB', value: 4 }]);
      assert.equal(edited, `{"version": 1, "audit": ${saved}, "rotation": {"maxFileMB": 4}}`);
      assert.equal(editPolicyText(text, []), text);
      const off = editPolicyText(text, [{ key: 'audit.level', value: 'NONE' }]);
      assert.ok(!off.includes('auditRequests') && off.includes('"level": "NONE"'));
    });

  it('refuses an old key that is no boolean, by its name and line', () => {
    assert.deepEqual(readPolicyText('{"version": 1,\n"audit": {"auditRequests": "yes"}}'), {
      kind: 'damaged',
      issues: [{ field: 'audit.auditRequests', line: 2, rule: { kind: 'type', expected: 'boolean' } }],
    });
  });

  it('removes a key whose value is undefined', () => {
    const result = editPolicyText(commented, [{ key: 'rotation.keepPlain', value: undefined }]);
    assert.equal(readPolicyText(result).kind, 'valid');
    assert.ok(!result.includes('keepPlain'));
    assert.ok(result.includes('// MB') && result.includes('/* a block */'));
  });

  it('keeps CRLF and the byte order mark', () => {
    const text = `\uFEFF${commented.replaceAll('\n', '\r\n')}`;
    const result = editPolicyText(text, [
      { key: 'rotation.maxFileMB', value: 7 },
      { key: 'audit.file', value: true },
    ]);
    assert.ok(result.startsWith('\uFEFF//'));
    assert.equal(/[^\r]\n/.exec(result), null, 'no bare line feed');
    assert.equal(readPolicyText(result).kind, 'valid');
  });

  it('mends a wrong value', () => {
    const result = editPolicyText('{"version": 1, "rotation": {"maxFileMB": -1}}', [
      { key: 'rotation.maxFileMB', value: 5 },
    ]);
    assert.equal(readPolicyText(result).kind, 'valid');
  });

  const mended: [text: string, key: string, value: unknown, expected: unknown][] = [
    ['{"version": 1, "rotation": {"maxFileMB": null}}', 'rotation.maxFileMB', 20, 20],
    ['{"version": 1, "rotation": 5}', 'rotation.maxFileMB', 7, 7],
    ['{"version": 1, "rotation": null}', 'rotation.maxFileMB', 7, 7],
    ['{"version": 1, "audit": {"maxAge": null}}', 'audit.maxAge.days', 30, { days: 30 }],
  ];
  for (const [before, key, value, expected] of mended)
    it(`${before}: ${key} = ${JSON.stringify(value)} is what stands there then`, () => {
      const reading = readPolicyText(editPolicyText(before, [{ key, value }]));
      assert.ok(reading.kind === 'valid');
      const [section = '', name = ''] = key.split('.');
      const policy = reading.policy as unknown as Record<string, Record<string, unknown>>;
      assert.deepEqual(policy[section]?.[name], expected);
    });

  const removals: [before: string, key: string, after: string][] = [
    [
      '{"version": 1, "audit": {"file": true /* a */, "fileMB": 3}}',
      'audit.file',
      '{"version": 1, "audit": { /* a */ "fileMB": 3}}',
    ],
    ['{"version": 1, "audit": {"file": true, // a\n}}', 'audit.file', '{"version": 1, "audit": { // a\n}}'],
    [
      '{"version": 1, "audit": {"fileMB": 3, // b\n"file": true}}',
      'audit.file',
      '{"version": 1, "audit": {"fileMB": 3, // b\n}}',
    ],
    ['{"version": 1}', 'audit.file', '{"version": 1}'],
    ['{"version": 1, "audit": 5}', 'audit.file', '{"version": 1, "audit": 5}'],
  ];
  for (const [before, key, after] of removals)
    it(`${JSON.stringify(before)} without ${key}`, () => {
      assert.equal(editPolicyText(before, [{ key, value: undefined }]), after);
    });

  it('of the value that stands there changes nothing, however it is written', () => {
    const text =
      '{"version":1,\n"retention":{"maxAge":\n{  "days" : 3e1 /* a month */ }}, "rotation": {"keepPlain" :5}}';
    const edits = [
      { key: 'retention.maxAge', value: { days: 30 } },
      { key: 'rotation.keepPlain', value: 5 },
      { key: 'version', value: 1 },
    ];
    assert.equal(editPolicyText(text, edits), text);
  });

  it('writes no default where the key was left out, and changes a value to its default where it was not', () => {
    assert.equal(
      editPolicyText('{"version": 1}', [{ key: 'rotation.keepPlain', value: 5 }]),
      '{"version": 1}',
    );
    const text = '{"version": 1, "rotation": {"keepPlain": 7}}';
    assert.equal(editPolicyText(text, [{ key: 'rotation.keepPlain', value: 5 }]), text.replace('7', '5'));
  });

  const integers: [key: string, min: number, max: number][] = [
    ['rotation.maxFileMB', 1, 10_240],
    ['rotation.keepPlain', 1, 100],
    ['retention.maxFolderMB', 1, 1_048_576],
    ['recording.maxBodyBytes', 0, 1_048_576],
    ['sessions.maxLines', 1, 10_000_000],
    ['audit.fileMB', 1, 10_240],
  ];
  const edit = fc.oneof(
    ...integers.map(([key, min, max]) => fc.integer({ min, max }).map((value) => ({ key, value: value }))),
    fc.integer({ min: 1, max: 3650 }).map((days) => ({ key: 'retention.maxAge', value: { days } })),
    fc.integer({ min: 1, max: 120 }).map((months) => ({ key: 'retention.maxAge', value: { months } })),
    fc.boolean().map((value) => ({ key: 'retention.hold', value })),
    fc.array(fc.string()).map((value) => ({ key: 'retention.alsoFamilies', value })),
    fc.array(fc.string()).map((value) => ({ key: 'recording.exclude', value })),
    fc.constantFrom('NONE', 'REQUEST').map((value) => ({ key: 'recording.level', value })),
  );
  const text = fc.constantFrom(
    commented,
    newPolicyText('abc'),
    '{"version":1}',
    '\uFEFF{\r\n\t// tabs\r\n\t"version": 1,\r\n}\r\n',
    '{ "version": 1, "retention": {\n  // none\n  } }',
  );

  it('changes the edited value and no other, keeps every comment, and the same edit again changes nothing', () => {
    fc.assert(
      fc.property(text, edit, (before, { key, value }) => {
        const after = editPolicyText(before, [{ key, value }]);
        const [old, made] = [readPolicyText(before), readPolicyText(after)];
        assert.ok(old.kind === 'valid' && made.kind === 'valid', after);
        const expected = structuredClone(old.policy) as unknown as Record<string, Record<string, unknown>>;
        const [section = '', name = ''] = key.split('.');
        expected[section]![name] = value;
        assert.deepEqual(made.policy, expected);
        for (const comment of before.match(/\/\/.*|\/\*.*\*\//g) ?? [])
          assert.ok(after.includes(comment), comment);
        assert.equal(editPolicyText(after, [{ key, value }]), after);
      }),
      { numRuns: 500 },
    );
  });

  /** A value that cannot be put into its place is refused when the result is read; it is never skipped. */
  const hostile: [what: string, text: string, key: string, value: unknown][] = [
    ['a parent that is no object', '{"version": 1, "rotation": 5}', 'rotation.maxFileMB', 5],
    ['a parent that is a string', '{"version": 1, "rotation": "x"}', 'rotation.maxFileMB', 5],
    ['a parent that is null', '{"version": 1, "rotation": null}', 'rotation.maxFileMB', 5],
    ['a root that is a list', '[]', 'rotation.maxFileMB', 5],
    ['a root that is a number', '5', 'rotation.maxFileMB', 5],
    ['an index of a list', '{"version": 1, "recording": {"exclude": ["a"]}}', 'recording.exclude.0', 'b'],
    ['a name in a list', '{"version": 1, "recording": {"exclude": ["a"]}}', 'recording.exclude.x', 'b'],
    ['a key below a number', '{"version": 1}', 'version.x', 'b'],
    ['an empty key', '{"version": 1}', '', 1],
    ['empty parts', '{"version": 1}', 'a..b', 1],
    ['a removal below nothing', '{"version": 1}', 'audit.file', undefined],
    ['__proto__', '{"version": 1}', '__proto__', 1],
    ['__proto__ below', '{"version": 1}', 'rotation.__proto__', 1],
  ];
  for (const [what, source, key, value] of hostile)
    it(`does not throw for ${what}`, () => {
      const result = editPolicyText(source, [{ key, value }]);
      const hasValue = value !== undefined;
      assert.equal(
        readPolicyText(result).kind,
        hasValue && what.startsWith('a parent') ? 'valid' : hasValue ? 'damaged' : 'valid',
      );
    });
});

describe('checkPolicyEdits', () => {
  it('is empty for what may be saved', () => {
    assert.deepEqual(checkPolicyEdits(commented, [{ key: 'rotation.maxFileMB', value: 1 }]), []);
  });
  const refused: [key: string, value: unknown, kind: Kind][] = [
    ['rotation.maxFileMB', -1, 'integer'],
    ['rotation.maxFileMB', '5', 'integer'],
    ['rotation.nothing', 1, 'unknown-key'],
    ['__proto__', 1, 'unknown-key'],
    ['rotation.__proto__', 1, 'unknown-key'],
    ['sessions.dir', '..', 'outside'],
    ['version', undefined, 'missing'],
  ];
  for (const [key, value, kind] of refused)
    it(`refuses ${key} = ${inspect(value)}`, () => {
      const issues = checkPolicyEdits(commented, [{ key, value }]);
      assert.deepEqual(
        issues.map((issue) => [issue.field, issue.rule.kind]),
        [[key, kind]],
      );
    });
});

describe('integerLimits', () => {
  const limits: [path: string, expected: { min: number; max: number } | undefined][] = [
    ['rotation.maxFileMB', { min: 1, max: 10_240 }],
    ['retention.maxAge.days', { min: 1, max: 3650 }],
    ['retention.maxAge.months', { min: 1, max: 120 }],
    ['audit.maxAge.days', { min: 1, max: 3650 }],
    ['retention.maxAge', undefined],
    ['retention.hold', undefined],
    ['version', undefined],
    ['nothing.at.all', undefined],
    ['__proto__', undefined],
    ['constructor.length', undefined],
  ];
  for (const [path, expected] of limits)
    it(`of ${path}: ${inspect(expected)}`, () => {
      assert.deepEqual(integerLimits(path.split('.')), expected);
    });
});
