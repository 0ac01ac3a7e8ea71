import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  connect as connectSession,
  createServer as createSessions,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createCapture } from '../../../../src/recorder/capture/capture.ts';
import { keptEntries } from './keptEntries.ts';

describe('the status of a request without an answer', () => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  /** The status of one request; `act` is called when the handler has it. */
  const statusOf = async (
    words: string,
    act: (client: Socket, server: Server, request: IncomingMessage, response: ServerResponse) => unknown,
  ): Promise<number> => {
    const recorder = keptEntries();
    const { observe } = createCapture(recorder);
    const server = createServer((request, response) => {
      observe(request, response, request);
      response.on('error', () => undefined);
      act(client, server, request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined).resume();
    ends.push(() => {
      client.destroy();
      server.close();
      server.closeAllConnections();
    });
    client.write(words);
    return (await recorder.count(1))[0]!.status;
  };

  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const half = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc';
  const chunked = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  const closed: [what: string, words: string, act: Parameters<typeof statusOf>[1], status: number][] = [
    ['a client that ends', get, (client) => client.end(), 499],
    ['a client that is gone', get, (client) => client.destroy(), 499],
    ['a client that resets', get, (client) => client.resetAndDestroy(), 499],
    ['a client that ends within its body', half, (client) => client.end(), 499],
    ['a client that resets within its body', half, (client) => client.resetAndDestroy(), 499],
    ['a timeout of the server', get, (...[, , request]) => request.socket.setTimeout(1), 444],
    [
      'closeAllConnections()',
      get,
      (_client, server) => {
        server.closeAllConnections();
      },
      444,
    ],
    [
      'closeAllConnections() within a body',
      half,
      (_client, server) => {
        server.closeAllConnections();
      },
      444,
    ],
    ['request.destroy()', get, (_client, _server, request) => request.destroy(), 444],
    ['request.socket.destroy()', get, (_client, _server, request) => request.socket.destroy(), 444],
    ['response.destroy()', get, (_client, _server, _request, response) => response.destroy(), 444],
    ['response.destroy(error)', get, (...[, , , response]) => response.destroy(new Error('mine')), 444],
    ['response.setTimeout', get, (...[, , , response]) => response.setTimeout(1), 444],
    [
      'a chunk that Node refuses',
      chunked,
      (client, _, request) => [request.resume(), client.write('x\r\n')],
      400,
    ],
  ];
  for (const [what, words, act, status] of closed)
    it(`is ${String(status)} after ${what}`, async () => {
      assert.equal(await statusOf(words, act), status);
    });

  /** The same in HTTP/2. */
  const inHttp2 = async (
    act: (
      client: [ClientHttp2Stream, ClientHttp2Session],
      server: Http2Server,
      request: Http2ServerRequest,
      response: Http2ServerResponse,
    ) => unknown,
    timeout = 0,
  ): Promise<number> => {
    const recorder = keptEntries();
    const { observe } = createCapture(recorder);
    const server = createSessions((request, response) => {
      observe(request as never, response as never, request as never);
      request.stream.on('error', () => undefined);
      act([stream, client], server, request, response);
    });
    server.setTimeout(timeout);
    server.on('sessionError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connectSession(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    client.on('error', () => undefined);
    ends.push(() => {
      client.destroy();
      server.close();
    });
    const stream = client.request({ ':path': '/' }).on('error', () => undefined);
    stream.end();
    return (await recorder.count(1))[0]!.status;
  };
  const closedInHttp2: [what: string, act: Parameters<typeof inHttp2>[0], status: number][] = [
    [
      'a client that cancels',
      ([stream]) => {
        stream.close(8);
      },
      499,
    ],
    [
      'a client whose session ends',
      ([, session]) => {
        session.destroy();
      },
      499,
    ],
    [
      'a client whose session fails',
      ([, session]) => {
        session.destroy(new Error('mine'), 8);
      },
      499,
    ],
    [
      'a client that closes without an error',
      ([stream]) => {
        stream.close();
      },
      499,
    ],
    [
      'a client that cancels, which closes the stream here, too',
      ([stream], _server, request) => {
        request.on('aborted', () => {
          request.stream.close(8);
        });
        stream.close(8);
      },
      499,
    ],
    ['response.stream.destroy()', (...[, , , response]) => response.stream.destroy(), 444],
    ['response.stream.destroy(error)', (...[, , , { stream }]) => stream.destroy(new Error('mine')), 444],
    [
      'response.stream.close(code)',
      (...[, , , response]) => {
        response.stream.close(8);
      },
      444,
    ],
    ['session.destroy()', (...[, , request]) => request.stream.session?.destroy(), 444],
    [
      'session.destroy(error), which the handler follows with close(code)',
      (...[, , { stream }]) => {
        stream.session?.destroy(new Error('mine'));
        stream.close(8);
      },
      444,
    ],
  ];
  for (const [what, act, status] of closedInHttp2)
    it(`is ${String(status)} in HTTP/2 after ${what}`, async () => {
      assert.equal(await inHttp2(act), status);
    });

  it('is 444 in HTTP/2 after a timeout of the server', async () => {
    assert.equal(await inHttp2(() => undefined, 1), 444);
  });
});
