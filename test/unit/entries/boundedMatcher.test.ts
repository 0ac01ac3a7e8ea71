import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import picomatch from 'picomatch';
import { boundedMatcher, freshBudget } from '../../../src/entries/boundedMatcher.ts';
import { compilePaths } from '../../../src/entries/pathGlobs.ts';

/** The same expression with so many ways through it that even the shortest text is walked through. */
const walked = (source: string): RegExp => new RegExp(`(?:${'(?:|)'.repeat(20)})(?:${source})`, 's');

describe('boundedMatcher', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[^/]',
    '[ab]',
    '\\/',
    '\\.',
    '(?=a)',
    '(?!b)',
    '^',
    '$',
    '\\w',
  );
  const { source } = fc.letrec<{ source: string }>((tie) => ({
    source: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(tie('source'), tie('source')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('source'), tie('source')).map(([a, b]) => `(?:${a}|${b})`),
      fc
        .tuple(tie('source'), fc.constantFrom('*', '+', '?', '*?', '{1,2}', '{2}', '{0,}'))
        .map(([body, times]) => `(?:${body})${times}`),
      tie('source').map((body) => `(?!${body})`),
      tie('source').map((body) => `(?=${body})`),
    ),
  }));
  const text = fc
    .array(fc.constantFrom('a', 'b', '/', '.', '\n'), { maxLength: 8 })
    .map((parts) => parts.join(''));

  it('walks to the same answer as the engine', () => {
    fc.assert(
      fc.property(source, text, (inner, some) => {
        const matches = boundedMatcher(walked(`^(?:${inner})$`));
        assert.ok(matches !== undefined);
        assert.equal(matches(some, freshBudget()), new RegExp(`^(?:${inner})$`, 's').test(some), inner);
      }),
      { numRuns: 800 },
    );
  }).timeout(120_000);

  it('walks globs as picomatch reads them', () => {
    for (const [glob, path, isMatch] of [
      ['**/*a*a*a*b', '/x/aaab', true],
      ['**/*a*a*a*b', '/x/aab', false],
      ['/!(a*a)/**', '/ab/c', true],
      ['/!(a*a)/**', '/aa/c', false],
      ['/+(a*|b)/x', '/abab/x', true],
    ] as const) {
      const expression = picomatch.makeRe(glob, { dot: true, windows: false, flags: 's' });
      const inner = expression.source.slice(1, -1);
      assert.equal(boundedMatcher(walked(`^${inner}$`))?.(path, freshBudget()), isMatch, glob);
    }
  });

  for (const beyond of [/(a)\1/, /(?<=a)b/, /(?<n>a)/, /\bword/, /\u0061/])
    it(`refuses ${String(beyond)}`, () => {
      assert.equal(boundedMatcher(beyond), undefined);
    });

  it('refuses what has too many states', () => {
    assert.equal(boundedMatcher(/(?:(?:(?:a{99}){99}){99}){99}/), undefined);
  });
});

describe('globs and paths that mean harm', function () {
  // Without a bound the first of them takes longer than the universe is old: the time limit is the test.
  this.timeout(60_000);
  const a = 'a'.repeat(8000);
  const harmful: [glob: string, path: string][] = [
    ['**/*a*a*a*a*a*b', `/${a}`],
    ['**/*a*a*a*a*a*b', `/${a.slice(0, 300)}`],
    ['/*a*a*a*a*a*a*a*a*a*a*a*a*b', `/${a}`],
    ['/+(a*)b', `/${a}`],
    ['/+(a*)b', `/${a.slice(0, 40)}`],
    ['/*(*(a)|*(b))c', `/${a}`],
    ['/+(a|a|aa)b', `/${a}`],
    [`/${'{a,a}'.repeat(40)}b`, `/${a.slice(0, 100)}`],
    [`/${'?(a)'.repeat(60)}b`, `/${a.slice(0, 60)}`],
    ['/**/x/**/x/**/x/**/x/**/y', '/x'.repeat(4000)],
    ['/!(*a*)/!(*b*)/!(*c*)/**/z', '/x'.repeat(4000)],
    ['**/!(*(a*)b)', `/${a}`],
    ['/((a+)+)+b', `/${a}`],
  ];
  for (const [glob, path] of harmful)
    it(`${glob.slice(0, 40)} on ${String(path.length)} characters`, () => {
      assert.equal(typeof compilePaths([glob])(path), 'boolean');
    });

  it('still finds what matches in a long path', () => {
    assert.equal(compilePaths(['**/*a*a*a*a*a*b'])(`/${a}b`), true);
    assert.equal(compilePaths(['/*x*/**'])(`/${a}x/y`), true);
  });
});
