/** A recorder that the handler opens by itself stays open for a minute. @alone */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { mock } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import express, {
  type NextFunction,
  type Request as ExpressRequest,
  type Response as ExpressResponse,
} from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import { Hono, type Context } from 'hono';
import type { Caller, LogsApi } from '../../../src/http/apiTypes.ts';
import { buildLogsApi } from '../../../src/http/logsApi.ts';
import { recordersWhenNeeded } from '../../../src/http/recording.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { inlineTrail } from './apiServer.ts';
import { createCapture } from '../../../src/recorder/capture/capture.ts';
import { Recorder } from '../../../src/recorder/recorder.ts';
import { freshFolders, testEnvironment } from '../freshFolders.ts';
import { freshServers, keptEntries } from '../recorder/capture/keptEntries.ts';

/** A login of each framework: it leaves the person on the request, in the framework's own way. */
describe('the HTTP API in servers of others', () => {
  const folders = freshFolders();
  const serve = freshServers();
  beforeEach(() => {
    folders.policy({});
    mkdirSync(folders.logs, { recursive: true });
    folders.put('logs/api.1.log', 'one\n');
  });
  const person = (name: string | undefined): Caller | undefined =>
    name === undefined ? undefined : { user: name, role: 'administrator', workspaces: ['test'] };
  let kept = keptEntries();
  beforeEach(() => {
    kept = keptEntries();
  });
  const mount = (nameOf: (subject: never, context: never) => string | undefined): LogsApi =>
    buildLogsApi(
      {
        workspaces: { test: folders.root },
        authorise: (subject: never, context: never) => person(nameOf(subject, context)),
      },
      inlineApp(testEnvironment()),
      inlineTrail(),
      () => Promise.resolve(kept),
    );
  const login = (header: unknown): string | undefined => (typeof header === 'string' ? header : undefined);

  const frameworks: Record<string, () => Promise<RequestListener>> = {
    'node:http': () => {
      const api = mount((request: { headers: Record<string, unknown> }) => login(request.headers['x-login']));
      return Promise.resolve((request, response) => {
        api.node(request, response);
      });
    },
    'Express behind express.json()': () => {
      type Known = ExpressRequest & { person?: string | undefined };
      const api = mount((request: Known) => request.person);
      const app = express();
      app.set('env', 'test');
      app.use(express.json());
      app.use((request: Known, _response: ExpressResponse, next: NextFunction) => {
        request.person = login(request.headers['x-login']);
        next();
      });
      app.use(api.node);
      app.get('/other', (_request, response) => {
        response.send('other');
      });
      return Promise.resolve(app as unknown as RequestListener);
    },
    'Express at a path of its own': () => {
      const api = mount((request: ExpressRequest) => login(request.headers['x-login']));
      const app = express();
      app.use('/api', api.node);
      return Promise.resolve(app as unknown as RequestListener);
    },
    Fastify: async () => {
      const api = mount((request: FastifyRequest) => login(request.headers['x-login']));
      const app = fastify();
      await app.register(api.fastify);
      await app.ready();
      return (request, response) => {
        app.routing(request, response);
      };
    },
    Hono: () => {
      const api = mount((_request: Request, context: Context) => context.req.header('x-login'));
      const app = new Hono();
      app.all('/api/*', (context) => api.fetch(context.req.raw, context));
      return Promise.resolve(
        getRequestListener(app.fetch, { overrideGlobalObjects: false }) as RequestListener,
      );
    },
  };

  for (const [name, listenerOf] of Object.entries(frameworks))
    it(`${name}: its own login, policy and files`, async () => {
      const url = `${await serve(await listenerOf())}/api/workspaces/test/logs`;
      const headers = { 'x-login': 'ada' };
      assert.equal((await fetch(`${url}/config`)).status, 401);
      assert.equal((await fetch(`${url}/config`, { headers })).status, 200);
      const put = await fetch(`${url}/config`, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{"version":1,"rotation":{"maxFileMB":3}}',
      });
      assert.equal(put.status, 200);
      assert.match(readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8'), /"maxFileMB": 3/);
      const form = { method: 'PUT', headers: { ...headers, 'content-type': 'text/plain' }, body: '{}' };
      assert.equal((await fetch(`${url}/config`, form)).status, 415);
      const large = await fetch(`${url}/config`, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/json' },
        body: `{"a":"${'x'.repeat(1_100_000)}"}`,
      });
      assert.equal(large.status, 413);
      assert.equal(await (await fetch(`${url}/files/api.1.log`, { headers })).text(), 'one\n');
      assert.equal((await fetch(`${url}/files/api.1.log`, { method: 'DELETE', headers })).status, 204);
      assert.equal((await fetch(`${url}/files/api.1.log`, { headers })).status, 404);
      // Express answers a body that is too large for its own parser itself.
      const statuses = [401, 200, 200, 415, ...(name.includes('json()') ? [] : [413]), 200, 204, 404];
      const entries = await kept.count(statuses.length);
      // Responses close in any order.
      assert.deepEqual(
        entries.map(({ status, user }) => `${String(status)} ${user ?? 'without a name'}`).sort(),
        statuses.map((status) => `${String(status)} ${status === 401 ? 'without a name' : 'ada'}`).sort(),
      );
      assert.partialDeepStrictEqual(
        entries.find(({ status }) => status === 204),
        {
          ...{ method: 'DELETE', path: '/api/workspaces/test/logs/files/api.1.log', ip: '127.0.0.1' },
        },
      );
    });

  for (const name of ['Express behind express.json()', 'Fastify', 'Hono'])
    it(`${name}: a smaller maxFileMB lets the next batch rotate`, async () => {
      const url = `${await serve(await frameworks[name]!())}/api/workspaces/test/logs`;
      const recorder = await Recorder.open(
        { workspace: folders.root },
        { app: inlineApp(testEnvironment()) },
      );
      try {
        const entry = { method: 'POST', path: '/a', status: 200 };
        recorder.record({ ...entry, note: 'x'.repeat(1_100_000) });
        await recorder.flush();
        await recorder.rotationSettled();
        assert.deepEqual(logs(), ['api.1.log', 'api.log']);
        const put = await fetch(`${url}/config`, {
          method: 'PUT',
          headers: { 'x-login': 'ada', 'content-type': 'application/json' },
          body: '{"rotation":{"maxFileMB":1}}',
        });
        assert.equal(put.status, 200);
        const rotated = once(recorder, 'rotated');
        const batches = setInterval(() => recorder.record(entry), 20);
        assert.deepEqual(await rotated, [{ from: 'api.log', to: 'api.2.log' }]);
        clearInterval(batches);
        assert.ok(logs().includes('api.2.log'));
      } finally {
        await recorder.close();
      }
    });
  const logs = (): string[] => readdirSync(folders.logs).filter((file) => file.startsWith('api.'));

  it('leaves a request to the recorder of the workspace that observes it', async () => {
    const api = mount(() => 'ada');
    const own = { ...keptEntries(), folder: folders.root };
    const others = { ...keptEntries(), folder: folders.state };
    const early = createCapture(own);
    const strange = createCapture(others);
    let isRouted = false;
    const late = createCapture(() => (isRouted ? own : undefined));
    const url = await serve((request, response) => {
      const { observe } = { early, late, strange }[request.headers['x-observer'] as 'early'];
      isRouted = false;
      observe(request, response, request);
      isRouted = true;
      api.node(request, response);
    });
    for (const observer of ['early', 'late', 'strange'])
      await (
        await fetch(`${url}/api/workspaces/test/logs/config?${observer}`, {
          headers: { 'x-observer': observer },
        })
      ).text();
    const [entry] = await kept.count(1);
    assert.equal(entry?.path, '/api/workspaces/test/logs/config?strange');
    assert.equal(kept.entries.length, 1);
    assert.equal(own.entries.length, 2);
  });

  it('opens a recorder where a request needs one, and closes it when none came for a minute', async () => {
    const recorderOf = recordersWhenNeeded(inlineApp(testEnvironment()));
    assert.equal(await recorderOf(folders.state), undefined);
    writeFileSync(join(folders.state, '.workspace-logs.json'), '{"version":1,"workspaceId":"late"}');
    mkdirSync(join(folders.state, 'logs'));
    assert.notEqual(await recorderOf(folders.state), undefined);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const [first, second] = await Promise.all([recorderOf(folders.root), recorderOf(folders.root)]);
      assert.ok(first instanceof Recorder);
      assert.equal(second, first);
      mock.timers.tick(59_000);
      assert.equal(await recorderOf(folders.root), first);
      mock.timers.tick(59_000);
      assert.equal(await recorderOf(folders.root), first);
      mock.timers.tick(60_000);
      const next = await recorderOf(folders.root);
      assert.notEqual(next, first);
      // It is closed already, or being closed.
      await first.close();
      assert.equal(first.record({ method: 'GET', path: '/', status: 200 }), false);
      await (next as Recorder).close();
    } finally {
      mock.timers.reset();
    }
  });

  it('what is not its own goes on to the next', async () => {
    const url = await serve(await frameworks['Express behind express.json()']!());
    assert.equal(await (await fetch(`${url}/other`)).text(), 'other');
    assert.equal((await fetch(`${await serve(await frameworks['node:http']!())}/apiary`)).status, 404);
  });

  it('a client that leaves ends its stream', async () => {
    const api = mount(() => 'ada');
    const ends: Promise<unknown>[] = [];
    const url = await serve((request, response) => {
      ends.push(once(response, 'close'));
      api.node(request, response);
    });
    for (let at = 0; at < 40; at += 1) {
      const leaving = new AbortController();
      const { status } = await fetch(`${url}/api/workspaces/test/logs/stream`, { signal: leaving.signal });
      assert.equal(status, 200);
      leaving.abort();
      await ends[at];
    }
  });
});
