/**
 * A server in a process of its own, `mountedServer.ts KIND PATH`: `ours` is the API of the workspace in this folder,
 * `bare` a Hono handler that answers what the JSON file holds, `file` streams the file. It sends its port, and after
 * each message the most memory that it has used, in bytes.
 */
import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { peakMemory } from '../peakMemory.ts';
import { loadHttpLibrary } from '../record/builtLibrary.ts';

/** An answer, as the bare handler gives it again. */
export interface KeptAnswer {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const kinds: Readonly<Record<string, (path: string) => RequestListener | Promise<RequestListener>>> = {
  ours: async (folder) => {
    const { logsApi } = await loadHttpLibrary();
    const api = logsApi({
      workspaces: { shop: folder },
      authorise: () => ({ user: 'ada', role: 'administrator', workspaces: ['shop'] }),
    });
    return (request, response) => {
      api.node(request, response);
    };
  },
  bare: (file) => {
    const hono = new Hono();
    for (const { path, headers, body } of JSON.parse(readFileSync(file, 'utf8')) as KeptAnswer[])
      hono.get(path, () => new Response(body, { headers }));
    // By default it replaces Response by a faster one.
    const listen = getRequestListener(hono.fetch);
    return (request, response) => {
      void listen(request, response);
    };
  },
  file: (path) => (_request, response) => {
    response.setHeader('content-type', 'text/plain');
    createReadStream(path).pipe(response);
  },
};

const [kind = '', path = ''] = process.argv.slice(2);
const listener = await kinds[kind]?.(path);
if (listener === undefined) throw new Error(`there is no server ${kind}`);
const server = createServer(listener).listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', () => process.send?.(peakMemory()));
process.send?.((server.address() as AddressInfo).port);
