import assert from 'node:assert/strict';
import { freshBudget, globMatcher } from '../../../src/entries/globMatcher.ts';
import { compilePaths } from '../../../src/entries/pathGlobs.ts';

describe('globMatcher', () => {
  const matched: [glob: string, paths: string, others: string][] = [
    ['/a/*', '/a/b /a/.b', '/a /a/b/c'],
    ['/a*b', '/ab /axxb', '/a/b /abx'],
    ['/a?', '/ab', '/a /abc'],
    ['/[a-c]x', '/ax /cx', '/dx /[a-c]x'],
    ['/[^a-c]x', '/dx', '/ax /x'],
    ['/[\\]a]', '/] /a', '/\\'],
    ['/[ab', '/[ab', '/a'],
    ['/a\\*', '/a*', '/ab'],
    ['/(', '/(', '/'],
    ['**/a/b', '/a/b /x/y/a/b', '/a/x/b'],
    ['/a/**/b', '/a/b /a/x/y/b', '/ab /a/b/c'],
    ['/x/[ab]/**', '/x/a /x/a/b/c', '/x/c/a'],
    ['/a**/b', '/a/b /axx/b', '/a/x/b'],
    ['/***', '/a /ab', '/a/b'],
    ['**.js', '/x.js /a/x.js', '/x.jsx /js'],
    ['/{a,b/{c,d}}/x', '/a/x /b/c/x /b/d/x', '/b/x /c/x'],
    ['/a{,b}', '/a /ab', '/a,b'],
    ['/{a/**,b}', '/a/x /b', '/b/x'],
    ['!/a/*', '/ /a /b/c', '/a/b'],
    // `**` stands for one segment at least where it does to picomatch.
    ['/**/a', '/x/a /x/y/a', '/a'],
    ['/a*/**', '/a/x /ab/x/y', '/a /ab'],
    ['/x/{**,a}/b', '/x/a/b /x/y/z/b', '/x/b'],
    ['/**/**', '/ /a /a/b', 'a'],
  ];
  for (const [glob, paths, others] of matched)
    it(`${glob} matches ${paths}, and not ${others}`, () => {
      const matches = compilePaths([glob]);
      for (const path of paths.split(' ')) assert.equal(matches(path), true, path);
      for (const path of others.split(' ')) assert.equal(matches(path), false, path);
    });

  const refused = [
    '/!(a)',
    '/@(a|b)',
    '/(a|b)',
    'a|b',
    '/"a"',
    '/[ab]+',
    '/{a,b}+',
    '/\\d',
    '/a\\',
    '/a\\/b',
  ];
  for (const glob of [
    ...refused,
    ...['/[!a]', '/[]', '/[^]', '/[[:alpha:]]', '/[z-a]', '/{a}', '/{1..9}', '/{a,b', '/a,b}', '/{a,b}}'],
    ...['!!/a', '**{.js,.css}', '/{a,b}'.repeat(9)],
  ])
    it(`refuses ${glob}`, () => {
      assert.equal(globMatcher(glob), undefined);
    });

  it('takes no more steps than its budget', () => {
    const matches = globMatcher('/*a*b*c');
    const budget = { steps: 10 };
    assert.equal(matches?.(['', 'a'.repeat(100)], budget), false);
    assert.ok(budget.steps < 0);
    assert.equal(matches(['', 'abc'], freshBudget()), true);
  });
});

describe('globs and paths that mean harm', function () {
  // A matcher that backtracks takes longer than the universe is old for the first of them: the time limit is the test.
  this.timeout(10_000);
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
