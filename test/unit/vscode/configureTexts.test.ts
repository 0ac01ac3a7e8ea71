import assert from 'node:assert/strict';
import { policySchema } from '../../../src/model/policy.ts';
import { toEdits, toForm } from '../../../src/model/policyForm.ts';
import type { PolicyForm } from '../../../src/model/policyForm.ts';
import { checkPolicyEdits, newPolicyText } from '../../../src/model/policyText.ts';
import { describeProblems } from '../../../src/vscode/configureTexts.ts';

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
    assert.deepEqual(problemsOf({}), { problems: {}, others: undefined });
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
      const found = problemsOf(changed).problems as Record<string, string>;
      assert.deepEqual(Object.keys(found).sort(), Object.keys(problems).sort());
      for (const [field, words] of Object.entries(problems)) {
        if (words instanceof RegExp) assert.match(found[field] ?? '', words);
        else assert.equal(found[field], words);
      }
    });
  }

  it('accepts half a gigabyte', () => {
    assert.deepEqual(problemsOf({ maxFolder: '1.5', maxFolderUnit: 'GB' }).problems, {});
  });

  it('says what else in the file needs mending', () => {
    const { others } = problemsOf({}, '{\n"version": 1,\n"nonsense": 2\n}');
    assert.equal(others, 'The policy file needs mending first: line 3, nonsense: there is no such key.');
  });
});
