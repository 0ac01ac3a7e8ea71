import assert from 'node:assert/strict';
import { describeUselessRule } from '../../../src/words/failures.ts';
import { uselessRules, type UselessRule } from '../../../src/entries/uselessRules.ts';
import { MOST_PATTERNS } from '../../../src/entries/pathGlobs.ts';
import { defaultPolicy, type Policy } from '../../../src/policy/policy.ts';

const auth = ['auth'] as Policy['recording']['log'];
const both = ['auth', 'deployments'] as Policy['recording']['log'];

describe('uselessRules', () => {
  const excluded = (category: 'auth' | 'deployments'): UselessRule => ({
    code: 'category-excluded',
    category,
  });
  const policies: [what: string, changed: Partial<Policy['recording']>, dead: UselessRule[]][] = [
    ['the defaults', {}, []],
    ['no category', { log: [] }, [{ code: 'no-category' }]],
    ['level NONE', { level: 'NONE' }, [{ code: 'level-none' }]],
    ['an exclusion of some', { exclude: ['/health', '/internal/**', '*', '/*', '!/health'] }, []],
    ...['**', '/**', '**/*', '**/**', '/**/**', '**/**/*'].map(
      (glob): [string, Partial<Policy['recording']>, UselessRule[]] => [
        `the exclusion ${glob}`,
        { exclude: ['/health', glob] },
        [{ code: 'all-excluded', globs: [glob] }],
      ],
    ),
    [
      'exclusions that leave nothing together',
      { exclude: ['/*', '/*/**'] },
      [{ code: 'all-excluded', globs: ['/*', '/*/**'] }],
    ],
    ['a category without paths', { log: auth, authPaths: [] }, [{ code: 'no-paths', category: 'auth' }]],
    ['paths of a category that is not chosen', { authPaths: [] }, []],
    [
      'two categories, one without paths',
      { log: both, deploymentPaths: [] },
      [{ code: 'no-paths', category: 'deployments' }],
    ],
    ['a category in part excluded', { log: auth, authPaths: ['/a', '/b'], exclude: ['/a'] }, []],
    ['a literal', { log: auth, authPaths: ['/a/b'], exclude: ['/a/*'] }, [excluded('auth')]],
    ['the same globs', { log: auth, authPaths: ['/x*', '/y'], exclude: ['/y', '/x*'] }, [excluded('auth')]],
    ['a folder', { log: auth, authPaths: ['/a/b/**', '/a/**'], exclude: ['/a/**'] }, [excluded('auth')]],
    ['a folder that is wider', { log: auth, authPaths: ['/a/**'], exclude: ['/a/b/**'] }, []],
    ['a folder that begins alike', { log: auth, authPaths: ['/ab/**'], exclude: ['/a/**'] }, []],
    [
      'a segment',
      { log: auth, authPaths: ['**/x', '**/x/**', '/a/x/**', '/x/y'], exclude: ['**/x/**'] },
      [excluded('auth')],
    ],
    ['a last segment', { log: auth, authPaths: ['**/x'], exclude: ['**/x'] }, [excluded('auth')]],
    ['a last segment, of more', { log: auth, authPaths: ['**/x/**'], exclude: ['**/x'] }, []],
    ['the default deployments', { log: both, exclude: ['/api/deployments/**'] }, [excluded('deployments')]],
    ['everything, once', { log: both, exclude: ['**'] }, [{ code: 'all-excluded', globs: ['**'] }]],
    [
      'a glob without a slash',
      { exclude: ['health'] },
      [{ code: 'glob-without-slash', key: 'recording.exclude', glob: 'health' }],
    ],
    [
      'a glob of a chosen category without a slash',
      { log: auth, authPaths: ['login', '/x'], deploymentPaths: ['x'] },
      [{ code: 'glob-without-slash', key: 'recording.authPaths', glob: 'login' }],
    ],
    [
      'a refused glob',
      { exclude: ['(a)\\1'] },
      [{ code: 'glob-refused', key: 'recording.exclude', glob: '(a)\\1' }],
    ],
    [
      'more patterns than are looked at',
      { exclude: [...Array.from({ length: 103 }, (_, index) => `/*/${String(index)}`), '/plain'] },
      [{ code: 'glob-refused', key: 'recording.exclude', glob: '/*/100', surplus: 3 }],
    ],
    ['as many patterns as are looked at', { exclude: Array.from({ length: 100 }, () => '/*/x') }, []],
  ];
  for (const [what, changed, dead] of policies)
    it(`${what}: ${dead.map(({ code }) => code).join(', ') || 'nothing'}`, () => {
      const found = uselessRules({ ...defaultPolicy.recording, ...changed });
      assert.deepEqual(found, dead);
      for (const rule of found) assert.match(describeUselessRule(rule), /^[^\n]+\.$/);
    });
});

describe('describeUselessRule', () => {
  const evil = 'a\n\u001b[31m\u202e'.repeat(100);
  it('forges neither a line nor a colour, and is short', () => {
    for (const rule of [
      { code: 'glob-without-slash', key: 'recording.exclude', glob: evil },
      { code: 'glob-refused', key: 'recording.authPaths', glob: evil },
      { code: 'glob-refused', key: 'recording.authPaths', glob: evil, surplus: 2 },
      { code: 'all-excluded', globs: [evil] },
    ] satisfies UselessRule[]) {
      const sentence = describeUselessRule(rule);
      assert.doesNotMatch(sentence, /[\n\u001b\u202e]/);
    }
  });

  it('says how many patterns a list may have', () => {
    const rule = { code: 'glob-refused', key: 'recording.exclude', glob: '/*/x', surplus: 900 } as const;
    assert.match(describeUselessRule(rule), new RegExp(`^900 patterns .*${String(MOST_PATTERNS)}`));
  });
});
