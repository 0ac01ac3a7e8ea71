import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request as ask, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { checkout } from '../../../scripts/folders.ts';
import { builtProgram } from '../builtProgram.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { rawRequest } from '../http/rawRequest.ts';
import { startedPrograms } from '../startedProgram.ts';

interface Serving {
  readonly url: string;
  readonly tokenFile: string;
  readonly tokens: Readonly<Record<'administrator' | 'auditor' | 'user', string>>;
  readonly stop: (signal?: 'SIGTERM' | 'SIGINT') => Promise<number | null>;
}

describe('the verb serve', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();
  const start = startedPrograms();
  beforeEach(() => {
    folders.policy({});
  });

  async function serve(...words: string[]): Promise<Serving> {
    const { firstLine, stop } = await start([
      ...[join(builtProgram(), 'cli.js'), 'serve', '--workspace', folders.root],
      ...['--port', '0', '--json', ...words],
    ]);
    const { url, tokenFile, ...others } = JSON.parse(firstLine) as Record<string, string>;
    assert.deepEqual(others, {});
    assert.ok(url !== undefined && tokenFile !== undefined);
    const tokens = JSON.parse(readFileSync(tokenFile, 'utf8')) as Serving['tokens'];
    return { url, tokenFile, tokens, stop };
  }
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const entries = (): Record<string, unknown>[] =>
    readFileSync(join(folders.logs, 'api.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const CONFIG = '/api/workspaces/test/logs/config';

  it('gives each role a token, records who asked, and removes the tokens at the end', async () => {
    const { url, tokenFile, tokens, stop } = await serve('--user-header', 'X-User');
    assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
    assert.deepEqual(Object.keys(tokens), ['administrator', 'auditor', 'user']);
    for (const token of Object.values(tokens)) assert.equal(Buffer.from(token, 'base64url').length, 32);

    assert.equal((await fetch(`${url}/health`)).status, 200);
    const document = await (await fetch(`${url}/openapi.json`)).text();
    assert.match(document, /"openapi":"3\.1\.0"/);
    assert.equal((await fetch(`${url}/api/openapi.json`)).status, 401);
    const below = await fetch(`${url}/api/openapi.json`, { headers: bearer(tokens.user) });
    assert.equal(await below.text(), document);

    for (const [role, token] of Object.entries(tokens)) {
      const headers = bearer(token);
      assert.equal((await fetch(url + CONFIG, { headers })).status, 200, role);
      const put = { method: 'PUT', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' };
      assert.equal((await fetch(url + CONFIG, put)).status, role === 'administrator' ? 200 : 403, role);
    }
    const named = { ...bearer(tokens.user), 'x-user': 'ada' };
    assert.equal((await fetch(url + CONFIG, { headers: named })).status, 200);
    // A name without a token is a claim.
    assert.equal((await fetch(url + CONFIG, { headers: { 'x-user': 'eve' } })).status, 401);

    assert.equal(await stop(), 0);
    assert.equal(existsSync(tokenFile), false);
    assert.deepEqual(
      entries().map(({ user, method, status }) => [user, method, status]),
      [
        ['administrator', 'GET', 200],
        ['administrator', 'PUT', 200],
        ['auditor', 'GET', 200],
        ['auditor', 'PUT', 403],
        ['user', 'GET', 200],
        ['user', 'PUT', 403],
        ['ada', 'GET', 200],
        ['anonymous', 'GET', 401],
      ],
    );
  });

  it('shuts its doors', async () => {
    const { url, tokens, stop } = await serve();
    const { host, port } = new URL(url);
    const token = `Authorization: Bearer ${tokens.administrator}`;
    const line = `GET ${CONFIG} HTTP/1.1`;
    const refused: [what: string, head: string[], status: number][] = [
      ['the control', [line, `Host: ${host}`, token], 200],
      ['another loopback name', [line, `Host: localhost:${port}`, token], 200],
      ['two hosts', [line, `Host: ${host}`, `Host: ${host}`, token], 421],
      ['a foreign host', [line, `Host: 127.0.0.1.evil.test:${port}`, token], 421],
      ['another port', [line, 'Host: 127.0.0.1:1', token], 421],
      ['no host', [line, token], 421],
      ['an absolute request line', [`GET ${url}${CONFIG} HTTP/1.1`, `Host: ${host}`, token], 421],
      ['a foreign page', [line, `Host: ${host}`, 'Origin: http://evil.test', token], 403],
      ['a page without an origin', [line, `Host: ${host}`, 'Origin: null', token], 403],
      ['its own page', [line, `Host: ${host}`, `Origin: ${url}`, token], 200],
      ['no token', [line, `Host: ${host}`], 401],
      ['a token in the query', [`GET ${CONFIG}?token=${tokens.user} HTTP/1.1`, `Host: ${host}`], 401],
      ['a cut token', [line, `Host: ${host}`, token.slice(0, -1)], 401],
      ['a longer token', [line, `Host: ${host}`, `${token}A`], 401],
      ['two tokens', [line, `Host: ${host}`, token, token], 401],
      ['a token of another scheme', [line, `Host: ${host}`, token.replace('Bearer', 'Basic')], 401],
      ['a head over 16 KB', [line, `Host: ${host}`, token, `X-Long: ${'x'.repeat(16_384)}`], 431],
    ];
    for (const [what, head, status] of refused) {
      const answer = await rawRequest(url, head);
      assert.equal(answer.status, status, what);
      assert.doesNotMatch(answer.text, /access-control/i, what);
    }
    assert.equal(await stop('SIGINT'), 0);
  });

  it('lets a request finish when it is asked to end, and keeps a token file that was given', async () => {
    const given = join(folders.state, 'tokens.json');
    const { url, tokens, tokenFile, stop } = await serve('--token-file', given);
    assert.equal(tokenFile, given);
    const headers = {
      ...bearer(tokens.administrator),
      ...{ 'content-type': 'application/json', 'content-length': '2', expect: '100-continue' },
    };
    const request = ask(url + CONFIG, { method: 'PUT', headers });
    request.flushHeaders();
    await once(request, 'continue');
    const stopped = stop();
    request.end('{}');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    assert.match(await text(response), /"policy"/);
    assert.equal(response.statusCode, 200);
    assert.equal(await stopped, 0);
    assert.partialDeepStrictEqual(entries(), [{ method: 'PUT', status: 200, user: 'administrator' }]);
    assert.deepEqual(JSON.parse(readFileSync(given, 'utf8')), tokens);
  });

  it('is walked through by curl as the document says', async () => {
    // An old entry would expire, since the recorder of the workspace does its maintenance, too.
    const entry = { timestamp: new Date().toISOString(), path: '/one', status: 200 };
    folders.put('logs/api.log', `${JSON.stringify(entry)}\n`);
    const tokenFile = join(folders.root, 'tokens.json');
    const { url, stop } = await serve('--token-file', tokenFile);
    const guide = readFileSync(join(checkout, 'docs/http-api.md'), 'utf8');
    const [walk] = [...guide.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, text = '']) =>
      text.startsWith('URL=') ? [text] : [],
    );
    const script = walk!.replace('http://127.0.0.1:8790', url).replace('/shop/', '/test/');
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folders.root,
    }).catch((error: unknown) => assert.fail((error as { stdout: string }).stdout.slice(-1000)));
    assert.match(stdout, /"maxFileMB":5/);
    assert.match(stdout, /"path":"\/one"/);
    assert.equal(await stop(), 0);
    assert.equal(readdirSync(folders.logs).includes('api.1.log'), false);
  });

  it('refuses two workspaces with one id', async () => {
    const other = join(folders.root, 'other');
    mkdirSync(other);
    writeFileSync(join(other, '.workspace-logs.json'), '{"version":1,"workspaceId":"test"}');
    const both = ['--workspace', folders.root, '--workspace', other];
    const { code, stderr, stdout } = await commandLineHere(['serve', ...both, '--port', '0']);
    assert.match(stderr, /Two workspaces have the id “test”/);
    assert.equal(stdout, '');
    assert.equal(code, 2);
  });

  const long = randomBytes(32).toString('base64url');
  const whole = JSON.stringify({ administrator: long, auditor: `${long}a`, user: `${long}u` });
  const unusable: [what: string, content: string, mode: number, sentence: RegExp][] = [
    ['that others may read', whole, 0o640, /can be read by other people/],
    ['without tokens', '{}', 0o600, /holds no tokens/],
    ['with a short token', whole.replace(long, long.slice(0, 31)), 0o600, /holds no tokens/],
    ['that is no JSON', 'tokens', 0o600, /holds no tokens/],
  ];
  for (const [what, content, mode, sentence] of unusable)
    it(`refuses a token file ${what}`, async () => {
      const path = folders.put('tokens.json', '');
      writeFileSync(path, content);
      chmodSync(path, mode);
      const { code, stderr } = await commandLineHere([
        ...['serve', '--workspace', folders.root, '--port', '0', '--token-file', path],
      ]);
      assert.match(stderr, sentence);
      assert.ok(!stderr.includes(long.slice(0, 31)));
      assert.equal(code, 1);
    });

  const wrong: [words: string[], code: number, sentence: RegExp][] = [
    [[], 2, /--port says where to listen/],
    [['--port', '65536'], 2, /“65536” is no port/],
    [['--port', '0', '--user-header', 'x user'], 2, /--user-header must be the name of a header/],
    [['--port', '0', 'extra'], 2, /“extra” is one word too many/],
    [['--port', '0', '--workspace', '/nowhere'], 1, /nowhere/],
  ];
  for (const [words, expected, sentence] of wrong)
    it(`refuses ${words.join(' ')} in one sentence`, async () => {
      const { code, stdout, stderr } = await commandLineHere([
        ...['serve', '--workspace', folders.root, ...words],
      ]);
      assert.match(stderr, sentence);
      assert.match(stderr, /^workspace-logs: [^\n]+\n$/);
      assert.equal(stdout, '');
      assert.equal(code, expected);
    });
});
