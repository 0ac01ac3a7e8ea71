import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mergeForms } from '../../../src/policy/formMerge.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import {
  changesOf,
  formFields,
  saysTheSame,
  toForm,
  type FormField,
  type PolicyForm,
} from '../../../src/policy/policyForm.ts';

const saved = toForm(defaultPolicy);

describe('mergeForms', () => {
  const cases: [what: string, mine: Partial<PolicyForm>, theirs: Partial<PolicyForm>, merged: object][] = [
    ['takes what was not touched', {}, { maxFile: '50' }, { maxFile: '50' }],
    ['keeps what only was typed', { maxFile: '30' }, {}, { maxFile: '30' }],
    ['puts both together', { maxFile: '30' }, { keepPlain: '2' }, { maxFile: '30', keepPlain: '2' }],
    [
      'takes a number with its unit',
      {},
      { maxAge: '9', maxAgeUnit: 'days' },
      { maxAge: '9', maxAgeUnit: 'days' },
    ],
    [
      'does not mix a number with a unit',
      { maxAge: '9' },
      { maxAgeUnit: 'days' },
      { conflicts: ['maxAge'], maxAge: '9' },
    ],
    [
      'takes the kinds of requests as a whole',
      {},
      { logsAll: false, categories: ['auth'] },
      { logsAll: false, categories: ['auth'] },
    ],
    [
      'asks where both changed differently',
      { maxFile: '30' },
      { maxFile: '50' },
      { conflicts: ['maxFile'], maxFile: '30' },
    ],
    [
      'asks nothing where both changed to the same',
      { maxFile: '50 ' },
      { maxFile: '50' },
      { maxFile: '50 ' },
    ],
    [
      'knows 2 GB as 2048 MB',
      { maxFolder: '2048', maxFolderUnit: 'MB' },
      { maxFolder: '2' },
      { maxFolder: '2048', maxFolderUnit: 'MB' },
    ],
    [
      'asks about what is typed by half',
      { maxFile: '' },
      { maxFile: '50' },
      { conflicts: ['maxFile'], maxFile: '' },
    ],
  ];
  for (const [what, mine, theirs, { conflicts = [], ...values }] of cases as [
    string,
    object,
    object,
    { conflicts?: FormField[] },
  ][])
    it(what, () => {
      const merged = mergeForms(saved, { ...saved, ...mine }, { ...saved, ...theirs });
      assert.deepEqual(merged.form, { ...saved, ...values });
      assert.deepEqual(merged.conflicts, conflicts);
    });

  it('takes theirs where a person says so', () => {
    const [mine, theirs] = [
      { ...saved, maxFile: '30' },
      { ...saved, maxFile: '50' },
    ];
    assert.deepEqual(mergeForms(saved, mine, theirs, { maxFile: 'theirs' }), {
      form: theirs,
      base: theirs,
      conflicts: [],
    });
    assert.deepEqual(mergeForms(saved, mine, theirs, { maxFile: 'mine' }), {
      form: mine,
      base: theirs,
      conflicts: [],
    });
  });

  it('asks no more once the other side is back to what was there', () => {
    const mine = { ...saved, maxFile: '30' };
    const asked = mergeForms(saved, mine, { ...saved, maxFile: '50' });
    assert.deepEqual(mergeForms(asked.base, asked.form, saved).conflicts, []);
  });

  it('goes on asking while typing passes by the old value', () => {
    const theirs = { ...saved, maxFile: '50' };
    const asked = mergeForms(saved, { ...saved, maxFile: '30' }, theirs);
    const typedBack = mergeForms(asked.base, saved, theirs, { maxFile: 'open' });
    assert.deepEqual(typedBack, { form: saved, base: saved, conflicts: ['maxFile'] });
    assert.deepEqual(mergeForms(asked.base, theirs, theirs, { maxFile: 'open' }).conflicts, []);
  });

  it('asks again when what was answered changes once more', () => {
    const mine = { ...saved, maxFile: '30' };
    const settled = mergeForms(saved, mine, { ...saved, maxFile: '50' }, { maxFile: 'mine' });
    const again = mergeForms(settled.base, settled.form, { ...saved, maxFile: '60' });
    assert.deepEqual(again.conflicts, ['maxFile']);
  });

  const number = fc.constantFrom('1', '20', '50', '', 'x');
  const list = fc.constantFrom('', '/a', '/a\n/b');
  const form: fc.Arbitrary<PolicyForm> = fc.record(
    {
      maxFile: number,
      maxFolder: number,
      maxFolderUnit: fc.constantFrom('MB', 'GB'),
      maxAge: number,
      maxAgeUnit: fc.constantFrom('days', 'months'),
      keepPlain: number,
      hold: fc.boolean(),
      logsAll: fc.boolean(),
      categories: fc.subarray(['writes', 'auth']),
      exclude: list,
      authPaths: list,
      deploymentPaths: list,
      level: fc.constantFrom('NONE', 'METADATA'),
      maxBody: number,
      extraKeys: list,
    },
    { noNullPrototype: true },
  );
  const answer = fc.option(fc.constantFrom('mine', 'theirs'), { nil: undefined });
  const property = (check: (base: PolicyForm, mine: PolicyForm, theirs: PolicyForm) => void): void => {
    fc.assert(fc.property(form, form, form, check), { numRuns: 500 });
  };
  const same = saysTheSame;

  it('gives each field the value of one side, and a changed one never to the side that did not change it', () => {
    property((base, mine, theirs) => {
      const { form: merged, conflicts } = mergeForms(base, mine, theirs);
      for (const field of formFields) {
        assert.ok(same(field, merged, mine) || same(field, merged, theirs));
        if (same(field, mine, base)) assert.ok(same(field, merged, theirs), field);
        if (same(field, theirs, base)) assert.ok(same(field, merged, mine), field);
        const differs = !same(field, mine, base) && !same(field, theirs, base) && !same(field, mine, theirs);
        assert.equal(conflicts.includes(field), differs, field);
      }
    });
  });

  it('leaves nothing to merge but the open questions', () => {
    property((base, mine, theirs) => {
      const once = mergeForms(base, mine, theirs);
      const twice = mergeForms(once.base, once.form, theirs);
      assert.deepEqual(twice, once);
    });
  });

  it('saves nothing of theirs away that was not asked about: without questions only what was typed differs', () => {
    property((base, mine, theirs) => {
      const { form: merged, conflicts } = mergeForms(base, mine, theirs);
      const asked = changesOf(theirs, merged).length - conflicts.length;
      const typed = new Set(changesOf(base, mine).map(({ key }) => key));
      assert.ok(asked >= 0);
      for (const { key } of changesOf(theirs, merged)) assert.ok(typed.has(key), key);
    });
  });

  it('has no question left when all are answered, whichever way', () => {
    fc.assert(
      fc.property(
        form,
        form,
        form,
        fc.array(answer, { minLength: 12, maxLength: 12 }),
        (base, mine, theirs, chosen) => {
          const answers = Object.fromEntries(
            formFields.map((field, index) => [field, chosen[index] ?? 'mine']),
          );
          const merged = mergeForms(base, mine, theirs, answers);
          assert.deepEqual(merged.conflicts, []);
          assert.deepEqual(merged.base, theirs);
        },
      ),
    );
  });
});
