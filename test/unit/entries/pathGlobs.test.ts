import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import picomatch from 'picomatch';
import { classifyAll, compilePaths, MOST_PATTERNS, type PathRule } from '../../../src/entries/pathGlobs.ts';

describe('classifyAll', () => {
  const kinds: [glob: string, kind: PathRule['kind']][] = [
    ['**', 'everything'],
    ['/**', 'everything'],
    ['**/*', 'everything'],
    ['/health', 'literal'],
    ['/health/', 'literal'],
    ['/', 'literal'],
    ['/a.b-c/d', 'literal'],
    ['/internal/**', 'below'],
    ['/a/b/**', 'below'],
    ['**/auth', 'last'],
    ['**/auth/**', 'segment'],
    ['/*', 'pattern'],
    ['*', 'pattern'],
    ['health', 'pattern'],
    ['/a/*/b', 'pattern'],
    ['/{a,b}/**', 'pattern'],
    ['**/a/b', 'pattern'],
    ['!/health', 'pattern'],
    ['/[a', 'pattern'],
    ['/(', 'pattern'],
    ['', 'refused'],
    ['/(a)\\1', 'refused'],
    ['/(?<x>a)', 'refused'],
    ['/+(a|b)', 'refused'],
    ['/{1..3}', 'refused'],
    [`/${'a*'.repeat(1000)}`, 'refused'],
  ];
  for (const [glob, kind] of kinds)
    it(`“${glob.slice(0, 20)}” is ${kind}`, () => {
      assert.equal(classifyAll([glob])[0]?.kind, kind);
    });
});

describe('classifyAll of a list', () => {
  it('leaves out the patterns beyond the limit, and no other globs', () => {
    const patterns = Array.from({ length: MOST_PATTERNS + 2 }, () => '/*/x');
    const kinds = classifyAll(['/a', ...patterns, '/b/**']).map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === 'pattern').length, MOST_PATTERNS);
    assert.deepEqual(kinds.slice(-4), ['pattern', 'surplus', 'surplus', 'below']);
  });
});

/** picomatch itself, for paths without a trailing slash; `s`, so that a line end is a character like any other. */
function reference(glob: string): (path: string) => boolean {
  const clean = glob.length > 1 && glob.endsWith('/') ? glob.slice(0, -1) : glob;
  return picomatch(clean, { dot: true, windows: false, flags: 's' });
}

describe('compilePaths', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'auth', '.a', 'a.b', 'a-b', '...', 'a\nb', 'é');
  const paths = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}`);
  const word = fc.constantFrom('a', 'b', 'ab', 'auth', '.a', 'a.b', 'a-b');
  const wild = fc.constantFrom(
    ...['*', '**', 'a*', '*b', '?', 'a?', '*a*b', '{a,b}', '{a,b*}', '{a,{b,ab}}c', '[ab]', '[^a]', '[a-c]*'],
    ...['a**', 'a\\*', '.*', '*.*', '{,a}b', '{a/b,b}'],
  );
  const globOf = (segments: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.constantFrom('/', '**/', '', '/**/', '!/'),
        fc.array(segments, { maxLength: 4 }),
        fc.constantFrom('', '', '/**', '/*', '/'),
      )
      .map(([start, segments, end]) => start + segments.join('/') + end)
      .filter((glob) => glob !== '');
  const globs = fc.oneof(globOf(word), globOf(fc.oneof(word, wild)));

  it('agrees with picomatch on paths in their normal form', () => {
    fc.assert(
      fc.property(globs, fc.array(paths, { minLength: 1, maxLength: 8 }), (glob, some) => {
        const [matches, expected] = [compilePaths([glob]), reference(glob)];
        for (const path of some) assert.equal(matches(path), expected(path), `${glob} on ${path}`);
      }),
      { numRuns: 4000 },
    );
  });

  it('of several globs is their union', () => {
    fc.assert(
      fc.property(fc.array(globs, { maxLength: 6 }), paths, (some, path) => {
        const expected = some.some((glob) => reference(glob)(path));
        assert.equal(compilePaths(some)(path), expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('of many literals is their union', () => {
    const matches = compilePaths(Array.from({ length: 1000 }, (_, index) => `/api/${String(index)}`));
    for (const [path, isMatch] of [
      ['/api/0', true],
      ['/api/999', true],
      ['/api/1000', false],
      ['/api', false],
    ] as const)
      assert.equal(matches(path), isMatch);
  });

  it('takes any text for a glob, and never throws', () => {
    const nasty = fc.array(
      fc.constantFrom(
        '/',
        '*',
        '?',
        '+',
        '!',
        '@',
        '(',
        ')',
        '{',
        '}',
        '[',
        ']',
        '|',
        '\\',
        '.',
        ',',
        '^',
        '$',
        '"',
        'a',
        ':',
        '-',
        '<',
        '=',
        '>',
        '0',
        '**',
        '(?',
        '[[:',
      ),
      {
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          nasty.map((parts) => parts.join('')),
          fc.string(),
        ),
        paths,
        (glob, path) => {
          assert.equal(typeof compilePaths([glob])(path), 'boolean');
        },
      ),
      { numRuns: 3000 },
    );
  });
});
