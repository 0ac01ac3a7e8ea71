import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { percentDecode } from '../../../../src/masking/shapes/percentScanner.ts';

describe('percentDecode', () => {
  const rows: [what: string, text: string, decoded: string][] = [
    ['text without a percent sign', 'a+b', 'a+b'],
    ['ASCII', 'a%20b%2fc', 'a b/c'],
    ['two, three and four bytes', '%C3%A9%e2%82%ac%F0%9F%92%A5', 'é€💥'],
    ['nothing twice', '%2541', '%41'],
    ['no percent sign without two digits', '%=%4%zz%%41', '%=%4%zz%A'],
    ['no percent sign at the end', 'a%', 'a%'],
    ['a lone byte as Latin-1', '%ff%80a', 'ÿ\x80a'],
    ['a sequence that is cut as Latin-1', '%e2%82', 'â\x82'],
    ['a sequence that another follows', '%c3%c3%a9', 'Ãé'],
    ['overlong sequences as Latin-1', '%c0%af%e0%80%af', 'À¯à\x80¯'],
    ['a surrogate as Latin-1', '%ed%a0%80', 'í\xa0\x80'],
    ['beyond Unicode as Latin-1', '%f4%90%80%80', 'ô\x90\x80\x80'],
  ];
  for (const [what, text, decoded] of rows)
    it(`decodes ${what}`, () => {
      assert.equal(percentDecode(text), decoded);
    });

  it('undoes encodeURIComponent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(percentDecode(encodeURIComponent(text.toWellFormed())), text.toWellFormed());
      }),
    );
  });
});
