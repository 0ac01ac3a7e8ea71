import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatRemembered,
  parseRemembered,
  withFirst,
} from '../../../../src/vscode/passwords/rememberedPasswords.ts';

describe('remembered passwords', () => {
  it('are read back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (passwords) => {
        assert.deepEqual(parseRemembered(formatRemembered(passwords)), passwords);
      }),
    );
  });

  for (const secret of ['', '[', '"word"', '{}', 'null', '[1]', '["a", null]'])
    it(`are not “${secret}”`, () => {
      assert.equal(parseRemembered(secret), undefined);
    });

  it('are the newest first, each once', () => {
    assert.deepEqual(withFirst('c', ['a', 'b']), ['c', 'a', 'b']);
    assert.deepEqual(withFirst('b', ['a', 'b', 'c']), ['b', 'a', 'c']);
  });

  it('are a hundred at most', () => {
    const many = Array.from({ length: 100 }, (_, index) => String(index));
    const now = withFirst('new', many);
    assert.deepEqual([now.length, now[0], now.at(-1)], [100, 'new', '98']);
    assert.deepEqual(withFirst('99', many).length, 100);
  });
});
