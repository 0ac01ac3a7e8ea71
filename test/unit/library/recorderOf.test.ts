import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { expressRecorder } from '../../../src/library/express.ts';
import { fastifyRecorder } from '../../../src/library/fastify.ts';
import { recordRequests } from '../../../src/library/node.ts';
import type { EntryTaker } from '../../../src/recorder/capture/capture.ts';
import { freshServers, keptEntries } from '../recorder/capture/keptEntries.ts';

describe('recorderOf', () => {
  const serve = freshServers();
  const done = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume().on('end', () => response.end('done'));
  };
  const post = async (url: string): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    assert.equal(await (await fetch(url, { method: 'POST', headers, body: '{"a":1}' })).text(), 'done');
  };
  /** A second, plain recorder: each request that is over has come to it. */
  const counted = keptEntries;

  it('an answer at the beginning counts, whatever routers make of the request', async () => {
    const [mine, other] = [keptEntries('REQUEST'), keptEntries('REQUEST')];
    const recorderOf = (request: IncomingMessage): EntryTaker => (request.url === '/mine' ? mine : other);
    const url = await serve(
      recordRequests(recorderOf, (request, response) => {
        request.url = '/changed';
        done(request, response);
      }),
    );
    await post(`${url}/mine`);
    assert.deepEqual((await mine.count(1))[0]!.request_object, { a: 1 });
    assert.equal(other.entries.length, 0);
  });

  const levels: [level: string, request: unknown, response: unknown][] = [
    ['METADATA', undefined, undefined],
    ['REQUEST', { a: 1 }, undefined],
    ['REQUEST_RESPONSE', { a: 1 }, 'done'],
  ];
  for (const [level, request, response] of levels)
    it(`one that knows only at the end records at ${level} what that asks for`, async () => {
      const recorder = keptEntries(level);
      let login: string | undefined;
      const url = await serve(
        recordRequests(
          () => (login === undefined ? undefined : recorder),
          (asked, answer) => {
            login = 'ada';
            done(asked, answer);
          },
        ),
      );
      await post(url);
      const [entry] = await recorder.count(1);
      assert.deepEqual([entry!.request_object, entry!.response_object], [request, response]);
    });

  it('nothing is recorded where it has no recorder', async () => {
    const all = counted();
    const url = await serve(
      recordRequests(
        all,
        recordRequests(() => undefined, done),
      ),
    );
    await post(url);
    assert.equal((await all.count(1)).length, 1);
  });

  const failing: [name: string, recorderOf: () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('sesame');
      },
    ],
    ['returns a promise', () => Promise.resolve(keptEntries())],
    ['returns a promise that rejects', () => Promise.reject(new Error('sesame'))],
    ['returns an id', () => 'sesame'],
  ];
  for (const [name, recorderOf] of failing)
    it(`one that ${name} does the request no harm, and is reported once`, async () => {
      const warnings: Error[] = [];
      const keep = (warning: Error): void => void warnings.push(warning);
      process.on('warning', keep);
      try {
        const all = counted();
        const url = await serve(recordRequests(recordRequestsOf(recorderOf), recordRequests(all, done)));
        await post(url);
        await post(url);
        await all.count(2);
        if (warnings.length === 0) await once(process, 'warning');
        assert.equal(warnings.length, 1);
        assert.match(String(warnings[0]), /recorderOf .* a request was not recorded/);
        assert.doesNotMatch(String(warnings[0]), /sesame/);
      } finally {
        process.off('warning', keep);
      }
    });
  const recordRequestsOf = (recorderOf: () => unknown): (() => EntryTaker | undefined) =>
    recorderOf as () => EntryTaker | undefined;

  it('a request is recorded once where two doors find the same recorder', async () => {
    const [one, all] = [keptEntries(), counted()];
    const inner = recordRequests(
      one,
      recordRequests(() => one, recordRequests(all, done)),
    );
    const url = await serve(recordRequests(() => one, inner));
    await post(url);
    await all.count(1);
    await post(url);
    await all.count(2);
    assert.equal((await one.count(2)).length, 2);
  });

  it('gets Express’s request, in a router that is mounted too', async () => {
    const [mine, other] = [keptEntries('REQUEST'), keptEntries()];
    const app = express();
    app.use(expressRecorder((request: express.Request) => (request.params.id === 'mine' ? mine : undefined)));
    app.use(express.json());
    const router = express.Router({ mergeParams: true });
    router.use(expressRecorder({ recorderOf: (request) => (request.url === '/x' ? other : undefined) }));
    router.post('/x', (_request, response) => void response.send('done'));
    app.use('/of/:id', router);
    await post(`${await serve(app)}/of/mine/x`);
    const entry = { path: '/of/mine/x', status: 200 };
    assert.partialDeepStrictEqual((await mine.count(1))[0], { ...entry, request_object: { a: 1 } });
    assert.partialDeepStrictEqual((await other.count(1))[0], entry);
  });

  describe('of Fastify', () => {
    let app: FastifyInstance;
    beforeEach(() => {
      app = fastify();
    });
    afterEach(() => app.close());

    it('gets Fastify’s request, and the beginnings of one where Fastify made none', async () => {
      const recorder = keptEntries('REQUEST_RESPONSE');
      const asked: unknown[] = [];
      await app.register(fastifyRecorder<FastifyRequest>, {
        recorderOf: (request) => {
          asked.push([
            request.id,
            request.headers['x-workspace'],
            request.raw.url,
            request.url,
            request.method,
          ]);
          return recorder;
        },
      });
      app.post('/x', () => 'done');
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      await post(`${url}/x`);
      await fetch(`${url}/%zz`, { headers: { 'x-workspace': 'mine' } });
      const entries = await recorder.count(2);
      assert.deepEqual(
        entries.map(({ path, status }) => [path, status]),
        [
          ['/x', 200],
          ['/%zz', 400],
        ],
      );
      assert.deepEqual([entries[0]!.request_object, entries[0]!.response_object], [{ a: 1 }, 'done']);
      assert.deepEqual(asked, [
        ['req-1', undefined, '/x', '/x', 'POST'],
        [undefined, 'mine', '/%zz', '/%zz', 'GET'],
      ]);
    });

    it('stands in place of a recorder, not beside one', async () => {
      const both = { recorder: keptEntries(), recorderOf: () => undefined };
      await assert.rejects(async () => {
        await app.register(fastifyRecorder, both);
      }, /either recorder or recorderOf/);
      await assert.rejects(async () => {
        await fastify().register(fastifyRecorder, { recorderOf: 'abc' } as never);
      }, /must be a recorder/);
    });
  });
});
