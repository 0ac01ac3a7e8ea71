import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Caller, LogsApi } from '../../../src/http/apiTypes.ts';
import { buildLogsApi } from '../../../src/http/logsApi.ts';
import { startServer } from '../../../src/http/server.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { inlineTrail } from './apiServer.ts';
import { sample, size } from '../../chance.ts';
import { freshFolders, testEnvironment } from '../freshFolders.ts';
import { freshServers } from '../recorder/capture/keptEntries.ts';
import {
  hiddenFiles,
  hostileRequests,
  refusedAtDoors,
  type HostileRequest,
  type Role,
} from './hostileRequests.ts';
import { rawRequest } from './rawRequest.ts';

const CONFIG = '/api/workspaces/test/logs/config';
const EACH = 25;
/** A request that drips so long is never cut off. */
const MOST_DROPS = 500;

interface Opened {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly take: (count: number) => Promise<string[]>;
}

describe('hostile requests', () => {
  const folders = freshFolders();
  const serve = freshServers();
  const closes: (() => Promise<void>)[] = [];
  let tokens: Readonly<Record<Role, string>>;
  beforeEach(() => {
    folders.policy({});
    folders.put('logs/api.1.log', '{"timestamp":"2026-01-01T00:00:00Z","path":"/one"}\n'.repeat(3));
    for (const name of hiddenFiles) folders.put(`logs/${name}`, 'secret');
    const secret = folders.put('secret.txt', 'secret');
    symlinkSync('../secret.txt', join(folders.logs, 'link.log'));
    symlinkSync('..', join(folders.logs, 'link-to-folder'));
    linkSync(secret, join(folders.logs, 'hard.log'));
    mkdirSync(join(folders.logs, 'folder.log'));
    execFileSync('mkfifo', [join(folders.logs, 'fifo.log')]);
    const other = join(folders.state, 'other');
    mkdirSync(join(other, 'logs'), { recursive: true });
    writeFileSync(join(other, '.workspace-logs.json'), '{"version":1,"workspaceId":"other"}');
    writeFileSync(join(other, 'logs/api.1.log'), 'secret');
  });
  afterEach(async () => {
    for (const close of closes.splice(0)) await close();
  });

  /** The status of an answer; undefined where none has come after many turns of the event loop. */
  async function statusSoon(answer: Promise<Response>): Promise<number | undefined> {
    let status: number | undefined;
    void answer.then((response) => (status = response.status));
    for (let turns = 0; turns < 1000 && status === undefined; turns += 1) await turn();
    return status;
  }
  const noRecorder = (): Promise<undefined> => Promise.resolve(undefined);
  const mounted = (authorise: (request: IncomingMessage) => unknown): LogsApi =>
    buildLogsApi(
      {
        workspaces: { test: folders.root, other: join(folders.state, 'other') },
        authorise: authorise as () => Caller,
      },
      inlineApp(testEnvironment()),
      inlineTrail(),
      noRecorder,
    );
  /** @returns the addresses of the program's server, and of one in which the handler is mounted */
  async function doors(): Promise<Record<'serve' | 'mounted', string>> {
    const tokenFile = join(folders.state, 'tokens.json');
    const server = await startServer({
      ...{ workspaces: { test: folders.root }, port: 0, tokenFile },
      ...{ app: inlineApp(testEnvironment()), trail: inlineTrail(), recorderOf: noRecorder },
    });
    closes.push(() => server.close(0));
    tokens = JSON.parse(readFileSync(tokenFile, 'utf8')) as typeof tokens;
    const api = mounted(({ rawHeaders }) => {
      const given = rawHeaders.flatMap((text, at) =>
        at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'authorization' ? [text] : [],
      );
      const role = Object.entries(tokens).find(([, token]) => given.join() === `Bearer ${token}`)?.[0];
      return role && { user: role, role, workspaces: ['test', 'gone'] };
    });
    return { serve: server.url, mounted: await serve(api.node) };
  }

  async function send(url: string, tag: string, request: HostileRequest): Promise<void> {
    const { method, path, status, role, head = [], body = '', field } = request;
    const { host, port } = new URL(url);
    const filled = (text: string): string =>
      text.replaceAll('TOKEN', tokens.administrator).replaceAll('PORT', port).replaceAll('TAG', tag);
    const answer = await rawRequest(
      url,
      [
        `${method} ${filled(path)} HTTP/1.1`,
        ...(head.some((line) => line.startsWith('Host:')) ? [] : [`Host: ${host}`]),
        ...(role === undefined ? [] : [`Authorization: Bearer ${tokens[role]}`]),
        ...head.map(filled),
        ...(body === '' ? [] : [`Content-Length: ${String(body.length)}`]),
      ],
      body,
    );
    const what = `${method} ${path.slice(0, 200)} ${head.join(', ').slice(0, 100)} ${body.slice(0, 100)}`;
    assert.equal(answer.status, status, `${what}\n${answer.text.slice(0, 1000)}`);
    const [, content = ''] = answer.text.split(/\r\n\r\n([^]*)/);
    assert.doesNotMatch(content, /secret|\n\s+at |node_modules|\.[tj]s:\d/, what);
    for (const word of [folders.root, folders.state, tokens.administrator])
      assert.ok(!content.includes(word), what);
    if (status === 431) return;
    assert.match(answer.text, /content-type: application\/problem\+json/i, what);
    if (field !== undefined) assert.equal((JSON.parse(content) as { field?: string }).field, field, what);
  }
  const state = (): unknown => [
    readdirSync(folders.logs),
    readFileSync(join(folders.logs, 'api.1.log'), 'utf8'),
    readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8'),
  ];

  const both = Object.values(hostileRequests).flat().length;
  const own = Object.values(refusedAtDoors).flat().length;
  it('are 3,000 at least, at both doors', () => {
    assert.ok(2 * both + own >= 3000, `${String(both)} at both, ${String(own)} at one`);
  });

  for (const [name, list] of Object.entries({ ...hostileRequests, ...refusedAtDoors }))
    it(`${name}: each of ${String(list.length)} has its status, and nothing is changed`, async function () {
      this.timeout(120_000);
      const urls = await doors();
      const authorization = `Bearer ${tokens.administrator}`;
      const tag = (await fetch(urls.serve + CONFIG, { headers: { authorization } })).headers.get('etag');
      const before = state();
      const chosen = sample(list, EACH, name);
      for (const [door, url] of Object.entries(urls)) {
        if (door === 'mounted' && Object.hasOwn(refusedAtDoors, name)) continue;
        for (const request of chosen) await send(url, tag ?? '', request);
        assert.equal((await fetch(url + CONFIG, { headers: { authorization } })).status, 200, door);
      }
      assert.deepEqual(state(), before);
    });

  it('a body that is cut off changes nothing, and the server goes on', async () => {
    const urls = await doors();
    const before = state();
    const authorization = `Bearer ${tokens.administrator}`;
    for (const url of Object.values(urls)) {
      const { hostname, port, host } = new URL(url);
      const socket = connect(Number(port), hostname);
      const head = [`PUT ${CONFIG} HTTP/1.1`, `Host: ${host}`, `Authorization: ${authorization}`];
      const body = '{"rotation":{"maxFileMB":1}}';
      socket.on('error', () => undefined);
      socket.end([...head, 'Content-Type: application/json', 'Content-Length: 100', '', body].join('\r\n'));
      socket.resume();
      await once(socket, 'close');
      assert.equal((await fetch(url + CONFIG, { headers: { authorization } })).status, 200);
    }
    assert.deepEqual(state(), before);
  });

  it('a file that is deleted or replaced during its download arrives as it was', async () => {
    // A download is recorded, so the trail has to be one.
    for (const name of readdirSync(folders.logs).filter((one) => one.startsWith('audit.db')))
      rmSync(join(folders.logs, name));
    const { serve: url } = await doors();
    const headers = { authorization: `Bearer ${tokens.user}` };
    for (const change of ['delete', 'replace']) {
      const content = `${change}\n`.repeat(1_000_000);
      const path = folders.put('logs/large.log', content);
      const { status, body } = await fetch(`${url}/api/workspaces/test/logs/files/large.log`, { headers });
      assert.equal(status, 200);
      const pieces: Uint8Array[] = [];
      for await (const piece of body!) {
        if (pieces.length === 0) {
          rmSync(path);
          if (change === 'replace') symlinkSync('../secret.txt', path);
        }
        pieces.push(piece as Uint8Array);
      }
      assert.ok(Buffer.concat(pieces).equals(Buffer.from(content)));
      rmSync(path, { force: true });
    }
  });

  it('a file that is emptied during its download is cut off', async () => {
    for (const name of readdirSync(folders.logs).filter((one) => one.startsWith('audit.db')))
      rmSync(join(folders.logs, name));
    const urls = await doors();
    const headers = { authorization: `Bearer ${tokens.user}` };
    for (const url of Object.values(urls)) {
      const path = folders.put('logs/large.log', Buffer.alloc(40_000_000, 'x'));
      const { body } = await fetch(`${url}/api/workspaces/test/logs/files/large.log`, { headers });
      const reader = body!.getReader();
      await reader.read();
      truncateSync(path);
      await assert.rejects(async () => {
        while (!(await reader.read()).done);
      });
    }
  });

  it('a log whose damage shows late is cut off, and never looks whole', async () => {
    for (const name of readdirSync(folders.logs).filter((one) => one.startsWith('audit.db')))
      rmSync(join(folders.logs, name));
    const urls = await doors();
    const packed = gzipSync(randomBytes(1_500_000).toString('base64'));
    packed.fill(0x55, packed.length - 100_000, packed.length - 99_900);
    folders.put('logs/old.log.gz', packed);
    for (const url of Object.values(urls)) {
      const head = ['Host: ' + new URL(url).host, `Authorization: Bearer ${tokens.user}`];
      const line = 'GET /api/workspaces/test/logs/files/old.log.gz?decompress=1 HTTP/1.1';
      const { status, text } = await rawRequest(url, [line, ...head]);
      assert.equal(status, 200);
      assert.ok(text.length > 1_000_000);
      assert.doesNotMatch(text.slice(-100), /\r\n0\r\n|damaged|Error/);
    }
  });

  it('a login that hangs is given up after five seconds', async () => {
    const { promise: never } = Promise.withResolvers<undefined>();
    const api = mounted(() => never);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const answer = api.fetch(new Request(`http://localhost${CONFIG}`));
      mock.timers.tick(5000);
      assert.equal(await statusSoon(answer), 503);
    } finally {
      mock.timers.reset();
    }
  });

  it('a body that drips is given up after thirty seconds', async () => {
    const before = state();
    const api = mounted(() => ({ user: 'ada', role: 'administrator', workspaces: ['test'] }));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('{"rotation"'));
      },
    });
    const { promise: read, resolve: onRead } = Promise.withResolvers<undefined>();
    const watched = body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, controller) {
          controller.enqueue(piece);
          onRead(undefined);
        },
      }),
    );
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const request = new Request(`http://localhost${CONFIG}`, {
        ...{ method: 'PUT', headers: { 'content-type': 'application/json' }, body: watched },
        duplex: 'half',
      });
      const answer = api.fetch(request);
      await read;
      mock.timers.tick(30_000);
      assert.equal(await statusSoon(answer), 408);
    } finally {
      mock.timers.reset();
    }
    assert.deepEqual(state(), before);
  });

  it('a head that drips, and a body that drips, are cut off', async () => {
    const before = state();
    const tokenFile = join(folders.state, 'tokens.json');
    const server = await startServer({
      ...{ workspaces: { test: folders.root }, port: 0, tokenFile, arrival: { head: 40, whole: 80 } },
      ...{ app: inlineApp(testEnvironment()), trail: inlineTrail(), recorderOf: noRecorder },
    });
    closes.push(() => server.close(0));
    const { administrator } = JSON.parse(readFileSync(tokenFile, 'utf8')) as typeof tokens;
    const { hostname, port, host } = new URL(server.url);
    const head = `PUT ${CONFIG} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${administrator}\r\n`;
    const type = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
    for (const [beginning, drop] of [
      [head, 'A: b\r\n'],
      [head + type, ' '],
    ] as const) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined).resume();
      socket.write(beginning);
      let drops = 0;
      const dripping = setInterval(() => {
        drops += 1;
        if (drops < MOST_DROPS) socket.write(drop);
        else socket.destroy();
      }, 5);
      await new Promise((resolve) => socket.once('close', resolve));
      clearInterval(dripping);
      assert.ok(drops < MOST_DROPS);
    }
    assert.deepEqual(state(), before);
  });

  it('a stream that a restart cuts off goes on where it was', async () => {
    const line = (number: number): string =>
      `{"timestamp":"2026-01-01T00:00:00Z","path":"/${String(number)}"}`;
    const write = (...numbers: number[]): void => {
      appendFileSync(join(folders.logs, 'api.log'), numbers.map((number) => `${line(number)}\n`).join(''));
    };
    let last = '';
    /** Opens the stream; `take` gives the data of so many events. */
    const open = async (url: string): Promise<Opened> => {
      const headers = {
        authorization: `Bearer ${tokens.user}`,
        ...(last !== '' && { 'last-event-id': last }),
      };
      const { body, status } = await fetch(`${url}/api/workspaces/test/logs/stream`, { headers });
      assert.equal(status, 200);
      const reader = body!.getReader();
      let text = '';
      const take = async (count: number): Promise<string[]> => {
        const taken: string[] = [];
        while (taken.length < count) {
          const [event, id = '', data = ''] = /id: (.*)\n(?:event: ready\n)?data: (.*)\n\n/.exec(text) ?? [];
          if (event === undefined) text += Buffer.from((await reader.read()).value).toString();
          else {
            text = text.slice(text.indexOf(event) + event.length);
            last = id;
            taken.push(data);
          }
        }
        return taken;
      };
      return { reader, take };
    };
    write(1);
    const before = await open((await doors()).serve);
    assert.deepEqual(await before.take(1), ['{}']);
    write(2, 3);
    assert.deepEqual(await before.take(2), [2, 3].map(line));
    for (const close of closes.splice(0)) await close();
    const isOver = (): Promise<boolean> =>
      before.reader.read().then(
        ({ done }) => done,
        () => true,
      );
    while (!(await isOver()));
    write(4);
    renameSync(join(folders.logs, 'api.log'), join(folders.logs, 'api.2.log'));
    write(5);
    const after = await open((await doors()).serve);
    assert.deepEqual(await after.take(2), [4, 5].map(line));
    await after.reader.cancel();
  });

  it('many connections that say nothing leave room for a request', async () => {
    const { serve: url } = await doors();
    const { hostname, port } = new URL(url);
    const sockets: Socket[] = [];
    for (let at = 0; at < size(200, 1000); at += 1) {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      await once(socket, 'connect');
    }
    const headers = { authorization: `Bearer ${tokens.user}` };
    assert.equal((await fetch(url + CONFIG, { headers })).status, 200);
    for (const socket of sockets) socket.destroy();
  });
});
