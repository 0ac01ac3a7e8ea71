import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, createServer as listen, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { startProxy, type Proxy, type ProxyOptions } from '../../../../src/recorder/proxy/proxy.ts';
import { parseTarget } from '../../../../src/recorder/proxy/target.ts';
import { freshServers, keptEntries, type KeptEntries } from '../capture/keptEntries.ts';

/** Unused connections to the target are closed after a second. */
const IDLE_MS = 1300;

describe('the proxy', () => {
  const serve = freshServers();
  const proxies: Proxy[] = [];
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close(0)));
  });
  let recorder: KeptEntries;
  beforeEach(() => {
    recorder = keptEntries();
  });

  /** A proxy in front of a target. @returns its URL */
  const before = async (target: string, options: Partial<ProxyOptions> = {}): Promise<string> => {
    const proxy = await startProxy(recorder, { target: parseTarget(target)!, port: 0, ...options });
    proxies.push(proxy);
    return proxy.url;
  };
  /** A proxy in front of a backend. */
  const through = async (listener: RequestListener, options?: Partial<ProxyOptions>): Promise<string> =>
    before(await serve(listener), options);
  const open = async (url: string, options: RequestOptions = {}, body?: string): Promise<IncomingMessage> => {
    const request = ask(url, options);
    request.on('error', () => undefined).end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  };
  /** The request as the backend gets it. */
  const received = async (
    options: RequestOptions,
    proxyOptions?: Partial<ProxyOptions>,
    body?: string,
  ): Promise<{ method: string; url: string; headers: Record<string, string>; body: string }> => {
    const url = await through((request, response) => {
      const { method, url: path, headers } = request;
      void text(request).then((read) =>
        response.end(JSON.stringify({ method, url: path, headers, body: read })),
      );
    }, proxyOptions);
    const response = await open(`${url}${options.path ?? '/'}`, options, body);
    return JSON.parse(await text(response)) as Awaited<ReturnType<typeof received>>;
  };

  it('passes method, path, headers and body on as they came', async () => {
    const headers = { 'X-One': ['1', '2'], cookie: 'a=b', 'content-type': 'text/plain' };
    const got = await received({ method: 'PATCH', path: '/a%20b/../c?d=e&f', headers }, {}, 'grüße');
    assert.partialDeepStrictEqual(got, { method: 'PATCH', url: '/a%20b/../c?d=e&f', body: 'grüße' });
    assert.partialDeepStrictEqual(got.headers, { 'x-one': '1, 2', cookie: 'a=b', 'content-length': '7' });
    assert.partialDeepStrictEqual((await recorder.count(1))[0], {
      method: 'PATCH',
      status: 200,
      path: '/a%20b/../c?d=e&f',
    });
  });

  const framings: [
    what: string,
    method: string,
    headers: Record<string, string>,
    body: string | undefined,
    sent: object,
  ][] = [
    ['a chunked GET', 'GET', { 'transfer-encoding': 'chunked' }, 'abc', { 'transfer-encoding': 'chunked' }],
    ['a POST without a body', 'POST', { 'content-length': '0' }, undefined, { 'content-length': '0' }],
    ['a DELETE with a body', 'DELETE', { 'content-length': '3' }, 'abc', { 'content-length': '3' }],
  ];
  for (const [what, method, headers, body, sent] of framings)
    it(`keeps the frame of ${what}`, async () => {
      const got = await received({ method, headers }, {}, body);
      assert.equal(got.body, body ?? '');
      assert.partialDeepStrictEqual(got.headers, sent);
    });

  it('keeps headers of the connection to itself', async () => {
    const headers = {
      connection: 'keep-alive, X-Hop',
      'x-hop': '1',
      te: 'trailers',
      'proxy-authorization': 'Basic x',
      'keep-alive': 'timeout=5',
      upgrade: 'h2c',
    };
    const got = await received({ headers });
    for (const name of ['x-hop', 'te', 'proxy-authorization', 'keep-alive', 'upgrade'])
      assert.equal(name in got.headers, false, name);
  });

  const withTrailer: RequestListener = (request, response) => {
    if (request.url === '/chunks' && request.method !== 'HEAD') {
      response.writeHead(200, { Trailer: 'X-Sum' }).write('ab');
      response.addTrailers({ 'X-Sum': '1' });
      response.end();
    } else {
      // Node itself refuses to write this head.
      response.socket!.write('HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\n');
      if (request.method !== 'HEAD') response.socket!.write('ab');
      response.socket!.end();
    }
  };
  for (const [what, path, words] of [
    ['with a length', '/length', 'GET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['to HEAD', '/chunks', 'HEAD /chunks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['to HTTP/1.0', '/chunks', 'GET /chunks HTTP/1.0\r\nHost: x\r\n\r\n'],
  ] as const)
    it(`passes an answer ${what} on that announces trailers`, async () => {
      const socket = connect(Number(new URL(await through(withTrailer)).port), '127.0.0.1');
      socket.write(words);
      const answer = await text(socket);
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
      assert.equal(answer.endsWith('ab'), what !== 'to HEAD', answer);
      assert.doesNotMatch(answer, /trailer/i);
      assert.partialDeepStrictEqual((await recorder.count(1))[0], { status: 200, path });
    });

  it('passes trailers on, of requests too', async () => {
    const url = await through((request, response) => {
      void text(request).then(() => {
        response.writeHead(200, { Trailer: 'X-Back' }).write('x');
        response.addTrailers({ 'X-Back': String(request.trailers['x-sum']) });
        response.end();
      });
    });
    const request = ask(url, {
      method: 'POST',
      headers: { trailer: 'X-Sum', 'transfer-encoding': 'chunked' },
    });
    request.write('abc');
    request.addTrailers({ 'X-Sum': '42' });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await text(response);
    assert.deepEqual({ ...response.trailers }, { 'x-back': '42' });
  });

  it('passes a request of a fixed length on that announces trailers', async () => {
    const headers = { trailer: 'X-Sum', 'content-length': '3' };
    const url = await through((request, response) => void text(request).then((read) => response.end(read)));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(['POST / HTTP/1.1', 'Host: x', 'Connection: close', ...lines, '', 'abc'].join('\r\n'));
    assert.match(await text(socket), /^HTTP\/1\.1 200 [^]*abc/);
  });

  it('passes heads of any length on', async () => {
    const long = 'x'.repeat(100_000);
    const target = createServer({ maxHeaderSize: 200_000 }, (request, response) => {
      response.writeHead(200, { 'x-long': request.headers['x-long'] }).end();
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    try {
      const url = await before(`http://127.0.0.1:${String((target.address() as AddressInfo).port)}`);
      const response = await open(url, { headers: { 'x-long': long }, maxHeaderSize: 200_000 });
      assert.equal(response.headers['x-long'], long);
      response.resume();
    } finally {
      target.close();
      target.closeAllConnections();
    }
  });

  /** The answer to a request over a connection of its own, byte by byte. The backend answers with these words. */
  const answered = async (
    answer: string,
    words = 'GET /raw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ) => {
    const url = await through((_request, response) => {
      response.socket!.end(answer, 'latin1');
    });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => undefined).write(words, 'latin1');
    socket.setEncoding('latin1');
    let got = '';
    for await (const piece of socket) got += piece as string;
    return got;
  };

  it('passes the bytes of headers and of the reason on', async () => {
    const name = Buffer.from('grüße').toString('latin1');
    const head = `HTTP/1.1 200 ${name}\r\nContent-Disposition: attachment; filename="${name}.pdf"\r\n`;
    assert.ok((await answered(`${head}Content-Length: 1\r\n\r\nx`)).startsWith(head));
  });

  const odd: [what: string, answer: string, passed: string][] = [
    [
      'lines that end without CR',
      'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
    ],
    [
      'a folded header',
      'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nX: a b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
    ],
    [
      'a wrong length beside its chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
  ];
  for (const [what, answer, passed] of odd)
    it(`passes an answer with ${what} on, in a frame of its own`, async () => {
      assert.equal(await answered(answer), passed);
      assert.partialDeepStrictEqual((await recorder.count(1))[0], { path: '/raw', status: 200 });
    });

  it('answers 502 where the backend changes the protocol unasked', async () => {
    const got = await answered('HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    assert.match(got, /^HTTP\/1\.1 502 /);
    assert.partialDeepStrictEqual((await recorder.count(1))[0], { path: '/raw', status: 502 });
  });

  it('passes a refused handshake on with its body, and announces no trailers', async () => {
    const words = 'GET /raw HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const chunks = 'Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nno\r\n0\r\nX: 1\r\n\r\n';
    const got = await answered(`HTTP/1.1 403 No\r\n${chunks}`, words);
    assert.equal(got, 'HTTP/1.1 403 No\r\nConnection: close\r\n\r\nno');
    assert.partialDeepStrictEqual((await recorder.count(1))[0], { path: '/raw', status: 403 });
  });

  it('passes 103 on before the answer to a handshake, and what begins behind it', async () => {
    const words = 'GET /raw HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n';
    const refused = 'HTTP/1.1 403 No\r\nContent-Length: 2\r\n';
    const got = await answered(`HTTP/1.1 100 Go on\r\n\r\n${hints}${refused}\r\nno`, words);
    assert.equal(got, `${hints}${refused}Connection: close\r\n\r\nno`);
  });

  it('passes the bytes of a header on beside an Expect', async () => {
    const name = Buffer.from('grüße').toString('latin1');
    const target = createServer();
    const got: (string | string[] | undefined)[] = [];
    target.on('checkExpectation', ({ headers }: IncomingMessage, response: ServerResponse) => {
      got.push(headers['x-name']);
      response.end('x');
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    try {
      const url = await before(`http://127.0.0.1:${String((target.address() as AddressInfo).port)}`);
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      for (const last of ['keep-alive', 'close'])
        socket.write(
          `GET / HTTP/1.1\r\nHost: x\r\nExpect: it\r\nX-Name: ${name}\r\nConnection: ${last}\r\n\r\n`,
          'latin1',
        );
      await text(socket);
      assert.deepEqual(got, [name, name]);
    } finally {
      target.close();
      target.closeAllConnections();
    }
  });

  for (const [what, words] of [
    ['a broken header', 'GET /raw HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['no Host', 'GET /raw HTTP/1.1\r\n\r\n'],
    [
      'two frames of a body',
      'POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ] as const)
    it(`records a request with ${what}, which it refuses`, async () => {
      assert.match(await answered('HTTP/1.1 200 OK\r\n\r\n', words), /^HTTP\/1\.1 400 /);
      assert.partialDeepStrictEqual((await recorder.count(1))[0], { path: '/raw', status: 400 });
    });

  it('passes 103 on', async () => {
    const url = await through((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload', 'x-more': '1' });
      response.end('x');
    });
    const request = ask(url).end();
    const [[information], [response]] = (await Promise.all([
      once(request, 'information'),
      once(request, 'response'),
    ])) as [[{ statusCode: number; headers: object }], [IncomingMessage]];
    assert.equal(information.statusCode, 103);
    assert.partialDeepStrictEqual(information.headers, { link: '</a.css>; rel=preload', 'x-more': '1' });
    assert.equal(await text(response), 'x');
  });

  it('leaves what a client expects to the backend', async () => {
    const target = createServer((request, response) => void text(request).then((read) => response.end(read)));
    target.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/no') response.writeHead(413).end();
      else {
        response.writeContinue();
        target.emit('request', request, response);
      }
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    try {
      const url = await before(`http://127.0.0.1:${String((target.address() as AddressInfo).port)}`);
      const told: number[] = [];
      for (const [path, expect] of [
        ['/yes', '100-continue'],
        ['/no', '100-continue'],
        ['/odd', 'something'],
      ] as const) {
        const headers = { expect, 'content-length': '3' };
        const request = ask(url + path, { method: 'POST', headers }).on('error', () => undefined);
        request.on('continue', () => {
          told.push(100);
          request.end('abc');
        });
        request.flushHeaders();
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        told.push(response.statusCode!);
        response.resume();
        request.destroy();
      }
      assert.deepEqual(told, [100, 200, 413, 417]);
      assert.deepEqual(
        (await recorder.count(3)).map(({ status }) => status),
        [200, 413, 417],
      );
    } finally {
      target.close();
      target.closeAllConnections();
    }
  });

  describe('keeps a body from being taken for a request', () => {
    const hidden = 'DELETE /hidden HTTP/1.1\r\nHost: x\r\n\r\n';
    /** The requests that the backend got from the bytes of one connection, and the answers to the next client. */
    const smuggled = async (
      words: string,
    ): Promise<{ got: string[]; answer: string; next: string; headers: IncomingMessage['headers'] }> => {
      const got: string[] = [];
      let headers: IncomingMessage['headers'] = {};
      const url = await through((request, response) => {
        headers = got.length === 0 ? request.headers : headers;
        void text(request).then((body) => {
          got.push(`${request.method!} ${request.url!} ${body}`);
          response.end(`answer to ${request.url!}`);
        });
      });
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let answer = '';
      socket.on('data', (piece: Buffer) => (answer += piece.toString()));
      socket.write(words);
      await once(socket, 'data');
      const next = await text(await open(`${url}/next`));
      await setTimeout(20);
      socket.destroy();
      return { got, answer, next, headers };
    };
    for (const method of ['GET', 'DELETE', 'HEAD', 'OPTIONS', 'POST'])
      for (const [what, fields, body] of [
        [
          'a length that Connection names',
          `Connection: Content-Length\r\nContent-Length: ${String(hidden.length)}`,
          hidden,
        ],
        ['a length', `Content-Length: ${String(hidden.length)}`, hidden],
        [
          'chunks that Connection names',
          'Connection: transfer-encoding\r\nTransfer-Encoding: Chunked',
          `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
        ],
      ] as const)
        it(`of ${method} with ${what}`, async () => {
          const { got, answer, next } = await smuggled(
            `${method} /outer HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n${body}`,
          );
          assert.deepEqual(got, [`${method} /outer ${hidden}`, 'GET /next ']);
          assert.match(answer, method === 'HEAD' ? /^HTTP\/1\.1 200/ : /answer to \/outer/);
          assert.equal(next, 'answer to /next');
        });

    for (const codings of [
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked',
    ])
      it(`and refuses ${JSON.stringify(codings)}`, async () => {
        const { got, answer } = await smuggled(
          `POST /outer HTTP/1.1\r\nHost: x\r\n${codings}\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
        );
        assert.match(answer, /^HTTP\/1\.1 501 [^]*Connection: close/i);
        assert.deepEqual(got, ['GET /next ']);
        assert.deepEqual(
          (await recorder.count(2)).map(({ status }) => status),
          [501, 200],
        );
      });

    it('and lets Connection name nothing away that says who asked', async () => {
      const { headers } = await smuggled(
        'GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-Port: 1\r\nX-Hop: 1\r\nConnection: host, x-forwarded-for, X-Forwarded-Port, x-hop\r\n\r\n',
      );
      assert.partialDeepStrictEqual(headers, {
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': 'x',
        'x-forwarded-port': '1',
      });
      assert.equal(headers['x-hop'], undefined);
    });
  });

  it('tells the backend who asked and by which name', async () => {
    const got = await received({ headers: { host: 'outside.example' } });
    assert.partialDeepStrictEqual(got.headers, {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'outside.example',
    });
    assert.match(got.headers.host!, /^127\.0\.0\.1:\d+$/);
  });

  const claimed = {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'claimed.example',
    host: 'h',
  };
  it('continues what a trusted proxy told', async () => {
    const { headers } = await received({ headers: claimed }, { trustedProxies: '127.0.0.1' });
    assert.partialDeepStrictEqual(headers, {
      ...claimed,
      'x-forwarded-for': '203.0.113.7, 127.0.0.1',
      host: headers.host,
    });
    assert.equal((await recorder.count(1))[0]!.ip, '203.0.113.7');
  });
  it('overwrites what others claim', async () => {
    const { headers } = await received({ headers: claimed });
    assert.partialDeepStrictEqual(headers, { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'h' });
    assert.equal((await recorder.count(1))[0]!.ip, '127.0.0.1');
  });

  it('passes status, message, repeated headers and trailers of the answer on', async () => {
    const url = await through((_request, response) => {
      response.writeHead(418, 'Short And Stout', [
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Trailer', 'X-Sum', 'X-Odd', 'v'],
        ...['Connection', 'X-Hop', 'X-Hop', '1'],
      ]);
      response.write('x');
      response.addTrailers({ 'X-Sum': '7' });
      response.end();
    });
    const response = await open(url);
    assert.equal(await text(response), 'x');
    assert.equal(response.statusMessage, 'Short And Stout');
    assert.deepEqual(response.headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(response.headers['x-hop'], undefined);
    assert.equal(response.trailers['x-sum'], '7');
    assert.equal((await recorder.count(1))[0]!.status, 418);
  });

  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const)
    it(`passes ${String(status)} to ${method} on, without a body`, async () => {
      const url = await through((_request, response) => {
        response.writeHead(status, { etag: 'x' }).end();
      });
      const response = await open(url, { method });
      assert.equal(await text(response), '');
      assert.equal(response.statusCode, status);
      assert.equal(response.headers.etag, 'x');
    });

  it('puts the path of the target in front, and answers whole URLs', async () => {
    const target = await serve((request, response) => response.end(request.url));
    const url = await before(`${target}/base/`);
    assert.equal(await text(await open(`${url}/a?b`)), '/base/a?b');
    assert.equal(await text(await open(url, { path: 'http://elsewhere.example/x?y' })), '/base/x?y');
    assert.deepEqual(
      (await recorder.count(2)).map(({ path }) => path),
      ['/a?b', 'http://elsewhere.example/x?y'],
    );
  });

  it('sends the user and password of the target’s URL to it, and nowhere else', async () => {
    const password = randomBytes(8).toString('hex');
    const target = await serve((request, response) => response.end(request.headers.authorization));
    const url = await before(target.replace('//', `//me:${password}@`));
    assert.equal(await text(await open(url)), `Basic ${Buffer.from(`me:${password}`).toString('base64')}`);
    assert.equal(await text(await open(url, { headers: { authorization: 'Own' } })), 'Own');
    assert.equal(JSON.stringify(await recorder.count(2)).includes(password), false);
  });

  it('passes events on one by one', async () => {
    let tell = (): unknown => undefined;
    let finish = (): unknown => undefined;
    const url = await through((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      tell = () => response.write('data: 1\n\n');
      finish = () => response.end('data: 2\n\n');
    });
    // The headers come before there is anything to tell.
    const response = await open(url);
    tell();
    assert.equal(response.headers['content-type'], 'text/event-stream');
    const [first] = (await once(response, 'data')) as [Buffer];
    assert.equal(first.toString(), 'data: 1\n\n');
    assert.equal(recorder.entries.length, 0);
    finish();
    assert.equal(await text(response), 'data: 2\n\n');
    assert.equal((await recorder.count(1))[0]!.status, 200);
  });

  it('waits for an answer for longer than an idle connection is kept', async () => {
    const url = await through((_request, response) => {
      void setTimeout(IDLE_MS).then(() => response.end('at last'));
    });
    assert.equal(await text(await open(url)), 'at last');
  });

  it('passes 50 MB on, and waits for a backend that does not read', async () => {
    const sum = createHash('sha256');
    let sent = 0;
    let sentWhileWaiting = 0;
    const url = await through((request, response) => {
      void setTimeout(150).then(async () => {
        sentWhileWaiting = sent;
        for await (const chunk of request) sum.update(chunk as Buffer);
        response.end(sum.digest('hex'));
      });
    });
    const piece = randomBytes(1_000_000);
    const expected = createHash('sha256');
    const request = ask(url, { method: 'POST' });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    for (; sent < 50; sent += 1) {
      expected.update(piece);
      if (!request.write(piece)) await once(request, 'drain');
    }
    request.end();
    assert.equal(await text((await answered)[0]), expected.digest('hex'));
    assert.ok(sentWhileWaiting < 20, `${String(sentWhileWaiting)} MB were taken`);
  });

  it('ends the request to the backend when the client leaves', async () => {
    let left: Promise<unknown> | undefined;
    const arrived = Promise.withResolvers<undefined>();
    const url = await through((_request, response) => {
      left = once(response, 'close');
      arrived.resolve(undefined);
    });
    const request = ask(url).on('error', () => undefined);
    request.end();
    await arrived.promise;
    request.destroy();
    assert.equal((await recorder.count(1))[0]!.status, 499);
    await left;
  });

  it('breaks off where the backend does, instead of making a half look whole', async () => {
    let breakOff = (): unknown => undefined;
    const url = await through((_request, response) => {
      response.write('half');
      breakOff = () => response.destroy();
    });
    const response = await open(url);
    breakOff();
    await assert.rejects(text(response), /aborted/);
    assert.partialDeepStrictEqual((await recorder.count(1))[0], { status: 200, aborted: true });
  });

  describe('before a target that', () => {
    const answers = async (answer: string | undefined): Promise<string> => {
      const server = listen((socket) => {
        socket.on('error', () => undefined);
        if (answer === undefined) socket.destroy();
        else socket.once('data', () => socket.end(answer));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      open.push(server);
      return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    };
    const open: { close: () => unknown }[] = [];
    afterEach(() => {
      for (const server of open.splice(0)) server.close();
    });

    const failures: [what: string, answer: string | undefined, code: RegExp][] = [
      ['hangs up', undefined, /ECONNRESET/],
      ['speaks something else', 'SSH-2.0-x\r\n\r\n', /HPE_/],
      [
        'answers with a status that there is not',
        'HTTP/1.1 007 x\r\n\r\n',
        /ERR_HTTP_INVALID_STATUS_CODE|HPE_/,
      ],
    ];
    for (const [what, answer, code] of failures)
      it(`${what} answers 502 and records it`, async () => {
        const response = await fetch(await before(await answers(answer)));
        assert.equal(response.status, 502);
        assert.equal(response.headers.get('content-type'), 'application/problem+json');
        const problem = (await response.json()) as Record<string, unknown>;
        assert.partialDeepStrictEqual(problem, { status: 502, code: 'unavailable', title: 'Bad Gateway' });
        assert.match(String(problem.detail), code);
        assert.equal((await recorder.count(1))[0]!.status, 502);
      });

    it('is down answers 502, to uploads too', async () => {
      const target = await serve(() => undefined);
      const url = await before(target.replace(/\d+$/, '1'));
      const response = await fetch(url, { method: 'POST', body: 'x'.repeat(1_000_000) });
      assert.equal(response.status, 502);
      assert.match(await response.text(), /ECONNREFUSED/);
      assert.equal((await recorder.count(1))[0]!.status, 502);
    });

    it('answers an upload before it has read it is heard', async () => {
      const target = await answers(
        'HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno',
      );
      const response = await upload(await before(target));
      assert.equal(response.statusCode, 413);
      assert.equal(await text(response), 'no');
    });
    const upload = async (url: string): Promise<IncomingMessage> => {
      const request = ask(url, { method: 'POST' }).on('error', () => undefined);
      request.write('x'.repeat(100_000));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return response;
    };

    for (const close of ['end', 'destroySoon'] as const)
      it(`answers an upload of 30 MB at once and closes (${close}) is heard`, async () => {
        const server = listen((socket) => {
          socket
            .on('error', () => undefined)
            .once('data', () => {
              socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
              socket.pause()[close]();
              if (close === 'end') void setTimeout(5).then(() => socket.destroy());
            });
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        open.push(server);
        const url = await before(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
        const piece = Buffer.alloc(1_000_000, 'x');
        const heard = new Map<string, number>();
        const connections = (): number =>
          process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
        const connectionsBefore = connections();
        for (let time = 0; time < 20; time += 1) {
          const headers = { 'content-length': 30_000_000 };
          const request = ask(url, { method: 'POST', headers, agent: false });
          request.on('error', () => undefined);
          const answered = once(request, 'response') as Promise<[IncomingMessage]>;
          for (let sent = 0; sent < 30; sent += 1) request.write(piece);
          request.end();
          const [response] = await answered;
          const answer = `${String(response.statusCode)} ${await text(response).catch(String)}`;
          heard.set(answer, (heard.get(answer) ?? 0) + 1);
        }
        // The kernel may discard some answers, so two may be missing.
        assert.ok((heard.get('413 no') ?? 0) >= 18, JSON.stringify([...heard]));
        // Nothing is left open.
        while (connections() > connectionsBefore) await setTimeout(20);
      });

    it('breaks off its answer to an upload breaks it off for the client', async () => {
      let breakOff = (): unknown => undefined;
      const server = listen((socket) => {
        socket
          .on('error', () => undefined)
          .once('data', () => {
            socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
            breakOff = () => socket.resetAndDestroy();
          });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      open.push(server);
      const response = await upload(
        await before(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`),
      );
      breakOff();
      await assert.rejects(text(response), /aborted/);
      assert.partialDeepStrictEqual((await recorder.count(1))[0], { status: 200, aborted: true });
    });

    it('closes a connection that is kept just as it is used is asked again', async () => {
      let connections = 0;
      const server = listen((socket) => {
        connections += 1;
        const isFirst = connections === 1;
        let requests = 0;
        socket
          .on('error', () => undefined)
          .on('data', () => {
            requests += 1;
            if (isFirst && requests > 1) socket.resetAndDestroy();
            else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      open.push(server);
      const url = await before(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      assert.equal((await fetch(url)).status, 200);
      assert.equal((await fetch(url)).status, 200);
      assert.equal(connections, 2);
    });
  });

  describe('web sockets', () => {
    let server: Server;
    let sockets: WebSocketServer;
    let target: string;
    beforeEach(async () => {
      server = createServer((_request, response) => response.writeHead(403).end('no'));
      sockets = new WebSocketServer({ server, path: '/socket' });
      sockets.on('connection', (socket, request) => {
        socket.on('message', (data, isBinary) => {
          socket.send(data, { binary: isBinary });
        });
        socket.send(JSON.stringify(request.headers));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      target = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    });
    afterEach(() => {
      sockets.close();
      server.close();
      server.closeAllConnections();
    });

    it('pass both ways, and are recorded with 101 when they close', async () => {
      const url = await before(target);
      const socket = new WebSocket(`${url.replace('http', 'ws')}/socket?token=x`, {
        headers: { 'x-request-id': 'w-1' },
      });
      const [greeting] = (await once(socket, 'message')) as [Buffer];
      assert.equal(
        (JSON.parse(greeting.toString()) as Record<string, string>)['x-forwarded-for'],
        '127.0.0.1',
      );
      for (const message of ['a', 'ü'.repeat(100_000)]) {
        socket.send(message);
        const [echo] = (await once(socket, 'message')) as [Buffer];
        assert.equal(echo.toString(), message);
      }
      assert.equal(recorder.entries.length, 0);
      socket.close(4000, 'bye');
      assert.deepEqual(((await once(socket, 'close')) as [number, Buffer]).map(String), ['4000', 'bye']);
      const [entry] = await recorder.count(1);
      assert.partialDeepStrictEqual(entry, {
        method: 'GET',
        status: 101,
        path: '/socket?token=x',
        request_id: 'w-1',
        ip: '127.0.0.1',
      });
    });

    it('may be silent for longer than an idle connection is kept', async () => {
      const socket = new WebSocket(`${(await before(target)).replace('http', 'ws')}/socket`);
      await once(socket, 'message');
      await setTimeout(IDLE_MS);
      socket.send('still here');
      assert.equal(String((await once(socket, 'message'))[0]), 'still here');
      socket.terminate();
      await recorder.count(1);
    });

    it('that the backend ends end at the client', async () => {
      const socket = new WebSocket(`${(await before(target)).replace('http', 'ws')}/socket`);
      await once(socket, 'message');
      for (const client of sockets.clients) client.terminate();
      await once(socket, 'close');
      assert.equal((await recorder.count(1))[0]!.status, 101);
    });

    it('that the client breaks off end at the backend', async () => {
      const socket = new WebSocket(`${(await before(target)).replace('http', 'ws')}/socket`);
      await once(socket, 'message');
      const [atBackend] = sockets.clients;
      socket.terminate();
      await once(atBackend!, 'close');
      assert.equal((await recorder.count(1))[0]!.status, 101);
    });

    it('that the backend refuses are refused with its answer', async () => {
      const socket = new WebSocket(`${(await before(target)).replace('http', 'ws')}/elsewhere`);
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      assert.equal(response.statusCode, 400);
      response.resume();
      socket.on('error', () => undefined).terminate();
      assert.equal((await recorder.count(1))[0]!.status, 400);
    });

    it('to a target that is down are answered with 502', async () => {
      const url = await before(target.replace(/\d+$/, '1'));
      const socket = new WebSocket(url.replace('http', 'ws'));
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      assert.equal(response.statusCode, 502);
      assert.match(await text(response), /ECONNREFUSED/);
      socket.on('error', () => undefined).terminate();
      assert.equal((await recorder.count(1))[0]!.status, 502);
    });
  });

  describe('who asks for a web socket', () => {
    const asking = 'HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
    /** A target that accepts data and answers nothing, with its connections. */
    const silent = async (): Promise<{ url: string; asked: () => Promise<unknown>; open: Set<Socket> }> => {
      const connections = new Set<Socket>();
      const server = listen((socket) => {
        connections.add(socket);
        socket.on('error', () => undefined).on('close', () => connections.delete(socket));
        socket.resume();
      });
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
      return { url, asked: () => once(server, 'connection'), open: connections };
    };
    const servers: { close: () => unknown }[] = [];
    afterEach(() => {
      for (const server of servers.splice(0)) server.close();
    });

    for (const [what, words] of [
      ['with a body that never comes', `POST /x ${asking}Content-Length: 5\r\n\r\n`],
      ['with chunks that never come', `POST /x ${asking}Transfer-Encoding: chunked\r\n\r\n`],
      ['as it should', `GET /x ${asking}\r\n`],
      ['and talks at once', `GET /x ${asking}\r\nearly`],
    ] as const)
      for (const leave of ['end', 'destroy'] as const)
        it(`${what}, and leaves (${leave}), leaves nothing open`, async () => {
          const { url, asked, open: atTarget } = await silent();
          const arrived = asked();
          const socket = connect(Number(new URL(await before(url)).port), '127.0.0.1');
          const closed = once(socket, 'close');
          socket.on('error', () => undefined).resume();
          socket.write(words);
          await arrived;
          await setTimeout(20);
          socket[leave]();
          await closed;
          assert.equal((await recorder.count(1))[0]!.status, 499);
          while (atTarget.size > 0) await setTimeout(5);
        });

    it('talks while it waits, and leaves, leaves nothing open', async () => {
      const { url, asked, open: atTarget } = await silent();
      const arrived = asked();
      const socket = connect(Number(new URL(await before(url)).port), '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.write(`GET /x ${asking}\r\n`);
      await arrived;
      socket.write('early');
      await setTimeout(20);
      socket.end();
      await recorder.count(1);
      while (atTarget.size > 0) await setTimeout(5);
    });

    for (const [frame, body] of [
      ['Content-Length: 3', 'abc'],
      ['Transfer-Encoding: chunked', '3\r\nabc\r\n0\r\n\r\n'],
    ] as const)
      it(`with a body (${frame}) goes the way of bodies`, async () => {
        const url = await through(
          (request, response) => void text(request).then((body) => response.end(`got ${body}`)),
        );
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.write(`POST /x ${asking}${frame}\r\n\r\n${body}`);
        let answer = '';
        for await (const piece of socket as AsyncIterable<Buffer>) {
          answer += piece.toString();
          if (answer.includes('got abc')) break;
        }
        assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*got abc/);
      });

    it('is told when the target takes too long', async () => {
      const { url, open: atTarget } = await silent();
      const proxy = await before(url, { upgradePatience: 30 });
      const socket = connect({ port: Number(new URL(proxy).port), host: '127.0.0.1', allowHalfOpen: true });
      socket.write(`GET /x ${asking}\r\n`);
      assert.match(await text(socket), /^HTTP\/1\.1 502 [^]*ETIMEDOUT/);
      // The client keeps its half open; the proxy closes its own.
      assert.equal((await recorder.count(1))[0]!.status, 502);
      while (atTarget.size > 0) await setTimeout(5);
      socket.destroy();
    });

    it('is heard from its first word, also where it speaks before the answer', async () => {
      const asked = Promise.withResolvers<Socket>();
      const server = createServer().on('upgrade', (_request, socket: Socket) => {
        asked.resolve(socket);
      });
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = await before(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let answer = '';
      socket.on('data', (piece: Buffer) => (answer += piece.toString()));
      const ended = once(socket, 'end');
      socket.write(`GET /x ${asking}\r\none `);
      const atTarget = await asked.promise;
      const long = 'x'.repeat(300_000);
      socket.write(`two ${long}`);
      await setTimeout(30);
      atTarget.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      atTarget.pipe(atTarget);
      // Wait for the answer: a client that leaves before it ends the exchange.
      await once(socket, 'data');
      socket.end(' three');
      await ended;
      assert.ok(answer.endsWith(`\r\n\r\none two ${long} three`));
    });
  });

  it('answers an offer of HTTP/2 as a plain request', async () => {
    const url = await through(
      (request, response) => void text(request).then((body) => response.end(`got ${body}`)),
    );
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Length: 3\r\n\r\nabc',
    );
    assert.match(await text(socket), /^HTTP\/1\.1 200 OK\r\n[^]*got abc/);
  });

  describe('asked to end', () => {
    it('takes no more requests, and lets those that run finish', async () => {
      let finish = (): void => undefined;
      const url = await through((_request, response) => {
        response.write('a');
        finish = () => response.end('b');
      });
      const response = await open(url);
      const closing = proxies.pop()!.close(5000);
      await assert.rejects(fetch(url));
      finish();
      assert.equal(await text(response), 'ab');
      await closing;
      assert.partialDeepStrictEqual(recorder.entries[0], { status: 200 });
      assert.equal('aborted' in recorder.entries[0]!, false);
    });

    it('answers what was asked over a connection that is kept, and closes it', async () => {
      let finish = (): unknown => undefined;
      const [first, second] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const url = await through((request, response) => {
        if (request.url === '/1') {
          finish = () => response.end('1');
          first.resolve(undefined);
        } else {
          response.end('2');
          second.resolve(undefined);
        }
      });
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      const answers = text(socket);
      socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\n');
      await first.promise;
      const closing = proxies.pop()!.close(5000);
      socket.write('GET /2 HTTP/1.1\r\nHost: x\r\n\r\n');
      await second.promise;
      finish();
      assert.match(await answers, /Connection: keep-alive[^]*Connection: close/);
      await closing;
      assert.equal(recorder.entries.length, 2);
    });

    it('breaks off what takes longer than its patience, and records it', async () => {
      const url = await through((_request, response) => void response.write('a'));
      const response = await open(url);
      response.on('error', () => undefined);
      await proxies.pop()!.close(50);
      assert.partialDeepStrictEqual(recorder.entries[0], { status: 200, aborted: true });
    });
  });

  it('knows which URLs are targets', () => {
    for (const text of ['http://127.0.0.1:1', 'https://me:p%zz@h/x/', 'http://[::1]:8080/'])
      assert.ok(parseTarget(text) !== undefined, text);
    for (const text of [
      '',
      'localhost:8000',
      'ftp://h',
      'file:///x',
      'http://',
      'http://h/?q',
      'http://h/#f',
    ])
      assert.equal(parseTarget(text), undefined, text);
  });
});
