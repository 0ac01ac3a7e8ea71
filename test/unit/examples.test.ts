import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, globSync, readFileSync } from 'node:fs';
import { Agent, request as ask, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { size } from '../chance.ts';
import { builtProgram } from './builtProgram.ts';
import { freshFolders } from './freshFolders.ts';
import { messagesIn, PASSWORD, zipsIn } from './library/writtenSessions.ts';
import { startedPrograms } from './startedProgram.ts';

const CALLS = size(300, 1000);
const AT_ONCE = 20;

/** Express logs refused requests, except in tests. */
const quiet = { NODE_ENV: 'test' };

/** A request, and the expected values of its line. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly status: number;
  readonly user: string;
  readonly ip: string;
}

const root = join(import.meta.dirname, '../..');

describe('the examples', function () {
  this.timeout(180_000);
  this.slow(10_000);
  const folders = freshFolders();
  const start = startedPrograms();
  const secret = randomBytes(16).toString('hex');

  /** The example in the folder of the built package, which it finds by its name. */
  const example = (path: string): string => {
    const folder = join(builtProgram(), '../examples');
    if (!existsSync(folder)) cpSync(join(import.meta.dirname, '../../examples'), folder, { recursive: true });
    return join(folder, path);
  };

  /** Five kinds of requests in turn: made, read, missed, removed, broken. */
  const callOf = (index: number): Call => {
    const id = `call-${String(index)}`;
    const path = `/api/files/f${String(Math.floor(index / 5))}`;
    const user = index % 3 === 0 ? 'anonymous' : `user-${String(index % 7)}`;
    const ip = index % 2 === 0 ? '127.0.0.1' : `203.0.113.${String(index % 200)}`;
    const common = {
      query: `?access_token=${secret}&page=${String(index)}`,
      headers: {
        'x-request-id': id,
        authorization: `Bearer ${secret}`,
        ...(user !== 'anonymous' && { 'x-remote-user': user }),
        ...(ip !== '127.0.0.1' && { 'x-forwarded-for': `198.51.100.1, ${ip}` }),
      },
      body: undefined,
      user,
      ip,
    };
    const body = JSON.stringify({ password: secret, index });
    switch (index % 5) {
      case 0:
        return { ...common, method: 'PUT', path, body, status: 201 };
      case 1:
        return { ...common, method: 'GET', path, status: 200 };
      case 2:
        return { ...common, method: 'GET', path: `${path}-missing`, status: 404 };
      case 3:
        return { ...common, method: 'PUT', path, body: `{"password":"${secret}`, status: 400 };
      default:
        return { ...common, method: 'DELETE', path, status: 204 };
    }
  };

  /** Asks them all over connections that are kept, those of one file in their order. */
  async function callAll(url: string): Promise<Call[]> {
    const calls = Array.from({ length: CALLS }, (_, index) => callOf(index));
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const files = Array.from({ length: CALLS / 5 }, (_, file) => calls.slice(file * 5, file * 5 + 5));
    const work = async (): Promise<void> => {
      for (let next = files.pop(); next !== undefined; next = files.pop())
        for (const { method, path, query, headers, body, status } of next) {
          const type = body === undefined ? {} : { 'content-type': 'application/json' };
          const request = ask(url + path + query, { method, headers: { ...headers, ...type }, agent });
          request.end(body);
          const [response] = (await once(request, 'response')) as [IncomingMessage];
          response.resume();
          await once(response, 'end');
          assert.equal(response.statusCode, status, `${method} ${path}`);
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    agent.destroy();
    return calls;
  }

  function checkLog(calls: readonly Call[], keeps: 'paths' | 'bodies'): void {
    const log = readFileSync(join(folders.logs, 'api.log'), 'utf8');
    assert.ok(!log.includes(secret), 'a secret is in the log');
    assert.ok(log.endsWith('\n'));
    const lines = log.slice(0, -1).split('\n');
    assert.equal(lines.length, CALLS);
    const entries = new Map<unknown, Record<string, unknown>>();
    for (const line of lines) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      assert.match(line, /^\{"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","workspace_id":"test",/);
      assert.ok(Number.isInteger(entry.duration_ms), line);
      assert.equal(entries.has(entry.request_id), false, line);
      entries.set(entry.request_id, entry);
    }
    for (const { method, path, headers, status, user, ip, body } of calls) {
      const entry = entries.get(headers['x-request-id']);
      assert.ok(entry !== undefined, headers['x-request-id']);
      const { path: logged } = entry;
      assert.ok(typeof logged === 'string' && logged.startsWith(path), path);
      assert.match(logged.slice(path.length), keeps === 'paths' ? /^$/ : /^\?access_token=[^&]+&page=\d+$/);
      assert.partialDeepStrictEqual(entry, { method, status, user, ip });
      assert.equal('request_object' in entry, keeps === 'bodies' && body !== undefined);
    }
  }

  const doors: [name: string, level: string][] = [
    ['node-http', 'METADATA'],
    ['express', 'METADATA'],
    ['fastify', 'METADATA'],
    ['node-http', 'REQUEST_RESPONSE'],
    ['express', 'REQUEST_RESPONSE'],
    ['fastify', 'REQUEST_RESPONSE'],
  ];
  for (const [name, level] of doors)
    it(`${name} records ${String(CALLS)} requests at ${level}, line by line`, async () => {
      folders.policy({ recording: { level } });
      const server = await start(
        [example(`${name}/server.mjs`), '--workspace', folders.root, '--port', '0'],
        quiet,
      );
      assert.match(server.firstLine, /^http:\/\/127\.0\.0\.1:\d+$/);
      const calls = await callAll(server.firstLine);
      assert.equal(await server.stop(), 0);
      checkLog(calls, level === 'METADATA' ? 'paths' : 'bodies');
    });

  for (const level of ['METADATA', 'REQUEST_RESPONSE'])
    it(`the proxy records ${String(CALLS)} requests at ${level}, line by line`, async () => {
      folders.policy({ recording: { level } });
      const backend = await start([example('proxy/backend.mjs'), '--port', '0']);
      const words = [
        'proxy',
        '--json',
        '--workspace',
        folders.root,
        '--target',
        backend.firstLine,
        '--port',
        '0',
      ];
      const trust = ['--user-header', 'X-Remote-User', '--trusted-proxies', '127.0.0.1,::1'];
      const proxy = await start([join(builtProgram(), 'cli.js'), ...words, ...trust]);
      const { url } = JSON.parse(proxy.firstLine) as { url: string };
      const calls = await callAll(url);
      assert.equal(await proxy.stop(), 0);
      await backend.stop();
      checkLog(calls, level === 'METADATA' ? 'paths' : 'bodies');
    });

  it(`record takes ${String(CALLS)} lines of the program, line by line`, async () => {
    folders.policy({});
    const begin = Date.now();
    const program = spawn(process.execPath, [example('record/program.mjs'), '--count', String(CALLS)]);
    const words = ['record', '--json', '--workspace', folders.root];
    const recording = spawn(process.execPath, [join(builtProgram(), 'cli.js'), ...words]);
    program.stdout.pipe(recording.stdin);
    const counts = { written: CALLS, filtered: 0, dropped: 0, invalid: 0 };
    assert.deepEqual(JSON.parse(await text(recording.stdout)), counts);
    const log = readFileSync(join(folders.logs, 'api.log'), 'utf8');
    assert.ok(!log.includes('never-in-the-log'));
    const entries = log
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(entries.length, CALLS);
    for (const [index, { timestamp, ...entry }] of entries.entries()) {
      const time = Date.parse(String(timestamp));
      assert.ok(begin <= time && time <= Date.now(), String(timestamp));
      assert.deepEqual(entry, {
        workspace_id: 'test',
        user: ['ada', 'grace', 'anonymous'][index % 3],
        method: index % 2 === 0 ? 'GET' : 'POST',
        path: `/api/jobs/${String(index)}`,
        status: [200, 201, 404, 500][index % 4],
        duration_ms: index % 100,
        request_id: `job-${String(index)}`,
        queue: 'reports',
      });
    }
  });

  for (const name of ['node-http', 'express', 'fastify'])
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      it(`${name} has the line of the last request in its log after ${signal}`, async () => {
        folders.policy({});
        const words = ['--workspace', folders.root, '--port', '0'];
        const server = await start([example(`${name}/server.mjs`), ...words], quiet);
        await (await fetch(`${server.firstLine}/last`)).text();
        assert.equal(await server.stop(signal), 0);
        const log = readFileSync(join(folders.logs, 'api.log'), 'utf8');
        assert.match(log, /"path":"\/last","status":404/);
      });

  const texts = ['README.md', 'docs/session-archives.md'].flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/```js\n([^]*?)```/g)].map(
      ([, code], index) => [`${path}, code ${String(index + 1)}`, code!] as const,
    ),
  );
  const programs = globSync('examples/*/*.mjs', { cwd: root }).map(
    (path) => [path, readFileSync(join(root, path), 'utf8')] as const,
  );
  const isRecording = (code: string): boolean =>
    /\b(?:createRecorders?|openSession)\(|createServer\(/.test(code);
  for (const [name, code] of [...texts, ...programs].filter(([, code]) => isRecording(code)))
    it(`${name} shows the shutdown`, () => {
      assert.match(code, /SIGTERM/);
      assert.match(code, /(?:recorders?\.close|flushSessions|closeAllConnections)\(\)/);
    });

  it('the chat keeps the session log of each request', async () => {
    folders.policy({ sessions: { enabled: true } });
    const env = { SESSION_LOG_ZIP_PASSWORD: PASSWORD };
    const words = ['--workspace', folders.root, '--port', '0'];
    const server = await start([example('sessions/server.mjs'), ...words], env);
    const lines = createInterface({ input: server.child.stdout! });
    const said: string[] = [];
    lines.on('line', (line) => said.push(line));
    const headers = { 'x-user': 'ada', 'x-session': 's1' };
    const ask = (path: string, body: string): Promise<Response> =>
      fetch(server.firstLine + path, { method: 'POST', headers, body });
    assert.deepEqual(await (await ask('/chats/c1/m1', '{"text":"hello"}')).json(), { answer: 'olleh' });
    assert.equal((await ask('/chats/c1/m2', '{')).status, 400);
    assert.equal((await ask('/nowhere', '{"text":"x"}')).status, 200);
    assert.equal(await server.stop(), 0);
    assert.equal(said.at(-1), '{"completed":3,"written":2,"skipped":1,"dropped":0}');
    const place = join(folders.root, 'session_logs');
    assert.deepEqual(zipsIn(place), ['ada/c1/m1.zip', 'ada/c1/m2.zip']);
    assert.deepEqual(await messagesIn(place), ['asked: hello', 'answered', 'no answer']);
  });

  it('take workspace and port from the environment, too', async () => {
    folders.policy({});
    const env = { WORKSPACE: folders.root, PORT: '0' };
    const server = await start([example('node-http/server.mjs')], env);
    await fetch(`${server.firstLine}/x`);
    assert.equal(await server.stop(), 0);
    assert.match(readFileSync(join(folders.logs, 'api.log'), 'utf8'), /"path":"\/x","status":404/);
  });
});
