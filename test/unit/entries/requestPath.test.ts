import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isNormal, LONGEST_MATCHED, MOST_READINGS, readingsOf } from '../../../src/entries/requestPath.ts';

describe('readingsOf', () => {
  const readings: [raw: string, ...paths: string[]][] = [
    ['', '/'],
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a//b/', '/a/b', '/a//b'],
    ['/a/./b/../c', '/a/c', '/a/%2E/b/%2E%2E/c'],
    ['/../..', '/', '/%2E%2E/%2E%2E'],
    ['/a?b', '/a'],
    ['/a#b?c', '/a'],
    ['a', '/a'],
    ['http://host', '/'],
    ['http://host/a', '/a'],
    ['/%41%c3%a9', '/Aé'],
    ['/%', '/%'],
    ['/%4', '/%4'],
    ['/%ff%41', '/ÿA'],
    ['/%2541', '/%41'],
    ['/a%2Fb', '/a/b', '/a%2Fb'],
    ['/a%2f..%2Fb', '/b', '/a/%2E%2E/b', '/a%2F..%2Fb'],
    ['//a/b', '/a/b', '//a/b', '/b'],
    ['/\\a/b', '/\\a/b', '/a/b', '//a/b', '/b'],
    ['/a\\b', '/a\\b', '/a/b'],
    ['/a%5cb', '/a\\b', '/a/b'],
    ['/a;x=1/b;y', '/a;x=1/b;y', '/a/b'],
    ['/a%3bx', '/a;x', '/a'],
    ['/a/..;/b', '/a/..;/b', '/b', '/a/%2E%2E/b'],
    ['*', '/*'],
  ];
  for (const [raw, ...paths] of readings)
    it(`of “${raw}” ${paths.length === 1 ? 'is' : 'are'} ${paths.join(' and ')}`, () => {
      assert.deepEqual(readingsOf(raw).paths, paths);
    });

  const part = fc.constantFrom(
    'a',
    '.',
    '..',
    '/',
    '%2e',
    '%2F',
    '%',
    '?',
    '#',
    '%61',
    'é',
    '\n',
    '%0a',
    '\\',
    ';',
  );
  const raw = fc.array(part, { maxLength: 12 }).map((parts) => `/${parts.join('')}`);

  it('leaves a normal path as it is', () => {
    fc.assert(
      fc.property(raw, (path) => {
        if (isNormal(path)) assert.deepEqual(readingsOf(path), { paths: [path], isWhole: true });
      }),
    );
  });

  it('are few, distinct, and without dots', () => {
    fc.assert(
      fc.property(raw, (path) => {
        const { paths } = readingsOf(path);
        assert.equal(new Set(paths).size, paths.length);
        assert.ok(paths.length <= MOST_READINGS);
        for (const reading of paths) {
          assert.match(reading, /^\//);
          assert.doesNotMatch(reading, /\/\.{1,2}(?:\/|$)/);
        }
        const [resolved = ''] = paths;
        if (resolved !== '/') assert.doesNotMatch(resolved, /\/(?:\/|$)/);
      }),
    );
  });

  it('is not whole with more than a few', () => {
    assert.equal(readingsOf('/a/..;/b%5cc').isWhole, true);
    assert.equal(readingsOf('/a/..;/b%5cc%2f../d').isWhole, false);
  });

  for (const [what, path] of [
    ['letters', `/${'a'.repeat(1_000_000)}`],
    ['slashes', '/'.repeat(1_000_000)],
    ['segments', '/a'.repeat(500_000)],
    ['ways up', '/..'.repeat(300_000)],
    ['encoded letters', `/${'%61'.repeat(300_000)}`],
    ['broken encodings', `/${'%ff'.repeat(300_000)}`],
    ['percent signs', `/${'%'.repeat(1_000_000)}`],
    ['encoded slashes', '%2f'.repeat(300_000)],
    ['a query', `/?${'a'.repeat(1_000_000)}`],
    ['no slash', 'a'.repeat(1_000_000)],
  ] as const)
    it(`cuts a megabyte of ${what}`, () => {
      for (const reading of readingsOf(path).paths) assert.ok(reading.length <= LONGEST_MATCHED);
      assert.equal(isNormal(path), false);
    });
});
