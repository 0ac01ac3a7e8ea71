import assert from 'node:assert/strict';
import { compileCategories, compileExclusion, compileFilter } from '../../../../src/intake/filter.ts';
import type { RecordingRule } from '../../../../src/intake/filter.ts';
import { defaultPolicy } from '../../../../src/model/policy.ts';

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
    [excluding, '/api/../internal/x', false],
    [excluding, '/internal/.', false],
    [excluding, '//internal///x//', false],
    [excluding, '/./internal/x', false],
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
    [excluding, '/../../health', false],
    [excluding, '/health%3Fx', true],
    [excluding, '/health%2F', true],
    [excluding, '/..health', true],
    [excluding, '/Health', true],
    [auth, '/%61uth', true],
    [auth, '/%6cogin?x', true],
    [auth, '/x/../login', true],
    [auth, '/x%2Flogin', true],
    [auth, '/login%2Fx', true],
    [auth, '/login;', false],
    [auth, '/%2561uth', false],
    [auth, 'https://host:1/login', true],
    [auth, 'login', true],
    [auth, '/auth%0A/x', false],
    [auth, '/auth/%0A', true],
    [auth, '/login/..', false],
    [auth, '/caf%C3%A9/login', true],
  ];
  for (const [rule, path, isKept] of disguises)
    it(`${rule === auth ? 'auth' : 'exclusion'} ${isKept ? 'keeps' : 'drops'} ${path}`, () => {
      assert.equal(keeps(rule, 'GET', path), isKept);
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
