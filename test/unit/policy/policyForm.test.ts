import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { parsePageMessage } from '../../../src/policy/pageMessages.ts';
import { defaultPolicy, policySchema } from '../../../src/policy/policy.ts';
import {
  changesOf,
  fieldOf,
  formFields,
  isCapBelowFile,
  isPolicyForm,
  toEdits,
  toForm,
  type FormField,
  type PolicyForm,
} from '../../../src/policy/policyForm.ts';
import {
  checkPolicyEdits,
  editPolicyText,
  newPolicyText,
  readPolicyText,
} from '../../../src/policy/policyText.ts';

const form: PolicyForm = toForm(defaultPolicy);

describe('toForm', () => {
  it('shows the defaults', () => {
    assert.deepEqual(form, {
      maxFile: '20',
      maxFolder: '1',
      maxFolderUnit: 'GB',
      maxAge: '6',
      maxAgeUnit: 'months',
      keepPlain: '5',
      hold: false,
      logsAll: true,
      categories: [],
      exclude: '',
      authPaths: defaultPolicy.recording.authPaths.join('\n'),
      deploymentPaths: '/api/deployments\n/api/deployments/**',
      level: 'METADATA',
      maxBody: '2048',
      extraKeys: '',
    });
  });

  const age = fc.oneof(
    fc.record({ days: fc.integer({ min: 1, max: 3650 }) }),
    fc.record({ months: fc.integer({ min: 1, max: 120 }) }),
  );
  const lines = fc.array(fc.stringMatching(/^[/*a-z{},]{1,12}$/));
  const values = fc.record({
    rotation: fc.record({
      maxFileMB: fc.integer({ min: 1, max: 10_240 }),
      keepPlain: fc.integer({ min: 1, max: 100 }),
    }),
    retention: fc.record({
      maxAge: age,
      hold: fc.boolean(),
      maxFolderMB: fc.oneof(
        fc.integer({ min: 1, max: 1_048_576 }),
        fc.integer({ min: 1, max: 1024 }).map((gb) => gb * 1024),
      ),
    }),
    recording: fc.record({
      log: fc.oneof(fc.constant(['all']), fc.subarray(['writes', 'auth', 'deployments', 'errors'])),
      exclude: lines,
      authPaths: lines,
      deploymentPaths: lines,
      level: fc.constantFrom('NONE', 'METADATA', 'REQUEST', 'REQUEST_RESPONSE'),
      maxBodyBytes: fc.integer({ min: 0, max: 1_048_576 }),
    }),
    masking: fc.record({ extraKeys: lines }),
  });
  it('is undone by toEdits, for any policy', () => {
    fc.assert(
      fc.property(values, (changed) => {
        const policy = policySchema.parse({ version: 1, workspaceId: 'a', ...changed });
        const reading = readPolicyText(editPolicyText(newPolicyText('a'), toEdits(toForm(policy))));
        assert.ok(reading.kind === 'valid');
        assert.deepEqual(reading.policy, policy);
      }),
    );
  });
});

describe('toEdits', () => {
  it('of an untouched form change nothing', () => {
    const text = newPolicyText('a');
    assert.equal(editPolicyText(text, toEdits(form)), text);
  });

  const wrong: [field: FormField, change: Partial<PolicyForm>][] = [
    ['maxFile', { maxFile: '-1' }],
    ['maxFile', { maxFile: '' }],
    ['maxFile', { maxFile: '1.5' }],
    ['maxFile', { maxFile: '20 MB' }],
    ['maxFile', { maxFile: '1e3' }],
    ['maxFile', { maxFile: '0x10' }],
    ['maxFile', { maxFile: '10241' }],
    ['maxFile', { maxFile: 'Infinity' }],
    ['keepPlain', { keepPlain: '0' }],
    ['maxFolder', { maxFolder: '0.0001' }],
    ['maxFolder', { maxFolder: '1025', maxFolderUnit: 'GB' }],
    ['maxAge', { maxAge: '0', maxAgeUnit: 'days' }],
    ['maxAge', { maxAge: '121', maxAgeUnit: 'months' }],
    ['maxAge', { maxAge: '3651', maxAgeUnit: 'days' }],
    ['categories', { logsAll: false, categories: ['reads'] }],
    ['level', { level: 'ALL' }],
    ['maxBody', { maxBody: '' }],
    ['maxBody', { maxBody: '-1' }],
    ['maxBody', { maxBody: '1048577' }],
    ['maxBody', { maxBody: '2 KB' }],
  ];
  for (const [field, change] of wrong)
    it(`${JSON.stringify(change)} is refused, at its field`, () => {
      const issues = checkPolicyEdits(newPolicyText('a'), toEdits({ ...form, ...change }));
      assert.ok(issues.length > 0);
      for (const issue of issues) assert.equal(fieldOf(issue.field), field);
    });

  const right: [change: Partial<PolicyForm>, key: string, value: unknown][] = [
    [{ maxFile: ' 50 ' }, 'rotation.maxFileMB', 50],
    [{ maxFolder: '0.5', maxFolderUnit: 'GB' }, 'retention.maxFolderMB', 512],
    [{ maxFolder: '300', maxFolderUnit: 'MB' }, 'retention.maxFolderMB', 300],
    [{ maxAge: '30', maxAgeUnit: 'days' }, 'retention.maxAge', { days: 30 }],
    [{ hold: true }, 'retention.hold', true],
    [{ logsAll: true, categories: ['auth'] }, 'recording.log', ['all']],
    [{ logsAll: false, categories: ['auth'] }, 'recording.log', ['auth']],
    [{ exclude: '/a\r\n\n  /b/** \n' }, 'recording.exclude', ['/a', '/b/**']],
    [{ authPaths: '**/login\n' }, 'recording.authPaths', ['**/login']],
    [{ authPaths: ' \n' }, 'recording.authPaths', []],
    [{ deploymentPaths: '/x/**' }, 'recording.deploymentPaths', ['/x/**']],
    [{ maxBody: '0' }, 'recording.maxBodyBytes', 0],
    [{ extraKeys: 'a b\nc' }, 'masking.extraKeys', ['a b', 'c']],
  ];
  for (const [change, key, value] of right)
    it(`${JSON.stringify(change)} is ${key} = ${JSON.stringify(value)}`, () => {
      const edits = toEdits({ ...form, ...change });
      assert.deepEqual(edits.find((edit) => edit.key === key)?.value, value);
      assert.deepEqual(checkPolicyEdits(newPolicyText('a'), edits), []);
    });
});

describe('changesOf', () => {
  it('of one form are none', () => {
    assert.deepEqual(changesOf(form, form), []);
  });

  const same: Partial<PolicyForm>[] = [
    { maxFolder: '1024', maxFolderUnit: 'MB' },
    { maxFile: ' 20' },
    { categories: ['auth'] },
    { exclude: '\n \n' },
  ];
  for (const change of same)
    it(`says that ${JSON.stringify(change)} is what the defaults say`, () => {
      assert.deepEqual(changesOf(form, { ...form, ...change }), []);
    });

  it('names the keys that differ, and no others', () => {
    const changed = { ...form, maxAgeUnit: 'days', hold: true, level: 'NONE' } as const;
    assert.deepEqual(changesOf(form, changed), [
      { key: 'retention.maxAge', value: { days: 6 } },
      { key: 'retention.hold', value: true },
      { key: 'recording.level', value: 'NONE' },
    ]);
  });

  it('has a field for each value of the form', () => {
    const changed = Object.fromEntries(
      Object.entries(form).map(([name, value]) => [name, typeof value === 'boolean' ? !value : 'x']),
    ) as unknown as PolicyForm;
    assert.equal(changesOf(form, { ...changed, categories: ['auth'] }).length, formFields.length);
  });
});

describe('isCapBelowFile', () => {
  for (const [change, expected] of [
    [{}, false],
    [{ maxFolder: '19', maxFolderUnit: 'MB' }, true],
    [{ maxFolder: '20', maxFolderUnit: 'MB' }, true],
    [{ maxFolder: '21', maxFolderUnit: 'MB' }, false],
    [{ maxFile: '1024' }, true],
    [{ maxFile: '1024', hold: true }, false],
    [{ maxFile: 'x' }, false],
    [{ maxFolder: '' }, false],
  ] as [Partial<PolicyForm>, boolean][])
    it(`is ${String(expected)} for ${JSON.stringify(change)}`, () => {
      assert.equal(isCapBelowFile({ ...form, ...change }), expected);
    });
});

describe('fieldOf', () => {
  const fields: [key: string, field: FormField | undefined][] = [
    ['rotation.maxFileMB', 'maxFile'],
    ['retention.maxAge.days', 'maxAge'],
    ['retention.maxAges', undefined],
    ['retention.hold', 'hold'],
    ['recording.exclude.0', 'exclude'],
    ['recording.authPaths', 'authPaths'],
    ['recording.deploymentPaths.3', 'deploymentPaths'],
    ['recording.maxBodyBytes', 'maxBody'],
    ['masking.extraKeys.0', 'extraKeys'],
    ['recording', undefined],
    ['', undefined],
  ];
  for (const [key, field] of fields)
    it(`of “${key}” is ${field ?? 'none'}`, () => {
      assert.equal(fieldOf(key), field);
    });
});

describe('parsePageMessage', () => {
  const accepted: unknown[] = [
    { kind: 'ready' },
    { kind: 'cancel' },
    { kind: 'open-policy' },
    { kind: 'save', form, base: form },
    { kind: 'changed', seq: 1, form, base: form, answers: {} },
    {
      kind: 'changed',
      seq: 1,
      form,
      base: form,
      answers: { maxFile: 'mine', level: 'theirs', hold: 'open' },
    },
  ];
  for (const message of accepted)
    it(`accepts ${JSON.stringify(message).slice(0, 40)}`, () => {
      assert.deepEqual(parsePageMessage(message), message);
    });

  const refused: unknown[] = [
    undefined,
    null,
    'ready',
    [],
    {},
    { kind: 'toString' },
    { kind: 'load', form },
    { kind: 'save' },
    { kind: 'save', form: null, base: form },
    { kind: 'save', form },
    { kind: 'save', form, base: {} },
    { kind: 'save', base: form, form: { ...form, maxFile: 20 } },
    { kind: 'save', base: form, form: { ...form, categories: [1] } },
    { kind: 'save', base: form, form: { ...form, maxAgeUnit: 'years' } },
    { kind: 'changed', form, base: form, answers: {} },
    { kind: 'changed', seq: '1', form, base: form, answers: {} },
    { kind: 'changed', seq: 1, form, answers: {} },
    { kind: 'changed', seq: 1, form, base: form },
    { kind: 'changed', seq: 1, form, base: form, answers: null },
    { kind: 'changed', seq: 1, form, base: form, answers: { maxFile: 'ours' } },
    { kind: 'changed', seq: 1, form, base: form, answers: { toString: 'mine' } },
  ];
  for (const message of refused)
    it(`refuses ${inspect(message, { breakLength: Infinity }).slice(0, 60)}`, () => {
      assert.equal(parsePageMessage(message), undefined);
    });

  it('refuses a form that lacks any of its values', () => {
    for (const name of Object.keys(form))
      assert.equal(isPolicyForm({ ...form, [name]: undefined }), false, name);
  });
});
