import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as ask, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocket, WebSocketServer } from 'ws';
import { freshServers } from '../recorder/capture/keptEntries.ts';
import { builtProgram } from '../builtProgram.ts';
import { commandLine } from '../commandLine.ts';
import { freshFolders } from '../freshFolders.ts';
import { startedPrograms } from '../startedProgram.ts';

describe('the verb proxy', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();
  const start = startedPrograms();
  const serve = freshServers();
  beforeEach(() => {
    folders.policy({});
  });

  const proxyTo = (target: string, ...words: string[]): ReturnType<typeof start> =>
    start([
      ...[join(builtProgram(), 'cli.js'), 'proxy', '--workspace', folders.root],
      ...['--target', target, '--port', '0', ...words],
    ]);
  const entries = (): Record<string, unknown>[] =>
    readFileSync(join(folders.logs, 'api.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('says where it listens, and records what passes through', async () => {
    const proxy = await proxyTo(await serve((_request, response) => response.end('x')));
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+$/.exec(proxy.firstLine) ?? [];
    assert.equal(await (await fetch(`${url}/a?token=abc`)).text(), 'x');
    assert.equal(await proxy.stop(), 0);
    assert.partialDeepStrictEqual(entries(), [{ method: 'GET', path: '/a', status: 200, user: 'anonymous' }]);
  });

  it('prints its address alone with --json, and believes trusted proxies', async () => {
    const target = await serve((_request, response) => response.end('x'));
    const proxy = await proxyTo(
      target,
      '--json',
      '--user-header',
      'X-User',
      '--trusted-proxies',
      '::1,127.0.0.0/8',
    );
    const { url, ...others } = JSON.parse(proxy.firstLine) as { url: string };
    assert.deepEqual(others, {});
    await (await fetch(url, { headers: { 'x-user': 'ada', 'x-forwarded-for': '203.0.113.7' } })).text();
    assert.equal(await proxy.stop('SIGINT'), 0);
    assert.partialDeepStrictEqual(entries(), [{ user: 'ada', ip: '203.0.113.7' }]);
  });

  it('makes audit records, prints them on standard output, and has them all when it ends', async () => {
    folders.policy({ audit: { level: 'METADATA', console: true } });
    const proxy = await proxyTo(await serve((_request, response) => response.end('x')), '--json');
    const printed = text(proxy.child.stdout!);
    const { url } = JSON.parse(proxy.firstLine) as { url: string };
    const paths = Array.from({ length: 20 }, (_, number) => `/plans/${String(number)}`);
    await Promise.all(paths.map(async (path) => (await fetch(url + path, { method: 'POST' })).text()));
    assert.equal(await proxy.stop(), 0);
    const { stdout } = await commandLine(['audit', 'export', '--format', 'jsonl'], { cwd: folders.root });
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(records.map(({ entity_id }) => entity_id).sort(), paths.sort());
    assert.partialDeepStrictEqual(records[0], { action: 'request', audit_metadata: { door: 'cli' } });
    assert.equal(await printed, stdout);
  });

  it('lets requests finish when it is asked to end', async () => {
    let finish = (): void => undefined;
    const target = await serve((_request, response) => {
      response.write('a');
      finish = () => response.end('b');
    });
    const proxy = await proxyTo(target, '--json');
    const request = ask((JSON.parse(proxy.firstLine) as { url: string }).url);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const stopped = proxy.stop();
    setTimeout(() => {
      finish();
    }, 300);
    assert.equal(await text(response), 'ab');
    assert.equal(await stopped, 0);
    assert.partialDeepStrictEqual(entries(), [{ status: 200 }]);
    assert.equal('aborted' in entries()[0]!, false);
  });

  it('ends after five seconds, though web sockets are open, and records them', async () => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(sockets, 'listening');
    const proxy = await proxyTo(
      `http://127.0.0.1:${String((sockets.address() as { port: number }).port)}`,
      '--json',
    );
    const socket = new WebSocket((JSON.parse(proxy.firstLine) as { url: string }).url.replace('http', 'ws'));
    socket.on('error', () => undefined);
    await once(socket, 'open');
    assert.equal(await proxy.stop(), 0);
    assert.partialDeepStrictEqual(entries(), [{ method: 'GET', path: '/', status: 101 }]);
    sockets.close();
  });

  it('shows no password of the target', async () => {
    const password = randomBytes(8).toString('hex');
    folders.policy({ recording: { level: 'REQUEST_RESPONSE' } });
    const proxy = await proxyTo(`http://me:${password}@127.0.0.1:1`);
    assert.equal(proxy.firstLine.includes(password), false);
    const response = await fetch(/http:\S+/.exec(proxy.firstLine)![0]);
    assert.equal(response.status, 502);
    assert.equal((await response.text()).includes(password), false);
    assert.equal(await proxy.stop(), 0);
    assert.equal(JSON.stringify(entries()).includes(password), false);
    const wrong = await commandLine(['proxy', '--target', `ftp://me:${password}@h`, '--port', '0']);
    assert.equal((wrong.stdout + wrong.stderr).includes(password), false);
  });

  const target = ['--target', 'http://127.0.0.1:1'];
  const wrong: [words: string[], sentence: RegExp][] = [
    [['--port', '0'], /--target names the backend/],
    [target, /--port says where to listen/],
    [['--target', 'nowhere', '--port', '0'], /--target must be an http or https URL/],
    [[...target, '--port', '65536'], /“65536” is no port/],
    [[...target, '--port', '-1'], /port/],
    [[...target, '--port', '8e3'], /“8e3” is no port/],
    [
      [...target, '--port', '0', '--trusted-proxies', '10.0.0.0/99'],
      /“10\.0\.0\.0\/99” of --trusted-proxies/,
    ],
    [[...target, '--port', '0', '--user-header', 'x user'], /--user-header must be the name of a header/],
    [[...target, '--port', '0', 'extra'], /“extra” is one word too many/],
    [[...target, '--port', '0', '--request-id', 'x'], /request-id/],
  ];
  for (const [words, sentence] of wrong)
    it(`refuses ${words.join(' ')} in one sentence`, async () => {
      const { code, stdout, stderr } = await commandLine(['proxy', '--workspace', folders.root, ...words]);
      assert.match(stderr, sentence);
      assert.match(stderr, /^workspace-logs: [^\n]+\n$/);
      assert.equal(stdout, '');
      assert.equal(code, 2);
    });

  it('is refused where there is no policy, and fails where the port is taken', async () => {
    const port = new URL(await serve(() => undefined)).port;
    const taken = await commandLine(['proxy', '--workspace', folders.root, ...target, '--port', port]);
    assert.match(taken.stderr, /EADDRINUSE/);
    assert.equal(taken.code, 3);
    const unmanaged = await commandLine(['proxy', '--workspace', folders.state, ...target, '--port', '0']);
    assert.match(unmanaged.stderr, /has no policy/);
    assert.equal(unmanaged.code, 1);
  });
});
