import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineBuffer } from '../../../src/masking/lineBuffer.ts';
import { createMasker, defaultMasker, MASK } from '../../../src/masking/masker.ts';

function appended(text: string, masker = defaultMasker): string {
  const out = new LineBuffer(8);
  masker.appendLiteral(text, out);
  out.finish();
  return Buffer.from(out.take()).toString();
}

describe('appendLiteral', () => {
  // Each of them is known by its last characters, which stand beside digits and points.
  for (const prefix of ['ghp_', 'glpat-', 'sk-', 'xoxb-', 'AKIA', 'SG.', 'hvs.', 'npm_'])
    it(`masks what begins with ${prefix} at its start, in its middle and at its end`, () => {
      const secret = `${prefix}${'A1B2C3D4'.repeat(5)}`;
      for (const text of [secret, `/a/${secret}/b`, `1.2.3 ${secret}`, `0a-${secret}`])
        assert.ok(!appended(text).includes('A1B2C3D4'), appended(text));
    });

  it('masks a token of hexadecimal digits, full stops and hyphens alone', () => {
    const token = `fc-${'0a1b2c3d'.repeat(4)}`;
    for (const text of [token, `1.${token}`, `1.2-${token}`])
      assert.ok(!appended(text).includes('0a1b2c3d'), appended(text));
  });

  for (const text of ['a"b', 'a\\b', 'a\nb', '\u007f', '\u009b31m', '\u202egol', '\u2028', '\ud800', 'é漢😀'])
    it(`writes ${JSON.stringify(text)} as literal does`, () => {
      assert.equal(appended(text), defaultMasker.literal(text));
    });

  it('masks known secrets, of digits alone, too', () => {
    const masker = createMasker({ knownSecrets: ['4711.0815-22'] });
    assert.equal(appended('4711.0815-22', masker), `"${MASK}"`);
  });

  it('writes any text as literal does', () => {
    const letters = Array.from('abBcdefgGJK_-.:=@$z 019/?&%"\\\n{[<é\u2028');
    const random = fc.string({ unit: fc.constantFrom(...letters), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(random, fc.string({ unit: 'binary' })), (text) => {
        assert.equal(appended(text), defaultMasker.literal(text));
      }),
      { numRuns: 3000 },
    );
  });
});
