import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { mock } from 'node:test';
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

  it('a login that hangs is given up after five seconds', async () => {
    const { promise: never } = Promise.withResolvers<undefined>();
    const api = mounted(() => never);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const answer = api.fetch(new Request(`http://localhost${CONFIG}`));
      mock.timers.tick(5000);
      assert.equal((await answer).status, 503);
    } finally {
      mock.timers.reset();
    }
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
