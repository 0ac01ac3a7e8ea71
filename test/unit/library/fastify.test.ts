import assert from 'node:assert/strict';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { fastifyRecorder } from '../../../src/library/fastify.ts';
import { keptEntries } from '../recorder/capture/keptEntries.ts';

describe('fastifyRecorder', () => {
  let app: FastifyInstance;
  beforeEach(() => {
    app = fastify();
  });
  afterEach(() => app.close());

  it('records what plugins beside it answer, refuse or don’t have', async () => {
    const recorder = keptEntries('REQUEST_RESPONSE');
    await app.register(fastifyRecorder, { recorder });
    await app.register(
      (routes, _options, done) => {
        routes.post('/things', (request, reply) => reply.code(201).send({ got: request.body }));
        routes.get('/broken', () => {
          throw new Error('mine');
        });
        done();
      },
      { prefix: '/api' },
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const post = (body: string): Promise<Response> =>
      fetch(`${url}/api/things?q=1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    assert.deepEqual(await (await post('{"a":1}')).json(), { got: { a: 1 } });
    assert.equal((await post('{"a":')).status, 400);
    assert.equal((await fetch(`${url}/api/broken`)).status, 500);
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);
    const entries = await recorder.count(4);
    assert.deepEqual(
      entries.map(({ method, path, status }) => `${method} ${path} ${String(status)}`),
      ['POST /api/things?q=1 201', 'POST /api/things?q=1 400', 'GET /api/broken 500', 'GET /nowhere 404'],
    );
    assert.deepEqual(entries[0]!.request_object, { a: 1 });
    assert.deepEqual(entries[0]!.response_object, { got: { a: 1 } });
    assert.equal(entries[1]!.request_object, '{"a":');
  });

  it('gives the options’ functions Fastify’s request', async () => {
    const recorder = keptEntries();
    await app.register(fastifyRecorder<FastifyRequest>, {
      recorder,
      workspaceOf: (request) => (request.params as { workspace: string }).workspace,
      requestId: (request) => `f-${request.id}`,
    });
    app.get('/workspaces/:workspace', () => 'x');
    await fetch(`${await app.listen({ port: 0, host: '127.0.0.1' })}/workspaces/abc`);
    assert.partialDeepStrictEqual((await recorder.count(1))[0], {
      workspace_id: 'abc',
      request_id: 'f-req-1',
    });
  });

  it('records requests that are injected', async () => {
    const recorder = keptEntries('REQUEST_RESPONSE');
    await app.register(fastifyRecorder, { recorder });
    app.post('/x', () => ({ b: 2 }));
    await app.inject({ method: 'POST', url: '/x', payload: { a: 1 } });
    const [entry] = await recorder.count(1);
    const bodies = { request_object: { a: 1 }, response_object: { b: 2 } };
    assert.partialDeepStrictEqual(entry, { path: '/x', status: 200, ...bodies });
    assert.equal('aborted' in entry!, false);
  });

  it('records what Fastify refuses before its hooks run, once', async () => {
    const recorder = keptEntries();
    let asked = 0;
    await app.register(fastifyRecorder<FastifyRequest>, {
      recorder,
      workspaceOf: (request) => {
        asked += 1;
        return request.id;
      },
    });
    app.get('/x', () => 'x');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    assert.equal((await fetch(`${url}/%zz`)).status, 400);
    await recorder.count(1);
    assert.equal(asked, 0);
    await fetch(`${url}/x`);
    assert.deepEqual(
      (await recorder.count(2)).map(({ path, status, workspace_id: workspace }) => [path, status, workspace]),
      [
        ['/%zz', 400, undefined],
        ['/x', 200, 'req-1'],
      ],
    );
  });

  it('records each request once for each of two recorders', async () => {
    const [one, two] = [keptEntries('REQUEST_RESPONSE'), keptEntries('REQUEST_RESPONSE')];
    await app.register(fastifyRecorder, { recorder: one });
    await app.register(fastifyRecorder, { recorder: two });
    app.get('/x', () => 'x');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    for (const path of ['/x', '/x', '/%zz']) await (await fetch(url + path)).text();
    await app.close();
    for (const { entries } of [one, two])
      assert.deepEqual(
        entries.map(({ path, response_object: body }) => [path, path === '/x' ? body : 'x']),
        [
          ['/x', 'x'],
          ['/x', 'x'],
          ['/%zz', 'x'],
        ],
      );
  });

  it('records only the part of the application in which it is registered', async () => {
    const recorder = keptEntries();
    await app.register(async (part) => {
      await part.register(fastifyRecorder, { recorder });
      part.get('/mine', () => 'x');
    });
    app.get('/other', () => 'x');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    for (const path of ['/other', '/%zz', '/mine']) await fetch(url + path);
    assert.deepEqual(
      (await recorder.count(1)).map(({ path }) => path),
      ['/mine'],
    );
  });

  it('lets Fastify have its own options, and refuses others when it is registered', async () => {
    await app.register(fastifyRecorder, { recorder: keptEntries(), prefix: '/x' });
    const wrong = fastify();
    await assert.rejects(async () => {
      await wrong.register(fastifyRecorder, { recorder: keptEntries(), userheader: 'x' } as never);
    }, /no option “userheader”/);
  });

  it('needs a recorder', async () => {
    await assert.rejects(async () => {
      await fastify().register(fastifyRecorder, {} as never);
    }, /must be a recorder/);
  });
});
