import assert from 'node:assert/strict';
import express, { type Request } from 'express';
import { expressRecorder } from '../../../src/library/express.ts';
import { freshServers, keptEntries } from '../recorder/capture/keptEntries.ts';

describe('expressRecorder', () => {
  const serve = freshServers();

  it('records what routers, parsers and nobody answer, with the whole path', async () => {
    const recorder = keptEntries('REQUEST_RESPONSE');
    const app = express();
    app.use(expressRecorder(recorder));
    app.use(express.json());
    const inner = express.Router();
    inner.post('/things/:id', (request, response) => {
      response.status(201).json({ id: request.params.id, got: request.body as unknown });
    });
    inner.get('/broken', () => {
      throw new Error('mine');
    });
    app.use('/api', express.Router().use('/v1', inner));
    // Express logs errors without a handler.
    app.set('env', 'test');
    const url = await serve(app);

    const post = (body: string): Promise<Response> =>
      fetch(`${url}/api/v1/things/7?deep=1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    assert.deepEqual(await (await post('{"a":1}')).json(), { id: '7', got: { a: 1 } });
    assert.equal((await post('{"a":')).status, 400);
    assert.equal((await fetch(`${url}/api/v1/broken`)).status, 500);
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);

    const entries = await recorder.count(4);
    assert.deepEqual(
      entries.map(({ method, path, status }) => `${method} ${path} ${String(status)}`),
      [
        'POST /api/v1/things/7?deep=1 201',
        'POST /api/v1/things/7?deep=1 400',
        'GET /api/v1/broken 500',
        'GET /nowhere 404',
      ],
    );
    assert.deepEqual(entries[0]!.request_object, { a: 1 });
    assert.deepEqual(entries[0]!.response_object, { id: '7', got: { a: 1 } });
    assert.equal(entries[1]!.request_object, '{"a":');
  });

  it('records a request once for each recorder, however often each is used', async () => {
    const [one, two] = [keptEntries(), keptEntries()];
    const app = express();
    for (const recorder of [one, two, one]) app.use(expressRecorder(recorder));
    await (await fetch(await serve(app))).text();
    await Promise.all([one.count(1), two.count(1)]);
    assert.deepEqual([one.entries.length, two.entries.length], [1, 1]);
  });

  it('keeps the whole path where it is used inside a router', async () => {
    const recorder = keptEntries();
    const router = express.Router();
    router.use(expressRecorder(recorder));
    router.get('/x', (_request, response) => void response.send('x'));
    const url = await serve(express().use('/mounted', router));
    await fetch(`${url}/mounted/x?q=1`);
    assert.equal((await recorder.count(1))[0]!.path, '/mounted/x?q=1');
  });

  it('gives the options’ functions Express’s request, with what routers found', async () => {
    const recorder = keptEntries();
    const app = express();
    const options = {
      workspaceOf: (request: Request) => String(request.params.workspace),
      requestId: (request: Request) => request.get('x-trace'),
    };
    app.use(expressRecorder(recorder, options));
    app.get('/workspaces/:workspace', (_request, response) => void response.send('x'));
    await fetch(`${await serve(app)}/workspaces/abc`, { headers: { 'x-trace': 't-1' } });
    assert.partialDeepStrictEqual((await recorder.count(1))[0], { workspace_id: 'abc', request_id: 't-1' });
  });

  it('refuses unknown options when it is set up', () => {
    assert.throws(() => expressRecorder(keptEntries(), { ip: 1 } as object), /no option “ip”/);
  });
});
