import assert from 'node:assert/strict';
import { once } from 'node:events';
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { connect as connectSession, createServer as createSessions } from 'node:http2';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectSecurely } from 'node:tls';
import express from 'express';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';
import { fastifyRecorder } from '../../../../src/library/fastify.ts';
import { recordRequests } from '../../../../src/library/node.ts';
import { keptEntries, type KeptEntries } from './keptEntries.ts';

const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const next = 'GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const refuse = (_request: unknown, socket: Socket): void => {
  socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Sends bytes over a connection of their own. @returns the status line of the last answer */
async function send(port: number, words: string | Buffer, isSecure = false): Promise<string> {
  const client = isSecure
    ? connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect(port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write(words, 'latin1');
  return (await text(client)).match(/HTTP\/1\.1 \d{3}[^\r]*/g)?.at(-1) ?? '';
}

describe('a server’s own answers', () => {
  const servers: Server[] = [];
  const apps: FastifyInstance[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });
  const listening = async (server: Server): Promise<number> => {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return portOf(server);
  };
  const answering = express().use((_request, response) => void response.send('done'));

  /** A key and a certificate of one test run. */
  const certificate = ((): { key: string; cert: string } => {
    const asked = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '-',
      '-out',
      '-',
    ];
    const made = execFileSync('openssl', ['req', '-x509', ...asked, '-subj', '/CN=localhost', '-days', '1'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { key: made, cert: made };
  })();

  /** Each makes a server that is fresh: nothing has come to it yet. */
  const doors: [door: string, open: (recorder: KeptEntries) => Promise<[server: Server, port: number]>][] = [
    [
      'node:http',
      async (recorder) => {
        const server = createServer(recordRequests(recorder, (_request, response) => response.end('done')));
        return [server, await listening(server)];
      },
    ],
    [
      'node:https',
      async (recorder) => {
        const server = createSecureServer(
          // What is refused has to come in one piece, and a piece of TLS has 16 KB at most.
          { ...certificate, maxHeaderSize: 8192 },
          recordRequests(recorder, (_request, response) => response.end('done')),
        );
        return [server, await listening(server)];
      },
    ],
    [
      'Express in recordRequests',
      async (recorder) => {
        const server = createServer(recordRequests(recorder, answering));
        return [server, await listening(server)];
      },
    ],
    [
      'Fastify',
      async (recorder) => {
        const app = fastify();
        apps.push(app);
        await app.register(fastifyRecorder, { recorder });
        await app.listen({ port: 0, host: '127.0.0.1' });
        return [app.server, portOf(app.server)];
      },
    ],
  ];
  const long = 'x'.repeat(17_000);
  const first: [
    what: string,
    words: string,
    line: RegExp,
    entry: [method: string, path: string, status: number],
  ][] = [
    [
      'a refused handshake',
      `GET /socket HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`,
      /401/,
      ['GET', '/socket', 401],
    ],
    [
      'a refused Expect',
      'PUT /e HTTP/1.1\r\nHost: x\r\nExpect: x\r\nConnection: close\r\n\r\n',
      /417/,
      ['PUT', '/e', 417],
    ],
    ['a broken header', 'GET /b?c=d HTTP/1.1\r\nHost : x\r\n\r\n', /400/, ['GET', '/b?c=d', 400]],
    [
      'two frames of a body',
      'POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      /400/,
      ['POST', '/f', 400],
    ],
    ['no Host', 'GET /h HTTP/1.1\r\n\r\n', /400/, ['GET', '/h', 400]],
    [
      'an empty line and a broken header',
      '\r\nGET /e HTTP/1.1\r\nHost : x\r\n\r\n',
      /400/,
      ['GET', '/e', 400],
    ],
    ['a tunnel', 'CONNECT x.test:443 HTTP/1.1\r\nHost: x\r\n\r\n', /401/, ['CONNECT', 'x.test:443', 401]],
    ['a version that does not exist', 'GET /v HTTP/7.3\r\nHost: x\r\n\r\n', /400/, ['GET', '/v', 400]],
    [
      'a head that is too long',
      `GET /l HTTP/1.1\r\nHost: x\r\nX: ${long}\r\n\r\n`,
      /431/,
      ['GET', '/l', 431],
    ],
  ];
  for (const [door, open] of doors)
    for (const [what, words, line, [method, path, status]] of first)
      it(`${door} records ${what} as the first thing that comes`, async () => {
        const recorder = keptEntries();
        const [server, port] = await open(recorder);
        server.on('upgrade', refuse).on('connect', refuse);
        const isSecure = server instanceof SecureServer;
        assert.match(await send(port, words, isSecure), line);
        // Where nothing was recorded of it, this one is the first entry.
        if (recorder.entries.length === 0) await send(port, next, isSecure);
        const [entry] = await recorder.count(1);
        assert.partialDeepStrictEqual(entry, { method, path, status, ip: '127.0.0.1', user: 'anonymous' });
      });

  const strange: [what: string, words: string][] = [
    ['no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001'],
    ['a piece of a header', 'abc=1; /x HTTP/1.1\r\n\r\n'],
    ['an empty line and nothing else', '\r\n\r\nx'],
  ];
  for (const [what, words] of strange)
    it(`are not recorded of ${what}`, async () => {
      const recorder = keptEntries();
      const [, port] = await doors[0]![1](recorder);
      await send(port, words);
      await send(port, next);
      assert.deepEqual(
        (await recorder.count(1)).map(({ path }) => path),
        ['/next'],
      );
    });

  it('are recorded once where a request’s body is broken in the same packet', async () => {
    const recorder = keptEntries();
    const [, port] = await doors[0]![1](recorder);
    await send(port, 'POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    await send(port, 'GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.deepEqual(
      (await recorder.count(2)).map(({ path }) => path),
      ['/c', '/next'],
    );
  });

  it('are recorded where Node takes no more requests of a connection', async () => {
    const recorder = keptEntries();
    const [server, port] = await doors[0]![1](recorder);
    server.maxRequestsPerSocket = 1;
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    assert.match(await send(port, get('/1') + get('/2')), /503/);
    const refused = (await recorder.count(1)).find(({ path }) => path === '/2');
    assert.partialDeepStrictEqual(refused, { method: 'GET', status: 503, ip: '127.0.0.1' });
  });

  for (const [what, headers, entry] of [
    [
      'CONNECT',
      { ':method': 'CONNECT', ':authority': 'x.test:443' },
      { method: 'CONNECT', path: 'x.test:443', status: 405 },
    ],
    ['a refused Expect', { ':path': '/e', expect: 'x' }, { method: 'GET', path: '/e', status: 417 }],
  ] as const)
    it(`are recorded of ${what} in HTTP/2`, async () => {
      const recorder = keptEntries();
      const server = createSessions(
        recordRequests(recorder, (_request, response) => response.end('done')) as never,
      ).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const session = connectSession(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      const stream = session.request(headers);
      const [answer] = (await once(stream, 'response')) as [{ ':status': number }];
      assert.equal(answer[':status'], entry.status);
      stream.end().resume();
      session.request({ ':path': '/next' }).resume();
      assert.partialDeepStrictEqual((await recorder.count(1))[0], { ...entry, ip: '127.0.0.1' });
      session.destroy();
      server.close();
    });

  it('have the status that a listener of the server gives', async () => {
    const recorder = keptEntries();
    const [server, port] = await doors[0]![1](recorder);
    server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 422 Mine\r\n\r\n'));
    assert.match(await send(port, 'GET /b HTTP/1.1\r\nHost : x\r\n\r\n'), /422/);
    assert.partialDeepStrictEqual((await recorder.count(1))[0], { path: '/b', status: 422 });
  });

  it('are recorded by each of two servers with one listener, and by each of two recorders once', async () => {
    const [one, two] = [keptEntries(), keptEntries()];
    const listener = recordRequests(one, (_request, response) => response.end('done'));
    const words = `GET /socket HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`;
    const both = createServer(listener).on('upgrade', refuse);
    both
      .on(
        'request',
        recordRequests(two, () => undefined),
      )
      .on(
        'request',
        recordRequests(one, () => undefined),
      );
    await send(await listening(both), words);
    // All that the close of one connection records is recorded before this goes on.
    await one.count(1);
    assert.deepEqual([one.entries.length, two.entries.length], [1, 1]);
    await send(await listening(createServer(listener).on('upgrade', refuse)), words);
    await one.count(2);
    assert.deepEqual([one.entries.length, two.entries.length], [2, 1]);
  });

  it('leave a web socket as it is, which is recorded when it closes', async () => {
    const recorder = keptEntries();
    const [server, port] = await doors[0]![1](recorder);
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        socket.send(data);
      });
    });
    const client = new WebSocket(`ws://127.0.0.1:${String(port)}/chat`);
    await once(client, 'open');
    client.send('HTTP/1.1 599 no head');
    const [echo] = (await once(client, 'message')) as [Buffer];
    assert.equal(echo.toString(), 'HTTP/1.1 599 no head');
    assert.equal(recorder.entries.length, 0);
    client.close();
    assert.partialDeepStrictEqual((await recorder.count(1))[0], { path: '/chat', status: 101 });
    sockets.close();
  });

  const recorder = keptEntries();
  for (const [what, source] of [
    ['a recorder', { recorder }],
    [
      'recorderOf',
      {
        recorderOf: (request: FastifyRequest) =>
          (request.params as object | undefined) === undefined ? undefined : recorder,
      },
    ],
  ] as const)
    it(`are recorded once where Fastify’s hooks see the handshake, too, with Fastify’s request: ${what}`, async () => {
      const known = recorder.entries.length;
      const app = fastify();
      apps.push(app);
      await app.register(fastifyRecorder<FastifyRequest>, {
        ...source,
        workspaceOf: (request) => (request.params as { id: string }).id,
      });
      app.get('/of/:id', () => 'x');
      // Plugins for web sockets hand the handshake to Fastify's router, with a response that stays unused.
      app.server.on('upgrade', (request, socket: Socket) => {
        const { ServerResponse } = process.getBuiltinModule('node:http');
        const response = new ServerResponse(request);
        response.assignSocket(socket);
        response.on('finish', () => socket.end());
        app.routing(request, response);
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      await send(portOf(app.server), `GET /of/mine HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
      const entries = await recorder.count(known + 1);
      await app.close();
      assert.deepEqual(
        entries.slice(known).map(({ path, status, workspace_id: id }) => [path, status, id]),
        [['/of/mine', 200, 'mine']],
      );
    });
});
