import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as ask, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { startServer } from '../../../src/http/server.ts';
import type { Tokens } from '../../../src/http/tokens.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { freshFolders, testEnvironment } from '../freshFolders.ts';
import { inlineTrail } from './apiServer.ts';

/** A shutdown that waited for it would be longer than a test may take. */
const PATIENCE_MS = 3_600_000;
const LOGS = '/api/workspaces/test/logs';

describe('a shutdown of the server', function () {
  this.timeout(60_000);
  const folders = freshFolders();
  const agent = new Agent({ keepAlive: true });
  let server: Awaited<ReturnType<typeof startServer>>;
  let tokens: Tokens;
  beforeEach(async () => {
    folders.policy({});
    folders.put('logs/api.log', '');
    const tokenFile = join(folders.state, 'tokens.json');
    server = await startServer({
      ...{ workspaces: { test: folders.root }, port: 0, tokenFile },
      ...{ app: inlineApp(testEnvironment()), trail: inlineTrail() },
      recorderOf: () => Promise.resolve(undefined),
    });
    tokens = JSON.parse(readFileSync(tokenFile, 'utf8')) as Tokens;
  });
  afterEach(() => server.close(0));
  after(() => {
    agent.destroy();
  });

  async function get(path: string): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${tokens.user}` };
    const asked = ask(server.url + path, { headers, agent });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    return response;
  }

  it('ends the streams and the connections that are kept, and waits for neither', async () => {
    const stream = await get(`${LOGS}/stream`);
    const [first] = (await once(stream, 'data')) as [Buffer];
    assert.match(first.toString(), /event: ready/);
    const kept = await get(`${LOGS}/files`);
    const isGone = once(kept.socket, 'close');
    await text(kept);
    const closed = server.close(PATIENCE_MS);
    assert.equal(await text(stream), 'event: end\ndata: {}\n\n');
    await Promise.all([closed, isGone]);
    await assert.rejects(fetch(server.url), /fetch failed/);
  });

  it('lets a request end whose body is still to come, and then closes its connection', async () => {
    const headers = {
      ...{ authorization: `Bearer ${tokens.administrator}`, 'content-type': 'application/json' },
      ...{ 'content-length': '2', expect: '100-continue' },
    };
    const asked = ask(`${server.url}${LOGS}/config`, { method: 'PUT', headers, agent });
    asked.flushHeaders();
    await once(asked, 'continue');
    const closed = server.close(PATIENCE_MS);
    asked.end('{}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    assert.match(await text(response), /"policy"/);
    await closed;
  });

  it('cuts no answer off that its reader has not taken yet', async () => {
    const entry = { timestamp: new Date().toISOString(), path: `/${'x'.repeat(40_000)}`, status: 200 };
    folders.put('logs/api.log', `${JSON.stringify(entry)}\n`.repeat(500));
    // The system's buffers hold a part of it alone.
    const response = await get(`${LOGS}/entries?limit=500`);
    const closed = server.close(PATIENCE_MS);
    const content = await buffer(response);
    assert.equal((JSON.parse(content.toString()) as { items: unknown[] }).items.length, 500);
    await closed;
  });

  it('cuts off what goes on for longer than its patience', async () => {
    const headers = { authorization: `Bearer ${tokens.administrator}`, 'content-type': 'application/json' };
    const asked = ask(`${server.url}${LOGS}/config`, {
      method: 'PUT',
      headers: { ...headers, 'content-length': '2' },
    });
    asked.write('{');
    const failed = once(asked, 'error');
    await server.close(0);
    await failed;
  });
});
