import assert from 'node:assert/strict';
import {
  formatBytes,
  formatLength,
  formatList,
  formatNumber,
  locale,
  plural,
  useLocale,
} from '../../../src/base/locale.ts';

afterEach(() => {
  useLocale('en-US');
});

describe('formatBytes', () => {
  const sizes: [bytes: number, text: string][] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1,023 bytes'],
    [1024, '1 kB'],
    [1434, '1.4 kB'],
    [20 * 1024 ** 2, '20 MB'],
    [1024 ** 2 - 1, '1 MB'],
    [99.96 * 1024, '100 kB'],
    [1.2 * 1024 ** 3, '1.2 GB'],
    [1024 ** 5, '1,024 TB'],
  ];
  for (const [bytes, text] of sizes)
    it(`${String(bytes)} is ${text}`, () => {
      assert.equal(formatBytes(bytes), text);
    });
});

describe('formatLength', () => {
  it('has a plural', () => {
    assert.deepEqual([formatLength(1, 'day'), formatLength(1234, 'month')], ['1 day', '1,234 months']);
  });
});

describe('formatList', () => {
  it('has commas, and no “and”', () => {
    assert.deepEqual(
      [[], ['a'], ['a', 'b', 'c']].map((items) => formatList(items)),
      ['', 'a', 'a, b, c'],
    );
  });

  it('lets names run together in no language', () => {
    for (const tag of ['zh-cn', 'zh-tw', 'ja', 'ko', 'ru', 'tr']) {
      useLocale(tag);
      assert.match(formatList(['a', 'b', 'c']), /^a[,、] ?b(?:[,、] ?| ?\p{L}+ ?)c$/u, tag);
    }
  });
});

describe('another language', () => {
  it('has its own numbers, sizes and plurals', () => {
    assert.equal(formatNumber(1234.5), '1,234.5');
    useLocale('de');
    assert.equal(locale(), 'de');
    assert.equal(formatNumber(1234.5), '1.234,5');
    assert.equal(formatBytes(1.25 * 1024 ** 3), '1,3\u00a0GB');
    assert.equal(formatLength(2, 'day'), '2 Tage');
    const forms = { one: 'one', other: 'other' };
    assert.equal(plural(0, forms), 'other');
    useLocale('fr');
    assert.equal(plural(0, forms), 'one');
  });
  it('that nobody can read leaves English', () => {
    useLocale('no language');
    assert.equal(formatNumber(1234.5), '1,234.5');
  });
  it('may be the pseudo one', () => {
    useLocale('qps-ploc');
    assert.equal(formatNumber(5), '5');
  });
});
