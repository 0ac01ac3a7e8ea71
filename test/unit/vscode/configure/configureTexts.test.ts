import assert from 'node:assert/strict';
import { policySchema } from '../../../../src/policy/policy.ts';
import { toEdits, toForm, type PolicyForm } from '../../../../src/policy/policyForm.ts';
import { checkPolicyEdits, newPolicyText } from '../../../../src/policy/policyText.ts';
import {
  describePreview,
  describeProblems,
  describeQuestions,
  describeRisks,
  describeState,
  describeWaiting,
} from '../../../../src/vscode/configure/configureTexts.ts';

const form = toForm(policySchema.parse({ version: 1 }));
const problemsOf = (
  changed: Partial<PolicyForm>,
  text = newPolicyText('x'),
): ReturnType<typeof describeProblems> => {
  const typed = { ...form, ...changed };
  return describeProblems(checkPolicyEdits(text, toEdits(typed)), typed);
};

describe('describeProblems', () => {
  it('has nothing to say about the defaults', () => {
    assert.deepEqual(problemsOf({}), {});
  });

  for (const [changed, problems] of [
    [{ maxFile: '0' }, { maxFile: 'Must be a whole number from 1 to 10,240.' }],
    [{ maxFile: '1e3' }, { maxFile: 'Must be a whole number from 1 to 10,240.' }],
    [{ maxAge: '0', maxAgeUnit: 'days' }, { maxAge: 'Must be a whole number from 1 to 3,650.' }],
    [{ maxAge: 'x', maxAgeUnit: 'months' }, { maxAge: 'Must be a whole number from 1 to 120.' }],
    [{ maxFolder: '0', maxFolderUnit: 'MB' }, { maxFolder: 'Must be a whole number from 1 to 1,048,576.' }],
    [{ maxFolder: '0.0001', maxFolderUnit: 'GB' }, { maxFolder: 'Must be from 1 MB to 1,024 GB.' }],
    [
      { maxFile: '', keepPlain: '' },
      {
        maxFile: 'Must be a whole number from 1 to 10,240.',
        keepPlain: 'Must be a whole number from 1 to 100.',
      },
    ],
    [{ logsAll: false, categories: ['nonsense'] }, { categories: /must be \["all"\] or any of/i }],
    [{ level: 'LOUD' }, { level: /one of NONE, METADATA/ }],
  ] as const) {
    it(`tells about ${JSON.stringify(changed)}`, () => {
      const found = problemsOf(changed) as Record<string, string>;
      assert.deepEqual(Object.keys(found).sort(), Object.keys(problems).sort());
      for (const [field, words] of Object.entries(problems)) {
        if (words instanceof RegExp) assert.match(found[field] ?? '', words);
        else assert.equal(found[field], words);
      }
    });
  }

  it('accepts half a gigabyte', () => {
    assert.deepEqual(problemsOf({ maxFolder: '1.5', maxFolderUnit: 'GB' }), {});
  });

  it('leaves what is no field’s matter to others', () => {
    assert.deepEqual(problemsOf({}, '{\n"version": 1,\n"nonsense": 2\n}'), {});
  });
});

describe('describeState', () => {
  const calm = { existed: true, changedElsewhere: false };
  const failure = { code: 'policy-newer', data: { path: '/w/.workspace-logs.json', version: 2 } } as const;
  for (const [state, history, text] of [
    [{ managed: true }, calm, /^$/],
    [{ managed: false }, { ...calm, existed: false }, /^There is no policy yet: Save makes it/],
    [{ managed: false }, calm, /^The policy file was deleted\. Save makes it anew/],
    [{ managed: true }, { ...calm, changedElsewhere: true }, /^The policy was changed elsewhere/],
    [{ managed: true, failure }, { ...calm, changedElsewhere: true }, /newer version.*Update Workspace Logs/],
  ] as const)
    it(`says ${String(text)} of ${JSON.stringify({ ...state, ...history })}`, () => {
      assert.match(describeState(state, history), text);
    });
});

describe('describeRisks', () => {
  it('warns beside the folder’s size where one file fills it', () => {
    const texts = describeRisks({ ...form, maxFolder: '10', maxFolderUnit: 'MB' });
    assert.deepEqual(texts, {
      maxFolder: 'No larger than one file: logs would be deleted as soon as they rotate.',
    });
    assert.deepEqual(describeRisks(form), {});
  });
});

describe('describeQuestions', () => {
  for (const [field, changed, text] of [
    ['maxFile', { maxFile: '5000' }, '5,000 MB'],
    ['maxFolder', { maxFolder: '2', maxFolderUnit: 'GB' }, '2 GB'],
    ['maxFolder', { maxFolder: '300', maxFolderUnit: 'MB' }, '300 MB'],
    ['maxAge', { maxAge: '1', maxAgeUnit: 'days' }, '1 day'],
    ['maxAge', { maxAge: '6', maxAgeUnit: 'months' }, '6 months'],
    ['keepPlain', { keepPlain: '7' }, '7'],
    ['maxBody', { maxBody: '4096' }, '4,096 bytes'],
    ['hold', { hold: true }, 'on'],
    ['level', { level: 'NONE' }, 'Nothing'],
    ['categories', { logsAll: true }, 'all requests'],
    ['categories', { logsAll: false, categories: [] }, 'nothing'],
    ['categories', { logsAll: false, categories: ['auth', 'deployments'] }, 'Authentication, Deployments'],
    ['exclude', { exclude: '' }, 'nothing'],
    ['exclude', { exclude: '/health\n/\u202e' }, '“/health”, “/\\u202e”'],
  ] as const)
    it(`says that ${field} is ${text} now`, () => {
      const theirs = { ...form, ...changed };
      assert.deepEqual(describeQuestions([field], theirs), { [field]: `Changed elsewhere to ${text}.` });
    });
});

describe('describeWaiting', () => {
  for (const [wrong, asked, text] of [
    [[], [], ''],
    [['maxFile', 'maxAge'], [], 'To be mended first: Maximum file size, Keep logs for.'],
    [[], ['hold'], 'To be chosen first: Hold.'],
    [['maxFile'], ['hold'], 'To be mended first: Maximum file size.'],
  ] as const)
    it(`says “${text}”`, () => {
      assert.equal(describeWaiting(wrong, asked), text);
    });
});

describe('describePreview', () => {
  const totals = { files: 300, bytes: 5000 };
  const steps = Array.from({ length: 1300 }, (_, index) => ({
    kind: 'delete' as const,
    name: `api.${String(index)}\n.log`,
    bytes: 1,
    reason: 'age' as const,
  }));
  const preview = {
    steps,
    skipped: [],
    before: totals,
    after: totals,
    acceptance: { kind: 'pending', keys: ['retention.maxAge'] },
  } as unknown as Parameters<typeof describePreview>[0];

  it('lists some steps, counts the others, and forges no line by a name', () => {
    const texts = describePreview(preview);
    assert.equal(texts.steps.length, 200);
    assert.equal(texts.more, 'and 1,100 more');
    assert.equal(texts.steps[0]?.file, 'api.0\\u000a.log');
    assert.equal(
      texts.notes[0],
      'Nothing is deleted until the policy is applied on this machine (retention.maxAge).',
    );
  });
});
