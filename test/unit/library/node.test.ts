import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import {
  Agent,
  createServer,
  IncomingMessage,
  request as ask,
  ServerResponse,
  type RequestListener,
  type RequestOptions,
} from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { connect, Socket, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { mock } from 'node:test';
import type { CaptureOptions } from '../../../src/recorder/capture/requestFacts.ts';
import { recordRequests } from '../../../src/library/node.ts';
import type { Entry } from '../../../src/files/entry.ts';
import { freshServers, keptEntries } from '../recorder/capture/keptEntries.ts';

type Http2Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** Asks, sends a body, and reads the answer to its end. */
async function call(
  url: string,
  options: RequestOptions = {},
  body?: string | Buffer,
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; text: string }> {
  const request = ask(url, options);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

describe('recordRequests', () => {
  const serve = freshServers();
  /** The entry of one request. */
  const recorded = async (
    handler: (request: IncomingMessage, response: ServerResponse) => void,
    [path, options, body]: [path: string, options?: RequestOptions, body?: string | Buffer],
    captureOptions?: CaptureOptions,
    level?: string,
  ): Promise<Entry> => {
    const recorder = keptEntries(level);
    const url = await serve(recordRequests(recorder, handler, captureOptions));
    await call(url + path, options, body);
    const [entry] = await recorder.count(1);
    return entry!;
  };
  const done = (_request: unknown, response: ServerResponse): void => {
    response.end('done');
  };

  it('records one entry with all its fields', async () => {
    const headers = { 'user-agent': 'curl/8', 'x-request-id': 'r-1', 'x-user': 'root' };
    const entry = await recorded(done, ['/a/b?c=d', { method: 'PATCH', headers }]);
    const { duration_ms: duration, ...others } = entry;
    assert.deepEqual(others, {
      user: 'anonymous',
      method: 'PATCH',
      path: '/a/b?c=d',
      status: 200,
      ip: '127.0.0.1',
      request_id: 'r-1',
      user_agent: 'curl/8',
    });
    assert.ok(typeof duration === 'number' && duration > 0);
  });

  it('measures up to the end of the response', async () => {
    const clock = mock.method(performance, 'now', () => 1000);
    try {
      const { duration_ms: duration } = await recorded(
        (_request, response) => {
          response.write('a', () => {
            clock.mock.mockImplementation(() => 1080);
            response.end('b');
          });
        },
        ['/'],
      );
      assert.equal(duration, 80);
    } finally {
      clock.mock.restore();
    }
  });

  it('records what came, whatever the handler makes of the request', async () => {
    const entry = await recorded(
      (request, response) => {
        request.url = '/other';
        request.method = 'PUT';
        request.headers['x-request-id'] = 'other';
        response.statusCode = 418;
        response.end();
      },
      ['/came', { headers: { 'x-request-id': 'came' } }],
    );
    assert.partialDeepStrictEqual(entry, { method: 'GET', path: '/came', request_id: 'came', status: 418 });
  });

  it('believes a trusted proxy, and asks for the workspace', async () => {
    const headers = { 'x-user': 'ada', 'x-forwarded-for': '1.1.1.1, 203.0.113.7' };
    const options = { trustedProxies: '127.0.0.1', userHeader: 'X-User', workspaceOf: () => 'abc123' };
    const entry = await recorded(done, ['/', { headers }], options);
    assert.partialDeepStrictEqual(entry, { user: 'ada', ip: '203.0.113.7', workspace_id: 'abc123' });
  });

  it('goes on where functions of the options throw', async () => {
    const failing = (): never => {
      throw new Error('no');
    };
    const entry = await recorded(done, ['/'], { requestId: failing, workspaceOf: failing });
    assert.equal(entry.status, 200);
    assert.equal('workspace_id' in entry, false);
  });

  it('does the request no harm where the recorder fails', async () => {
    const recorder = {
      recording: undefined,
      record: () => {
        throw new Error('full');
      },
    };
    const url = await serve(recordRequests(recorder, done));
    assert.equal((await call(url)).text, 'done');
    assert.equal((await call(url)).text, 'done');
  });

  it('records a request once, where two doors are open', async () => {
    const recorder = keptEntries();
    const other = keptEntries();
    const url = await serve(recordRequests(recorder, recordRequests(recorder, recordRequests(other, done))));
    await call(url);
    await call(url);
    assert.equal((await recorder.count(2)).length, 2);
    assert.equal((await other.count(2)).length, 2);
  });

  it('records 100 parallel requests over 10 connections that are kept', async () => {
    const recorder = keptEntries();
    const url = await serve(recordRequests(recorder, done));
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    const ids = Array.from({ length: 100 }, (_, index) => `id-${String(index)}`);
    await Promise.all(ids.map((id) => call(`${url}/${id}`, { agent, headers: { 'x-request-id': id } })));
    agent.destroy();
    const entries = await recorder.count(100);
    assert.deepEqual(entries.map(({ request_id: id }) => id).sort(), [...ids].sort());
    for (const { path, request_id: id } of entries) assert.equal(path, `/${String(id)}`);
  });

  describe('a response that is', () => {
    it('none to HEAD', async () => {
      const entry = await recorded(done, ['/', { method: 'HEAD' }], {}, 'REQUEST_RESPONSE');
      assert.partialDeepStrictEqual(entry, { method: 'HEAD', status: 200 });
      assert.equal(entry.response_object, undefined);
    });
    for (const status of [204, 304])
      it(`${String(status)} has no body`, async () => {
        const bodiless = (_request: unknown, response: ServerResponse): void => {
          response.statusCode = status;
          response.end('ignored');
        };
        const entry = await recorded(bodiless, ['/'], {}, 'REQUEST_RESPONSE');
        assert.equal(entry.status, status);
        assert.equal(entry.response_object, undefined);
      });

    it('aborted before there was an answer is 499', async () => {
      const recorder = keptEntries();
      const arrived = Promise.withResolvers<undefined>();
      const url = await serve(
        recordRequests(recorder, () => {
          arrived.resolve(undefined);
        }),
      );
      const request = ask(url).on('error', () => undefined);
      request.end();
      await arrived.promise;
      request.destroy();
      const [entry] = await recorder.count(1);
      assert.equal(entry!.status, 499);
      assert.equal(entry!.ip, '127.0.0.1');
      assert.equal('aborted' in entry!, false);
    });

    it('aborted in the middle has its status, and aborted', async () => {
      const recorder = keptEntries();
      const url = await serve(
        recordRequests(recorder, (_request, response) => {
          response.writeHead(201);
          response.write('begun');
        }),
      );
      const request = ask(url);
      request.end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      response.destroy();
      const [entry] = await recorder.count(1);
      assert.partialDeepStrictEqual(entry, { status: 201, aborted: true });
    });

    it('aborted while its end is on its way has aborted', async () => {
      const recorder = keptEntries();
      const large = Buffer.alloc(50_000_000);
      const url = await serve(recordRequests(recorder, (_request, response) => response.end(large)));
      const request = ask(url);
      request.end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      response.destroy();
      const [entry] = await recorder.count(1);
      assert.partialDeepStrictEqual(entry, { status: 200, aborted: true });
    });

    it('waited for by a client that pipelines is recorded for each of its requests', async () => {
      const recorder = keptEntries();
      const url = await serve(recordRequests(recorder, done));
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n');
      const entries = await recorder.count(2);
      assert.deepEqual(
        entries.map(({ path }) => path),
        ['/1', '/2'],
      );
      socket.destroy();
    });

    it('never given to any of the requests of a pipeline is 499 for each', async () => {
      const recorder = keptEntries();
      const bothArrived = Promise.withResolvers<undefined>();
      let count = 0;
      const url = await serve(
        recordRequests(recorder, () => {
          if ((count += 1) === 2) bothArrived.resolve(undefined);
        }),
      );
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n');
      await bothArrived.promise;
      socket.destroy();
      const entries = await recorder.count(2);
      assert.deepEqual(
        entries.map(({ status }) => status),
        [499, 499],
      );
    });
  });

  describe('a handler', () => {
    const pair = (): [IncomingMessage, ServerResponse] => {
      const request = new IncomingMessage(new Socket());
      return [request, new ServerResponse(request)];
    };
    it('is called as the server calls it, and what it returns is returned', () => {
      const calls: unknown[] = [];
      const answer = Promise.resolve();
      const handler = function (this: unknown, ...words: unknown[]): unknown {
        calls.push([this, ...words]);
        return answer;
      };
      const listener = recordRequests(keptEntries(), handler);
      const server = createServer();
      const [request, response] = pair();
      const call = listener as (...words: unknown[]) => unknown;
      const result = Reflect.apply(call, server, [request, response]);
      assert.equal(result, answer);
      assert.deepEqual(calls, [[server, request, response]]);
    });

    it('that throws throws where it would without us', () => {
      const listener = recordRequests(keptEntries(), () => {
        throw new RangeError('mine');
      });
      assert.throws(() => {
        listener(...pair());
      }, new RangeError('mine'));
    });

    it('that rejects is answered by a server that captures rejections, and recorded', async () => {
      const recorder = keptEntries();
      const rejecting = (): unknown => Promise.reject(new Error('mine'));
      const { captureRejections } = EventEmitter;
      EventEmitter.captureRejections = true;
      const server = createServer(recordRequests(recorder, rejecting as RequestListener));
      EventEmitter.captureRejections = captureRejections;
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { status } = await call(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      server.close();
      assert.equal(status, 500);
      assert.equal((await recorder.count(1))[0]!.status, 500);
    });
  });

  const wrong: [what: string, options: unknown, sentence: RegExp][] = [
    ['an option that there is not', { userheader: 'x' }, /no option “userheader”/],
    ['a number for a header', { userHeader: 1 }, /userHeader must be/],
    ['a header’s name with a blank', { userHeader: 'x user' }, /userHeader must be/],
    ['an empty name of a header', { requestId: '' }, /requestId must be/],
    ['a text for a function', { workspaceOf: 'abc' }, /workspaceOf must be/],
    ['proxies that are none', { trustedProxies: ['nobody'] }, /“nobody”/],
    ['no object', null, /must be an object/],
    ['a text', 'x', /must be an object/],
  ];
  for (const [what, options, sentence] of wrong)
    it(`refuses ${what} when it is set up`, () => {
      assert.throws(
        () => recordRequests(keptEntries(), done, options as CaptureOptions),
        (error) => error instanceof TypeError && sentence.test(error.message),
      );
    });
  it('refuses what is no recorder and what is no handler', () => {
    assert.throws(() => recordRequests({} as never, done), /must be a recorder/);
    assert.throws(() => recordRequests(undefined as never, done), /must be a recorder/);
    assert.throws(() => recordRequests(keptEntries(), {} as never), /must be a request handler/);
  });

  describe('over HTTP/2', () => {
    let session: ClientHttp2Session;
    let asking: ClientHttp2Stream;
    const closing: (() => unknown)[] = [];
    afterEach(() => {
      for (const close of closing.splice(0)) close();
    });
    /** The entry of one request, and its answer. */
    const spoken = async (
      handler: RequestListener,
      headers: OutgoingHttpHeaders,
      body?: string,
    ): Promise<{ entry: Entry; answer: string }> => {
      const recorder = keptEntries('REQUEST_RESPONSE');
      const server = createHttp2Server(recordRequests(recorder, handler) as never).listen(0, '127.0.0.1');
      await once(server, 'listening');
      session = connectHttp2(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      closing.push(
        () => {
          session.destroy();
        },
        () => server.close(),
      );
      asking = session.request(headers, { endStream: body === undefined });
      if (body !== undefined) asking.end(body);
      const answer = await text(asking).catch(String);
      const [entry] = await recorder.count(1);
      return { entry: entry!, answer };
    };
    const typed = { 'content-type': 'application/json' };
    const echo: RequestListener = (request, response) => {
      void text(request).then((body) => response.writeHead(200, typed).end(body));
    };

    it('says truncated of a body that is not read', async () => {
      const refuse: RequestListener = (_request, response) => response.writeHead(413).end();
      const { entry } = await spoken(refuse, { ':method': 'POST', ...typed }, '{"a":1}');
      assert.partialDeepStrictEqual(entry, { status: 413, truncated: true });
    });

    for (const [what, handler, answer] of [
      ['end', echo, { a: 1 }],
      [
        'write and end',
        (request, response) => {
          request.resume().on('end', () => {
            response.writeHead(200, typed).write('{"b"');
            response.end(':2}');
          });
        },
        { b: 2 },
      ],
    ] as [string, RequestListener, unknown][])
      it(`records each body once that ${what} was given`, async () => {
        const got = await spoken(handler, { ':method': 'POST', ':path': '/x', ...typed }, '{"a":1}');
        assert.deepEqual(JSON.parse(got.answer), answer);
        const { request_object: asked, response_object: answered, status, path, method, ip } = got.entry;
        assert.deepEqual([asked, answered], [{ a: 1 }, answer]);
        assert.deepEqual([status, path, method, ip], [200, '/x', 'POST', '127.0.0.1']);
        assert.equal('aborted' in got.entry, false);
        assert.equal(got.entry.truncated, undefined);
      });

    for (const [method, status] of [
      ['GET', 200],
      ['HEAD', 200],
      ['DELETE', 204],
    ] as const)
      it(`records a ${method} without a body as whole`, async () => {
        const { entry } = await spoken((_request, response) => response.writeHead(status).end(), {
          ':method': method,
        });
        assert.equal(entry.status, status);
        assert.equal(entry.request_object, undefined);
        assert.equal('aborted' in entry, false);
      });

    it('records what a handler answers on the stream below', async () => {
      const raw: Http2Handler = (_request, { stream }) => {
        stream.respond({ ':status': 404, ...typed });
        stream.end('{"c":3}');
      };
      const { entry } = await spoken(raw as never, { ':path': '/raw' });
      assert.partialDeepStrictEqual(entry, { status: 404, response_object: { c: 3 } });
      assert.equal(entry.truncated, undefined);
    });

    it('says truncated of a file that is sent below', async () => {
      const file: Http2Handler = (_request, { stream }) => {
        stream.respondWithFile(import.meta.filename, { ':status': 206 });
      };
      const { entry } = await spoken(file as never, { ':path': '/file' });
      assert.partialDeepStrictEqual(entry, { status: 206, truncated: true });
    });

    it('says of an answer that the client gives up that it was aborted', async () => {
      const half: RequestListener = (_request, response) => {
        response.write('half', () => {
          asking.close(8);
        });
      };
      const { entry } = await spoken(half, {});
      assert.partialDeepStrictEqual(entry, { status: 200, aborted: true });
    });

    it('says of half an answer that it was aborted', async () => {
      const { entry } = await spoken(
        (_request, response) => {
          response.write('half', () => response.destroy());
        },
        { ':method': 'GET' },
      );
      assert.partialDeepStrictEqual(entry, { status: 200, aborted: true });
    });
  });
});
