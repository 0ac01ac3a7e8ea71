import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bodyText } from '../../../src/entries/line.ts';
import { createMasker, MASK } from '../../../src/masking/masker.ts';

const masker = createMasker();
const cut = (body: unknown, limit: number): [value: unknown, truncated: boolean] => {
  const { json, truncated } = bodyText(body, limit, masker)!;
  return [JSON.parse(json), truncated];
};

describe('body', () => {
  const table: [name: string, body: unknown, limit: number, value: unknown, truncated: boolean][] = [
    ['a short text', 'short', 100, 'short', false],
    ['a text of just the limit', 'abcde', 5, 'abcde', false],
    ['a text of one byte more', 'abcdef', 5, 'abcde', true],
    ['two bytes a character', 'ääää', 5, 'ää', true],
    ['two bytes a character, just the limit', 'ää', 4, 'ää', false],
    ['three bytes a character', '€€€', 8, '€€', true],
    ['four bytes a character', '😀😀', 7, '😀', true],
    ['four bytes a character, none fits', '😀', 3, '', true],
    ['nothing is kept', 'abc', 0, '', true],
    ['an empty text', '', 0, '', false],
    ['an object stays one', { a: [1, null, 'ü'] }, 100, { a: [1, null, 'ü'] }, false],
    ['an object that is too long is the beginning of its text', { a: 'bcdef' }, 6, '{"a":"', true],
    ['a number', 42, 100, 42, false],
    ['false', false, 100, false, false],
    ['a list', [], 2, [], false],
  ];
  for (const [name, body, limit, value, truncated] of table)
    it(name, () => {
      assert.deepEqual(cut(body, limit), [value, truncated]);
    });

  it('is never longer than its limit in UTF-8, and as long as whole characters let it be', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'ß', '漢', '😀', '"', '\n'), maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 200 }), (text, limit) => {
        const [kept, truncated] = cut(text, limit) as [string, boolean];
        const bytes = Buffer.byteLength(kept);
        assert.ok(text.startsWith(kept) && bytes <= limit);
        assert.equal(truncated, kept !== text);
        const next = text.codePointAt(kept.length);
        if (next !== undefined) assert.ok(bytes + Buffer.byteLength(String.fromCodePoint(next)) > limit);
      }),
      { numRuns: 1000 },
    );
  });

  it('is masked before it is cut, so that no half of a secret stays', () => {
    const secret = `sec${'ret'.repeat(20)}`;
    for (let limit = 10; limit < 90; limit += 1) {
      const { json } = bodyText({ note: 'x', password: secret }, limit, masker)!;
      assert.ok(!json.includes('secret'), json);
    }
    assert.deepEqual(cut({ password: secret }, 100), [{ password: MASK }, false]);
  });
});
