import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Parts } from '../../../../src/query/language/queryTree.ts';
import { fitsPart, fitsWhole } from '../../../../src/query/language/wildcards.ts';
import { seed } from '../../../chance.ts';

/** The same as a regular expression. */
function expressionOf(parts: Parts): string {
  const wild = { '*': '[^]*?', '?': '[^]' };
  return parts.map((part) => (typeof part === 'string' ? part : wild[part.wild])).join('');
}

describe('wildcards', () => {
  const letters = ['a', 'b', '😀'];
  const literal = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 3 });
  const wildcard = fc.constantFrom({ wild: '*' } as const, { wild: '?' } as const);
  const patterns = fc.array(fc.oneof(literal, wildcard), { maxLength: 6 });
  const texts = fc.string({ unit: fc.constantFrom(...letters, 'c\n'), maxLength: 10 });

  it('fit as a regular expression does, the whole text and a part of it', () => {
    let count = 0;
    fc.assert(
      fc.property(patterns, texts, (parts, text) => {
        const expression = expressionOf(parts);
        const fits = new RegExp(`^${expression}$`, 'u').test(text);
        assert.equal(fitsWhole(parts)(text), fits);
        assert.equal(fitsPart(parts)(text), new RegExp(expression, 'u').test(text));
        if (fits && text !== '') count += 1;
      }),
      { seed, numRuns: 3000 },
    );
    assert.ok(count > 50, String(count));
  });

  it('take time linear in the text, where a regular expression would go back and forth', () => {
    const parts = Array.from({ length: 200 }, () => ['a', { wild: '*' } as const]).flat();
    const text = 'a'.repeat(1_000_000);
    assert.ok(!fitsWhole([...parts, 'b'])(text));
    assert.ok(!fitsPart([...parts, 'b'])(text));
  });
});
