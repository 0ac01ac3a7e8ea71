import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../scripts/chromium.ts';
import { startServer } from '../../../src/http/server.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { freshFolders, testEnvironment } from '../freshFolders.ts';
import { freshServers } from '../recorder/capture/keptEntries.ts';
import { inlineTrail } from './apiServer.ts';

const WORKSPACE = '/api/workspaces/test';
const LOGS = `${WORKSPACE}/logs`;
const MARKER = 'what-no-page-may-read';
const POLICY = '{"rotation":{"maxFileMB":1}}';

/** What a page knows while it tries: the address of the API, and even a token. */
interface Known {
  readonly api: string;
  readonly token: string;
}

/**
 * Each way in which a page may reach for the API, as the text of an async function of the page. It gives what the page
 * could read of the answer; a failure gives its name.
 */
const tries: Readonly<Record<string, (known: Known) => string>> = {
  'fetch without a word more': ({ api }) => fetching(api, '/config', {}),
  'fetch with the token': ({ api, token }) => fetching(api, '/config', { headers: bearer(token) }),
  'fetch with cookies': ({ api }) => fetching(api, '/files/api.1.log', { credentials: 'include' }),
  'fetch without CORS': ({ api }) => fetching(api, '/files/api.1.log', { mode: 'no-cors' }),
  'fetch that keeps alive': ({ api }) =>
    fetching(api, '/maintenance', { method: 'POST', mode: 'no-cors', keepalive: true, body: '{}' }),
  'PUT as JSON with the token': ({ api, token }) =>
    fetching(api, '/config', {
      ...{ method: 'PUT', body: POLICY },
      headers: { ...bearer(token), 'content-type': 'application/json' },
    }),
  'POST as text': ({ api }) =>
    fetching(api, '/maintenance', {
      ...{ method: 'POST', mode: 'no-cors', body: POLICY },
      headers: { 'content-type': 'text/plain' },
    }),
  'DELETE with the token': ({ api, token }) =>
    fetching(api, '/files/api.1.log', { method: 'DELETE', headers: bearer(token) }),
  'a stream of events': ({ api }) => `
    const source = new EventSource(${JSON.stringify(`${api}${LOGS}/stream`)});
    return await new Promise((resolve) => {
      source.onmessage = ({ data }) => resolve(data);
      source.onopen = () => resolve('open');
      source.onerror = () => resolve('failed');
    });`,
  'a script': ({ api }) => loading('script', `${api}${LOGS}/config`),
  'a picture': ({ api }) => loading('img', `${api}${LOGS}/files/api.1.log`),
  'a beacon': ({ api }) => `
    navigator.sendBeacon(${JSON.stringify(`${api}${LOGS}/maintenance`)}, ${JSON.stringify(POLICY)});
    return 'sent';`,
  'a frame': ({ api }) => framing(`frame.src = ${JSON.stringify(`${api}${LOGS}/config`)}`),
  'a form as text': ({ api }) => framing(submitting(`${api}${LOGS}/maintenance`, 'text/plain')),
  'a form': ({ api }) => framing(submitting(`${api}${WORKSPACE}/audit`, 'application/x-www-form-urlencoded')),
  'a form with a file': ({ api }) => framing(submitting(`${api}${LOGS}/config`, 'multipart/form-data')),
};

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function fetching(api: string, path: string, options: RequestInit): string {
  return `const answer = await fetch(${JSON.stringify(api + LOGS + path)}, ${JSON.stringify(options)});
    return answer.type + ' ' + answer.status + ' ' + await answer.text();`;
}

function loading(element: string, address: string): string {
  return `const one = document.createElement('${element}');
    return await new Promise((resolve) => {
      one.onload = () => resolve('loaded');
      one.onerror = () => resolve('failed');
      one.src = ${JSON.stringify(address)};
      document.body.append(one);
    });`;
}

function framing(begin: string): string {
  return `const frame = document.createElement('iframe');
    frame.name = 'frame';
    document.body.append(frame);
    return await new Promise((resolve) => {
      frame.onload = () => {
        try {
          if (frame.contentWindow.location.href === 'about:blank') return;
          resolve(frame.contentDocument.body.textContent);
        } catch (error) {
          resolve(error.name);
        }
      };
      ${begin};
    }).finally(() => frame.remove());`;
}

function submitting(action: string, type: string): string {
  return `const form = document.createElement('form');
    Object.assign(form, { method: 'POST', target: 'frame', action: ${JSON.stringify(action)}, enctype: '${type}' });
    const field = document.createElement('textarea');
    Object.assign(field, { name: '{"rotation":{"maxFileMB":1},"x":"', value: '"}' });
    form.append(field);
    document.body.append(form);
    form.submit()`;
}

describe('a page of another site, in a browser', function () {
  this.timeout(120_000);
  const folders = freshFolders();
  const serve = freshServers();
  let browser: Browser;
  let page: Page;
  let api: Known;
  let port: string;
  let close: () => Promise<void>;
  /** The status of each answer of the API. */
  let statuses: number[];
  const onAnswer = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (String(request.socket.localPort) === port) statuses.push(response.statusCode);
  };
  before(async () => {
    subscribe('http.server.response.finish', onAnswer);
    browser = await launchChromium(
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      // Chromium itself would keep the pages away. Other browsers do not.
      '--disable-features=LocalNetworkAccessChecks',
    );
  });
  after(async () => {
    unsubscribe('http.server.response.finish', onAnswer);
    await browser.close();
  });
  beforeEach(async () => {
    folders.policy({ recording: { exclude: [MARKER] } });
    folders.put('logs/api.1.log', `{"path":"${MARKER}"}\n`);
    const tokenFile = join(folders.state, 'tokens.json');
    const server = await startServer({
      ...{ workspaces: { test: folders.root }, port: 0, tokenFile },
      ...{ app: inlineApp(testEnvironment()), trail: inlineTrail() },
      recorderOf: () => Promise.resolve(undefined),
    });
    close = () => server.close(0);
    const { administrator: token } = JSON.parse(readFileSync(tokenFile, 'utf8')) as Record<string, string>;
    api = { api: server.url, token: token ?? '' };
    ({ port } = new URL(server.url));
    page = await browser.newPage();
    statuses = [];
  });
  afterEach(async () => {
    await page.close();
    await close();
  });
  const state = (): unknown => [
    readdirSync(folders.logs),
    readFileSync(join(folders.logs, 'api.1.log'), 'utf8'),
    readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8'),
  ];
  const attempt = (known: Known, script: (known: Known) => string): Promise<string> =>
    page.evaluate<string>(`(async () => {${script(known)}})().catch((error) => error.name)`);

  /** Opens an empty page at this address, as a server of its own would hand it out. */
  async function openPage(address: string): Promise<void> {
    await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<body></body>' }));
    await page.goto(address);
  }

  it('a page of its own origin reads the policy with a token: the control', async () => {
    await openPage(`${api.api}/page`);
    const read = await attempt(api, tries['fetch with the token']!);
    assert.match(read, /^basic 200 /);
    assert.ok(read.includes(MARKER));
  });

  for (const host of ['evil.test', '127.0.0.1'])
    it(`at ${host} and another port can neither read nor change anything`, async () => {
      const other = new URL(await serve((_request, response) => response.end())).port;
      await openPage(`http://${host}:${other}/page`);
      const before = state();
      for (const [name, script] of Object.entries(tries)) {
        const read = await attempt(api, script);
        assert.match(read, /^(TypeError|SecurityError|opaque 0 |failed|sent)$/, name);
        assert.deepEqual(state(), before, name);
      }
      assert.ok(statuses.length >= Object.keys(tries).length, String(statuses));
      for (const status of statuses) assert.ok([401, 403].includes(status), String(status));
    });

  it('at a name that is bound to this machine later can neither read nor change anything', async () => {
    // The first answer came from elsewhere; from now on the name leads to the server.
    const rebound = `http://rebound.test:${port}`;
    await openPage(`${rebound}/page`);
    const before = state();
    for (const [name, script] of Object.entries(tries)) {
      const read = await attempt({ ...api, api: rebound }, script);
      assert.ok(!read.includes(MARKER), name);
      assert.deepEqual(state(), before, name);
    }
    assert.ok(statuses.length >= Object.keys(tries).length, String(statuses));
    for (const status of statuses) assert.equal(status, 421);
  });
});
