import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LogsApi } from '../../../src/http/apiTypes.ts';
import type { TrailReport } from '../../../src/audit/outputs/outputs.ts';
import { trailJobs, type TrailJobs } from '../../../src/audit/trail.ts';
import { inlineRunner } from '../../../src/base/job.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { freshFolders, testEnvironment } from '../freshFolders.ts';
import { apiOf, ask, inlineTrail } from './apiServer.ts';

const BASE = '/api/workspaces/test/logs';

describe('the HTTP API', () => {
  const folders = freshFolders();
  let api: LogsApi;
  beforeEach(() => {
    folders.policy({});
    mkdirSync(folders.logs, { recursive: true });
    api = apiOf({ test: folders.root, other: `${folders.root}-other` });
  });
  const line = (number: number, fields: object = {}): string =>
    `${JSON.stringify({ timestamp: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(), user: 'ada', method: 'GET', path: `/${String(number)}`, status: 200, ...fields })}\n`;

  describe('who may do what', () => {
    const routes: [method: string, path: string, right: 'user' | 'administrator'][] = [
      ['GET', '/config', 'user'],
      ['PUT', '/config', 'administrator'],
      ['GET', '/files', 'user'],
      ['GET', '/files/api.1.log', 'user'],
      ['DELETE', '/files/api.1.log', 'administrator'],
      ['GET', '/entries', 'user'],
      ['POST', '/maintenance?dry_run=1', 'administrator'],
    ];
    for (const [method, path, right] of routes)
      it(`${method} ${path}: ${right} and above, in one's own workspaces alone`, async () => {
        folders.put('logs/api.1.log', line(1));
        const body = method === 'PUT' ? {} : undefined;
        const status = async (as: string, id = 'test'): Promise<number> =>
          (await ask(api, `/api/workspaces/${id}/logs${path}`, { as, method, body })).status;
        assert.equal(await status(''), 401);
        assert.equal(await status('user:ada:test'), right === 'user' ? 200 : 403);
        assert.equal(await status('auditor:eve:test'), right === 'user' ? 200 : 403);
        // Another's workspace looks like one that is not there.
        assert.equal(await status('administrator:root:test', 'other'), 404);
        assert.equal(await status('administrator:root:test', 'missing'), 404);
        assert.equal(await status('admin:root:test,missing', 'missing'), 404);
        assert.equal(await status('administrator:root:test'), method === 'DELETE' ? 204 : 200);
      });

    it('lists the workspaces that the caller may see and that are there', async () => {
      const { body } = await ask(api, '/api/workspaces', { as: 'user:ada:test,missing' });
      assert.deepEqual(body.items, [{ id: 'test' }]);
    });

    it('knows no workspace by the name of what every object has', async () => {
      const as = 'administrator:root:test,constructor,__proto__';
      for (const id of ['constructor', '__proto__'])
        for (const path of ['config', 'files', 'stream'])
          assert.equal((await ask(api, `/api/workspaces/${id}/logs/${path}`, { as })).status, 404);
      assert.deepEqual((await ask(api, '/api/workspaces', { as })).body.items, [{ id: 'test' }]);
    });

    const answers: [what: string, answer: unknown, status: number][] = [
      ['nothing', undefined, 401],
      ['no role', { user: 'ada', workspaces: [] }, 503],
      ['another role', { user: 'ada', role: 'root', workspaces: [] }, 503],
      ['an error', new Error('secret'), 503],
    ];
    for (const [what, answer, status] of answers)
      it(`answers ${String(status)} where the application says ${what}`, async () => {
        const { buildLogsApi } = await import('../../../src/http/logsApi.ts');
        const strange = buildLogsApi(
          {
            workspaces: { test: folders.root },
            authorise: () => {
              if (answer instanceof Error) throw answer;
              return answer as undefined;
            },
          },
          inlineApp(testEnvironment()),
          inlineTrail(),
          () => Promise.resolve(undefined),
        );
        const asked = await ask(strange, '/api/workspaces');
        assert.equal(asked.status, status);
        assert.doesNotMatch(asked.text, /secret/);
      });
  });

  describe('the policy', () => {
    it('is replaced whole, keeps its comments, and is the same as by the command line', async () => {
      const file = folders.put(
        '.workspace-logs.json',
        '{\n  // mine\n  "version": 1,\n  "workspaceId": "test",\n  "rotation": { "maxFileMB": 7, "keepPlain": 3 }\n}\n',
      );
      const { body, status } = await ask(api, `${BASE}/config`, {
        method: 'PUT',
        body: { version: 1, rotation: { maxFileMB: 5 } },
      });
      assert.equal(status, 200);
      assert.deepEqual((body.policy as { rotation: unknown }).rotation, { maxFileMB: 5, keepPlain: 5 });
      assert.deepEqual(Object.keys(body.plan as object), ['steps', 'skipped', 'before', 'after']);
      assert.match(readFileSync(file, 'utf8'), /\/\/ mine/);
      assert.doesNotMatch(readFileSync(file, 'utf8'), /keepPlain/);
    });

    it('what was read can be written back, and changes nothing', async () => {
      const before = readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8');
      const { body } = await ask(api, `${BASE}/config`);
      assert.equal((await ask(api, `${BASE}/config`, { method: 'PUT', body })).status, 200);
      assert.equal(readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8'), before);
    });

    it('is not replaced after another writer', async () => {
      const etag = (await ask(api, `${BASE}/config`)).headers.get('etag') ?? '';
      const put = async (tag: string): Promise<number> =>
        (
          await ask(api, `${BASE}/config`, {
            method: 'PUT',
            headers: { 'if-match': tag },
            body: { rotation: { maxFileMB: 9 } },
          })
        ).status;
      assert.equal(await put('"stale"'), 412);
      assert.equal(await put(`"stale", ${etag}`), 200);
      assert.equal(await put(etag), 412);
      assert.equal(await put('*'), 200);
    });

    const wrong: [body: unknown, status: number, field: string | undefined][] = [
      [{ rotation: { maxFileMB: 0 } }, 422, 'rotation.maxFileMB'],
      [{ rotation: { maxFileMb: 5 } }, 422, 'rotation.maxFileMb'],
      [{ rotation: 5 }, 422, 'rotation'],
      [{ version: 2 }, 422, 'version'],
      [{ workspaceId: 'mine' }, 422, 'workspaceId'],
      [{ sessions: { dir: '../out' } }, 422, 'sessions.dir'],
      ['{"__proto__":{"a":1}}', 422, '__proto__'],
      ['[]', 422, undefined],
      ['', 422, undefined],
      ['{', 400, undefined],
      [`{"a":${'['.repeat(65)}${']'.repeat(65)}}`, 400, undefined],
      [' '.repeat(1_048_577), 413, undefined],
    ];
    for (const [body, status, field] of wrong)
      it(`refuses ${JSON.stringify(body).slice(0, 50)} with ${String(status)}`, async () => {
        const before = readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8');
        const answer = await ask(api, `${BASE}/config`, { method: 'PUT', body });
        assert.equal(answer.status, status);
        assert.equal(answer.body.field, field);
        assert.equal(readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8'), before);
      });

    it('refuses bytes that are no UTF-8', async () => {
      const body = Buffer.from('{"\xc3":1}', 'latin1');
      const headers = { 'x-caller': 'administrator:root:test', 'content-type': 'application/json' };
      const url = `http://localhost${BASE}/config`;
      assert.equal((await api.fetch(new Request(url, { method: 'PUT', headers, body }))).status, 400);
    });

    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])
      it(`refuses the type “${type}”, which a form of another site could send`, async () => {
        const headers = { 'content-type': type };
        assert.equal((await ask(api, `${BASE}/config`, { method: 'PUT', headers, body: '{}' })).status, 415);
        assert.equal((await ask(api, `${BASE}/maintenance`, { method: 'POST', headers })).status, 415);
      });
  });

  describe('files', () => {
    it('hands out a file as it is, and its text', async () => {
      const text = line(1) + line(2);
      folders.put('logs/old.log.gz', gzipSync(text));
      const raw = await ask(api, `${BASE}/files/old.log.gz`);
      assert.equal(raw.headers.get('content-type'), 'application/gzip');
      assert.equal(raw.headers.get('content-length'), String(gzipSync(text).length));
      const shown = await ask(api, `${BASE}/files/old.log.gz?decompress=1`);
      assert.equal(shown.text, text);
      assert.match(shown.headers.get('content-disposition') ?? '', /^attachment; filename="old\.log"/);
      assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
    });

    it('names that other programs made arrive whole', async () => {
      const name = 'día "x"\\é 100%.log';
      folders.put(`logs/${name}`, 'text');
      const { text, headers } = await ask(api, `${BASE}/files/${encodeURIComponent(name)}`);
      assert.equal(text, 'text');
      const encoded = /filename\*=UTF-8''(.*)$/.exec(headers.get('content-disposition') ?? '')?.[1] ?? '';
      assert.equal(decodeURIComponent(encoded), name);
    });

    const hidden = [
      '..%2F.workspace-logs.json',
      '%2e%2e%2f.workspace-logs.json',
      '..%252F.workspace-logs.json',
      '..%5C.workspace-logs.json',
      'api.log%00.txt',
      '%00',
      '%',
      'C:%5Cx',
      'CON',
      '.',
      '..',
      '.lock',
      '.maintenance',
      'api.log.tmp-0123456789abcdef',
      'link.log',
      'folder.log',
      'hard.log',
      'missing.log',
      '%2Fetc%2Fpasswd',
    ];
    for (const name of hidden)
      it(`knows no ${name}`, async () => {
        writeFileSync(join(folders.root, 'secret.txt'), 'secret');
        symlinkSync('../secret.txt', join(folders.logs, 'link.log'));
        linkSync(join(folders.root, 'secret.txt'), join(folders.logs, 'hard.log'));
        mkdirSync(join(folders.logs, 'folder.log'));
        writeFileSync(join(folders.logs, '.lock'), 'secret');
        writeFileSync(join(folders.logs, '.maintenance'), 'secret');
        writeFileSync(join(folders.logs, 'api.log.tmp-0123456789abcdef'), 'secret');
        for (const query of ['', '?decompress=1']) {
          const answer = await ask(api, `${BASE}/files/${name}${query}`);
          assert.doesNotMatch(answer.text, /secret|version|root:/);
          assert.ok(!answer.text.includes(folders.root));
          assert.equal(answer.status, 404);
        }
      });

    it('the active file is rotated first, where that is asked for; nothing is deleted on hold', async () => {
      folders.put('logs/api.log', line(1));
      const remove = async (query = ''): Promise<number> =>
        (await ask(api, `${BASE}/files/api.log${query}`, { method: 'DELETE' })).status;
      assert.equal(await remove(), 409);
      folders.policy({ retention: { hold: true } });
      assert.equal(await remove('?active=1'), 409);
      assert.equal(readFileSync(join(folders.logs, 'api.log'), 'utf8'), line(1));
      folders.policy({});
      assert.equal(await remove('?active=1'), 204);
      assert.deepEqual((await ask(api, `${BASE}/files`)).body.items, []);
    });

    for (const query of ['?decompress=2', '?decompress=1&decompress=1', '?other=1', '?__proto__=1'])
      it(`refuses ${query}`, async () => {
        folders.put('logs/api.log', line(1));
        assert.equal((await ask(api, `${BASE}/files/api.log${query}`)).status, 400);
      });
  });

  describe('entries', () => {
    /** 40 entries: archived, rotated, active. */
    async function manyFiles(): Promise<void> {
      const part = (from: number): string => Array.from({ length: 10 }, (_, at) => line(from + at)).join('');
      folders.policy({ rotation: { keepPlain: 3 } });
      folders.put('logs/api.1.log', part(0));
      folders.put('logs/api.2.log', part(10));
      folders.put('logs/api.3.log', part(20));
      folders.put('logs/api.log', part(30));
      const now = Date.UTC(2026, 0, 5);
      await inlineApp(testEnvironment()).run('runMaintenance', { root: folders.root, now, accept: true });
      assert.ok(readdirSync(folders.logs).some((name) => name.endsWith('.zip')));
    }
    const paths = (body: Record<string, unknown>): unknown[] =>
      (body.items as { path: unknown }[]).map(({ path }) => path);

    it('pages through every file, newest first, also while files are rotated and zipped', async () => {
      await manyFiles();
      const seen: unknown[] = [];
      let cursor: string | null | undefined;
      for (let page = 0; page < 20; page += 1) {
        const query = cursor === undefined ? '' : `&cursor=${cursor ?? ''}`;
        const { body, status } = await ask(api, `${BASE}/entries?limit=7${query}`);
        assert.equal(status, 200);
        seen.push(...paths(body));
        cursor = body.nextCursor as string | null;
        if (cursor === null) break;
        if (page === 0)
          await inlineApp(testEnvironment()).run('rotateNow', { root: folders.root, family: 'api' });
        if (page === 2)
          await inlineApp(testEnvironment()).run('runMaintenance', {
            root: folders.root,
            now: Date.UTC(2026, 0, 5),
            accept: true,
          });
      }
      assert.deepEqual(
        seen,
        Array.from({ length: 40 }, (_, at) => `/${String(39 - at)}`),
      );
    });

    const queries: [query: string, count: number][] = [
      ['status=404', 1],
      ['status=4xx', 2],
      ['status=5xx', 0],
      ['user=eve', 1],
      ['method=post', 1],
      ['path=/a/1', 1],
      ['path=/a/*', 2],
      ['from=2026-01-01T00:00:02Z&to=2026-01-01T00:00:03Z', 2],
      ['status=4xx&user=ada', 1],
      [`q=${encodeURIComponent('status:>=400')}`, 2],
      [`q=${encodeURIComponent('path:/a/* -method:POST')}&status=4xx`, 1],
      ['q=eve&user=ada', 0],
      ['q=', 3],
    ];
    for (const [query, count] of queries)
      it(`${query} finds ${String(count)}`, async () => {
        folders.put(
          'logs/api.log',
          [
            line(1, { path: '/a/1', status: 404 }),
            line(2, { path: '/a/2', method: 'POST' }),
            line(3, { user: 'eve', status: 400 }),
            '{"timestamp":"2026-01-01T00:0',
          ].join(''),
        );
        const { body } = await ask(api, `${BASE}/entries?${query}`);
        assert.equal((body.items as unknown[]).length, count);
      });

    it('says where a query is wrong', async () => {
      folders.put('logs/api.log', line(1));
      const { status, body } = await ask(api, `${BASE}/entries?q=${encodeURIComponent('a status:')}`);
      assert.deepEqual([status, body.code, body.field], [400, 'invalid', 'q']);
      assert.match(String(body.detail), /character 3: “status:” needs a value/);
    });

    it('refuses the cursor of another query or workspace', async () => {
      folders.put('logs/api.log', line(1) + line(2));
      const { body } = await ask(api, `${BASE}/entries?limit=1`);
      const cursor = String(body.nextCursor);
      const both = apiOf({ test: folders.root, other: folders.root });
      const as = 'user:ada:test,other';
      assert.equal((await ask(both, `${BASE}/entries?limit=5&cursor=${cursor}`, { as })).status, 200);
      for (const path of [
        `${BASE}/entries?user=ada&cursor=${cursor}`,
        `/api/workspaces/other/logs/entries?cursor=${cursor}`,
        `${BASE}/entries?cursor=x`,
        `${BASE}/entries?limit=0`,
        `${BASE}/entries?limit=501`,
        `${BASE}/entries?from=yesterday`,
        `${BASE}/entries?status=9`,
      ])
        assert.equal((await ask(both, path, { as })).status, 400, path);
    });
  });

  it('every route is shut to the people of another workspace, whose trail has each denial', async () => {
    const other = join(folders.state, 'other');
    mkdirSync(join(other, 'logs'), { recursive: true });
    writeFileSync(join(other, '.workspace-logs.json'), '{"version":1,"workspaceId":"other"}');
    writeFileSync(join(other, 'logs/api.1.log'), line(1));
    const both = apiOf({ test: folders.root, other });
    const { paths } = JSON.parse(both.document) as { paths: Record<string, object> };
    const denied: string[] = [];
    for (const [path, operations] of Object.entries(paths).filter(([one]) => one.includes('{id}')))
      for (const method of Object.keys(operations).map((name) => name.toUpperCase()))
        for (const role of ['administrator', 'auditor', 'user']) {
          const at = (id: string): string =>
            path.replace('{id}', id).replace('{filename}', 'api.1.log').replace('{record}', 'a');
          const body = method === 'GET' ? undefined : {};
          const asked = { as: `${role}:${role}:test`, method, body };
          const { status, text } = await ask(both, at('other'), asked);
          assert.equal(status, 404, `${method} ${path}`);
          // It is the answer for one that is not there.
          assert.equal(text, (await ask(both, at('missing'), asked)).text);
          denied.push(`${role} ${method} ${path.replace('/api', '')}`);
        }
    assert.equal(denied.length, 39);
    const as = 'administrator:root:other';
    const trail = '/api/workspaces/other/audit?action=access_denied&limit=1000';
    const { body } = await ask(both, trail, { as });
    const recorded = (
      body.items as { user_id: string; audit_metadata: { deed: string; count: number } }[]
    ).map(({ user_id, audit_metadata: { deed, count } }) => (count === 1 ? `${user_id} ${deed}` : ''));
    assert.deepEqual(recorded.sort(), denied.sort());
    assert.equal(readFileSync(join(other, 'logs/api.1.log'), 'utf8'), line(1));
    const mine = await ask(both, '/api/workspaces/test/audit?action=access_denied');
    assert.deepEqual(mine.body.items, []);
  });

  it('says which methods an address has', async () => {
    const { status, headers } = await ask(api, `${BASE}/config`, { method: 'PATCH' });
    assert.equal(status, 405);
    assert.equal(headers.get('allow'), 'GET, HEAD, PUT');
  });
});

describe('the trail of what is done through the HTTP API', () => {
  const folders = freshFolders();
  beforeEach(() => {
    folders.policy({});
    folders.put('logs/api.1.log', '{}\n');
  });
  const records = async (): Promise<unknown[]> => {
    const trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, testEnvironment());
    const { records } = await trail.run('queryTrail', { root: folders.root, filter: {}, limit: 10 });
    await trail.run('closeTrail', { root: folders.root });
    return records.map(({ user_id, action, entity_id, audit_metadata }) => [
      user_id,
      action,
      entity_id,
      (audit_metadata as { door: unknown }).door,
    ]);
  };

  it('names the person of the application', async () => {
    const api = apiOf({ test: folders.root });
    const as = 'administrator:ada:test';
    await ask(api, `${BASE}/config`, { as, method: 'PUT', body: { rotation: { maxFileMB: 5 } } });
    await ask(api, `${BASE}/files/api.1.log`, { as });
    await ask(api, `${BASE}/files/api.1.log`, { as, method: 'DELETE' });
    assert.deepEqual((await records()).toReversed(), [
      ['ada', 'policy_changed', '.workspace-logs.json', 'api'],
      ['ada', 'log_downloaded', 'logs/api.1.log', 'api'],
      ['ada', 'log_deleted', 'logs/api.1.log', 'api'],
    ]);
  });

  it('without a record nothing is handed out, changed or deleted', async () => {
    const api = apiOf({ test: folders.root });
    mkdirSync(join(folders.logs, 'audit.db'));
    const body = { rotation: { maxFileMB: 5 } };
    assert.equal((await ask(api, `${BASE}/config`, { method: 'PUT', body })).status, 503);
    const file = await ask(api, `${BASE}/files/api.1.log`);
    assert.deepEqual([file.status, file.body.code], [503, 'unavailable']);
    assert.equal((await ask(api, `${BASE}/files/api.1.log`, { method: 'DELETE' })).status, 503);
    assert.equal(readFileSync(join(folders.logs, 'api.1.log'), 'utf8'), '{}\n');
    assert.doesNotMatch(readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8'), /maxFileMB/);
  });

  describe('the routes of the trail', () => {
    const AUDIT = '/api/workspaces/test/audit';
    const record = { id: 'a', user_id: 'anna', action: 'login', entity_type: 'user', entity_id: 'u-1' };
    const post = (api: LogsApi, body: object, as?: string): ReturnType<typeof ask> =>
      ask(api, AUDIT, { as, method: 'POST', body });

    it('append, query, export, verify and prove', async () => {
      const api = apiOf({ test: folders.root });
      const created = { ...record, created_at: 1_738_368_000 };
      const statuses = [];
      for (const body of [
        created,
        created,
        { ...created, entity_id: 'u-2' },
        { ...record, id: 'b', user_id: '' },
      ])
        statuses.push((await post(api, body)).status);
      assert.deepEqual(statuses, [201, 200, 409, 422]);
      await post(api, { ...record, id: 'c', action: 'plan_created', password: 'hunter-two-3' });
      const { body } = await ask(api, `${AUDIT}?limit=1`);
      assert.equal(body.total, 2);
      assert.partialDeepStrictEqual(body.items, [{ id: 'c', password: '********' }]);
      const next = await ask(api, `${AUDIT}?limit=1&cursor=${String(body.nextCursor)}`);
      assert.partialDeepStrictEqual(next.body.items, [{ id: 'a' }]);
      const other = await ask(api, `${AUDIT}?user=x&cursor=${String(body.nextCursor)}`);
      assert.deepEqual([other.status, other.body.field], [400, 'cursor']);
      const { text, headers } = await ask(api, `${AUDIT}/export?format=jsonl&to=2025-02-02`);
      assert.equal(text, `${JSON.stringify(created)}\n`);
      assert.equal(headers.get('content-type'), 'application/x-ndjson');
      const { body: found } = await ask(api, `${AUDIT}/verification`);
      assert.equal(found.state, 'sound');
      const { body: proof } = await ask(api, `${AUDIT}/a/proof`);
      assert.deepEqual(Object.keys(proof), ['record', 'leaf', 'path', 'note']);
      assert.equal((await ask(api, `${AUDIT}/missing/proof`)).status, 404);
    });

    it('an auditor sees the granted categories, and a user nothing; denials are records', async () => {
      const api = apiOf({ test: folders.root });
      await post(api, record);
      await post(api, { ...record, id: 'c', action: 'plan_created' });
      const auditor = 'auditor:eve:test';
      assert.equal((await ask(api, AUDIT, { as: `${auditor}:models` })).body.total, 1);
      assert.equal((await ask(api, AUDIT, { as: auditor })).body.total, 0);
      assert.equal((await ask(api, `${AUDIT}/a/proof`, { as: `${auditor}:models` })).status, 404);
      assert.equal((await post(api, record, auditor)).status, 403);
      for (const path of ['', '/export', '/verification', '/a/proof'])
        assert.equal((await ask(api, AUDIT + path, { as: 'user:uwe:test' })).status, 403);
      await ask(api, AUDIT, { as: 'user:uwe:test' });
      await ask(api, AUDIT, { as: 'administrator:max:other' });
      const { body } = await ask(api, `${AUDIT}?action=access_denied`);
      const denied = (body.items as { user_id: string; audit_metadata: object }[]).map(
        ({ user_id, audit_metadata }) => ({ user_id, ...audit_metadata }),
      );
      const get = 'GET /workspaces/{id}/audit';
      assert.equal(denied.length, 6);
      for (const one of [
        { user_id: 'uwe', deed: get, role: 'user', door: 'api', count: 2 },
        { user_id: 'max', deed: get, role: 'administrator', door: 'api', count: 1 },
        { user_id: 'eve', deed: 'POST /workspaces/{id}/audit', role: 'auditor', door: 'api', count: 1 },
      ])
        assert.ok(
          denied.some((entry) => isPartOf(one, entry)),
          JSON.stringify(one),
        );
    });
  });
});

function isPartOf(part: object, whole: object): boolean {
  try {
    assert.partialDeepStrictEqual(whole, part);
    return true;
  } catch {
    return false;
  }
}
