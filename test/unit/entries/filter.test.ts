import assert from 'node:assert/strict';
import {
  compileAudited,
  compileCategories,
  compileExclusion,
  compileFilter,
  type RecordingRule,
} from '../../../src/entries/filter.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';

const defaults = defaultPolicy.recording;
const keeps = (rule: Partial<RecordingRule>, method: string, path: string, status = 200): boolean =>
  compileFilter({ ...defaults, ...rule })({ method, path, status });

describe('compileFilter', () => {
  const requests: [rule: Partial<RecordingRule>, request: [string, string, number?], isKept: boolean][] = [
    [{}, ['GET', '/anything'], true],
    [{}, ['', '', Number.NaN], true],
    [{ log: [] }, ['POST', '/login', 500], false],

    [{ log: ['writes'] }, ['POST', '/a'], true],
    [{ log: ['writes'] }, ['patch', '/a'], true],
    [{ log: ['writes'] }, ['Put', '/a'], true],
    [{ log: ['writes'] }, ['DELETE', '/a'], true],
    [{ log: ['writes'] }, ['GET', '/a', 500], false],
    [{ log: ['writes'] }, ['OPTIONS', '/login'], false],
    [{ log: ['writes'] }, ['POSTS', '/a'], false],

    [{ log: ['errors'] }, ['GET', '/a', 400], true],
    [{ log: ['errors'] }, ['GET', '/a', 599], true],
    [{ log: ['errors'] }, ['POST', '/a', 399], false],
    [{ log: ['errors'] }, ['POST', '/a', Number.NaN], false],

    [{ log: ['auth'] }, ['GET', '/login'], true],
    [{ log: ['auth'] }, ['GET', '/api/v1/auths/signin'], true],
    [{ log: ['auth'] }, ['GET', '/author'], false],
    [{ log: ['auth'] }, ['GET', '/loginx/relogin'], false],
    [{ log: ['deployments'] }, ['GET', '/api/deployments'], true],
    [{ log: ['deployments'] }, ['GET', '/api/deployments/7'], true],
    [{ log: ['deployments'] }, ['GET', '/api/deploymentsx'], false],
    [{ log: ['deployments'] }, ['POST', '/login', 500], false],

    [{ log: ['writes', 'errors'] }, ['GET', '/a', 404], true],
    [{ log: ['writes', 'errors'] }, ['POST', '/a'], true],
    [{ log: ['writes', 'errors'] }, ['GET', '/login'], false],

    [{ exclude: ['/health'] }, ['GET', '/health', 500], false],
    [{ exclude: ['/health'] }, ['GET', '/healthy'], true],
    [{ exclude: ['/health'] }, ['GET', '/health/live'], true],
    [{ exclude: ['/health/'] }, ['GET', '/health'], false],
    [{ exclude: ['/internal/**'] }, ['POST', '/internal/x/y'], false],
    [{ exclude: ['/internal/**'] }, ['POST', '/internal'], false],
    [{ exclude: ['/internal/**'] }, ['POST', '/internals'], true],
    [{ log: ['auth'], exclude: ['/internal/**'] }, ['POST', '/internal/login'], false],
    [{ exclude: ['**'] }, ['POST', '/'], false],
    [{ exclude: ['/*/health'] }, ['GET', '/v1/health'], false],
    [{ exclude: ['/.well-known/**'] }, ['GET', '/.well-known/x'], false],
    [{ exclude: ['/*'] }, ['GET', '/.hidden'], false],
  ];
  for (const [rule, [method, path, status], isKept] of requests)
    it(`${JSON.stringify(rule)} ${isKept ? 'keeps' : 'drops'} ${method} ${path} ${String(status ?? 200)}`, () => {
      assert.equal(keeps(rule, method, path, status), isKept);
    });

  const auth = { log: ['auth'] } satisfies Partial<RecordingRule>;
  const excluding = { exclude: ['/health', '/internal/**'] };
  const disguises: [rule: Partial<RecordingRule>, path: string, isKept: boolean][] = [
    [excluding, '/internal/../api/secret', true],
    [excluding, '/internal/%2e%2E/api/secret', true],
    [excluding, '/internal/..%2fapi/secret', true],
    [excluding, '/api/files/..%2F..%2Finternal/x', true],
    [excluding, '/internal/a%2Fb', false],
    [excluding, '/api/../internal/x', true],
    [excluding, '/internal/a/../x', false],
    // Express resolves no dots.
    [excluding, '/api/files/1/../../../health', true],
    [excluding, '/admin/users/../../health', true],
    [excluding, '/internal/%2e%2e/%69nternal/x', false],
    // `new URL` turns it into /api/files/1.
    [excluding, '/internal/\\..\\..\\api\\files\\1', true],
    [excluding, '/internal\\..\\api', true],
    [excluding, '/internal/x\\y', false],
    [excluding, '//internal/internal/x', true],
    [excluding, '/internal/%5c..%5c..%5capi', true],
    [excluding, '/internal/%5Cx', false],
    [excluding, '/internal/..;/api/x', true],
    [excluding, '/internal;/../api', true],
    [excluding, '/internal/x;v=1', false],
    [excluding, '/internal;v=1', true],
    [excluding, '/health;x', true],
    [excluding, '/internal/a;b%2fc%5cd//e', true],
    [excluding, '/internal/' + '%ff'.repeat(5000), false],
    [excluding, '/internal/.', false],
    [excluding, '//internal///x//', true],
    [excluding, '/internal///x//', false],
    [excluding, '/./internal/x', true],
    [excluding, '/health?x=/api', false],
    [excluding, '/health#x', false],
    [excluding, '/health/?x', false],
    [excluding, '/api?x=/health', true],
    [excluding, '/api?/../health', true],
    [excluding, '/%68ealth', false],
    [excluding, '/health%', true],
    [excluding, '/internal/%zz/%', false],
    [excluding, '/internal/%FF%2e%2e', false],
    [excluding, '/internal/%FF/%2e%2e/%2e%2e/api', true],
    [excluding, '/internal/a%0Ab', false],
    [excluding, 'http://host/internal/x', false],
    [excluding, 'HTTP://health/api', true],
    [excluding, '/../../health', true],
    [excluding, '/health%3Fx', true],
    [excluding, '/health%2F', true],
    [excluding, '/..health', true],
    [excluding, '/Health', true],
    [excluding, '/INTERNAL/x', true],
    [auth, '/%61uth', true],
    [auth, '/%6cogin?x', true],
    [auth, '/x/../login', true],
    [auth, '/x%2Flogin', true],
    [auth, '/login%2Fx', true],
    [auth, '/login;', true],
    [auth, '/login;jsessionid=1', true],
    [auth, '/x\\login', true],
    [auth, '/x%5Clogin', true],
    [auth, '/LOGIN', true],
    [auth, '/Login', true],
    [auth, '/AUTH/x', true],
    [auth, '/AUTHOR', false],
    [auth, '/%4cOGIN?X', true],
    [auth, '/x/..;/y%5cz%2f../w', true],
    [auth, '/x\\y;z', false],
    [auth, '/' + 'x/'.repeat(40_000), true],
    [auth, '/%2561uth', false],
    [auth, 'https://host:1/login', true],
    [auth, 'login', true],
    [auth, '/auth%0A/x', false],
    [auth, '/auth/%0A', true],
    [auth, '/login/..', true],
    [auth, '/caf%C3%A9/login', true],
  ];
  for (const [rule, path, isKept] of disguises)
    it(`${rule === auth ? 'auth' : 'exclusion'} ${isKept ? 'keeps' : 'drops'} ${path}`, () => {
      assert.equal(keeps(rule, 'GET', path), isKept);
    });

  it('compares the capitals of a category’s globs both ways', () => {
    const rule = { log: ['auth'], authPaths: ['/Sign-In', '/x/[A-C]*'] } satisfies Partial<RecordingRule>;
    for (const path of ['/Sign-In', '/sign-in', '/SIGN-IN', '/x/B1', '/x/b1'])
      assert.equal(keeps(rule, 'GET', path), true, path);
    assert.equal(keeps(rule, 'GET', '/x/d1'), false);
  });

  it('lets a wildcard take dots, as a route’s parameter does', () => {
    const rule = { log: ['auth'], authPaths: ['/api/*/enter'] } satisfies Partial<RecordingRule>;
    assert.equal(keeps(rule, 'GET', '/api/../enter'), true);
  });

  describe('of more work than its budget', function () {
    // A tenth of a second for each pattern without the shared budget, a quarter of an hour together: the limit is the test.
    this.timeout(60_000);
    const costly = Array.from({ length: 1000 }, (_, index) => `/${'*a'.repeat(100)}${String(index)}`);
    const path = `/${'a'.repeat(8000)}`;
    const many = Array.from({ length: 100 }, () => path);

    it('excludes nothing', () => {
      const filter = compileFilter({ ...defaults, exclude: [...costly.slice(0, 99), '/*aa'] });
      for (const one of many) assert.equal(filter({ method: 'GET', path: one, status: 200 }), true);
      assert.equal(keeps({ exclude: ['/*aa'] }, 'GET', path), false);
    });

    it('takes the path for one of the category', () => {
      const filter = compileFilter({ ...defaults, log: ['auth'], authPaths: costly });
      for (const one of many) assert.equal(filter({ method: 'GET', path: one, status: 200 }), true);
      assert.equal(filter({ method: 'GET', path: '/b', status: 200 }), false);
    });

    it('excludes no disguise of such a path', () => {
      const isExcluded = compileExclusion(costly.slice(0, 100));
      for (const one of many) assert.equal(isExcluded(`${one}/../${one};x`), false);
    });
  });

  it('looks at a hundred patterns of each list', () => {
    const globs = (start: string): string[] =>
      Array.from({ length: 101 }, (_, index) => `/${start}*/${String(index)}`);
    const rule: Partial<RecordingRule> = {
      log: ['auth', 'deployments'],
      authPaths: globs('a'),
      deploymentPaths: [...globs('d'), '/plain'],
    };
    for (const [path, isKept] of [
      ['/a1/99', true],
      ['/a1/100', false],
      ['/d1/99', true],
      ['/d1/100', false],
      ['/plain', true],
    ] as const)
      assert.equal(keeps(rule, 'GET', path), isKept, path);
  });

  it('keeps a path that is too long to resolve, rather than excluding it', () => {
    const far = 'x'.repeat(100_000);
    assert.equal(keeps(excluding, 'GET', `/internal/${far}`), false);
    assert.equal(keeps(excluding, 'GET', `/internal/${far}/../../api/secret`), true);
    assert.equal(keeps(excluding, 'GET', `/internal/${'x'.repeat(20_000)}/../../api/secret`), true);
  });

  it('answers the same every time', () => {
    const filter = compileFilter({ ...defaults, ...auth, exclude: ['/a/*b*c*d', '/health'] });
    for (let time = 0; time < 3; time += 1) {
      assert.equal(filter({ method: 'GET', path: '/a/1/login', status: 200 }), true);
      assert.equal(filter({ method: 'GET', path: '/health', status: 200 }), false);
    }
  });
});

describe('compileCategories', () => {
  const categories = compileCategories(defaults);
  for (const [method, path, status, expected] of [
    ['GET', '/', 200, []],
    ['POST', '/%6cogin?x', 401, ['writes', 'auth', 'errors']],
    ['delete', '/api/deployments/1', 204, ['writes', 'deployments']],
    ['GET', '/api/deployments/token', 500, ['auth', 'deployments', 'errors']],
  ] as const)
    it(`of ${method} ${path} ${String(status)} are ${expected.join(', ') || 'none'}`, () => {
      assert.deepEqual(categories({ method, path, status }), expected);
    });
});

describe('compileExclusion', () => {
  it('agrees with the filter', () => {
    const isExcluded = compileExclusion(['/health', '/internal/**']);
    for (const path of ['/health', '/health/', '/internal/../api', '/internal/x', '/api/..%2Fhealth'])
      assert.equal(isExcluded(path), !keeps({ exclude: ['/health', '/internal/**'] }, 'GET', path), path);
  });
});

describe('compileAudited', () => {
  const requests: [adminPaths: string[], request: [method: string, path: string], isAudited: boolean][] = [
    [['/**'], ['POST', '/any/thing'], true],
    [['/**'], ['PUT', '/'], true],
    [['/**'], ['PATCH', '/a?x=1'], true],
    [['/**'], ['delete', '/a'], true],
    [['/**'], ['GET', '/a'], false],
    [['/**'], ['HEAD', '/a'], false],
    [['/**'], ['OPTIONS', '/a'], false],
    [['/**'], ['POSTS', '/a'], false],
    [['/**'], ['GET', '/api/v1/auths/signin'], true],
    [['/**'], ['GET', '/LOGIN?next=%2F'], true],
    [['/**'], ['GET', '/author'], false],
    [[], ['POST', '/a'], false],
    [[], ['POST', '/logout'], true],
    [['/api/admin/**'], ['POST', '/api/admin/users'], true],
    [['/api/admin/**'], ['POST', '/api/Admin'], true],
    [['/api/admin/**'], ['POST', '/api/x/../admin/users'], true],
    [['/api/admin/**'], ['POST', '/api/%61dmin/users'], true],
    [['/api/admin/**'], ['POST', '/api/chats'], false],
    [['/api/admin/**'], ['GET', '/api/admin/users'], false],
    [['/api/admin/**'], ['GET', '/oauth2/callback'], true],
  ];
  for (const [adminPaths, [method, path], isAudited] of requests)
    it(`${adminPaths.join()} ${isAudited ? 'takes' : 'leaves'} ${method} ${path}`, () => {
      assert.equal(compileAudited(adminPaths, defaults.authPaths)({ method, path }), isAudited);
    });
});
