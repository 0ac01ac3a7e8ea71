import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { App } from '../jobs/jobs.ts';
import { createApi, type Env } from './api.ts';
import type { LogsApi, LogsApiOptions } from './apiTypes.ts';
import { notFound } from './problem.ts';

export { startServer, type Server, type ServerOptions } from './server.ts';

/** A request as Express or a body parser leaves it. */
interface ParsedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  rawBody?: Buffer;
  readonly body?: unknown;
}

/** More than the routes take: they say themselves what is too large. */
const FASTIFY_BYTES = 2 * 1_048_576;

/** The routes in the three forms that servers take. @param app runs the use cases */
export function buildLogsApi(options: LogsApiOptions<never, never>, app: App): LogsApi {
  const { workspaces, authorise, base = '/api' } = options;
  const api = createApi({
    base,
    app,
    folderOf: (id) =>
      typeof workspaces === 'function'
        ? workspaces(id)
        : Object.hasOwn(workspaces, id)
          ? workspaces[id]
          : undefined,
    authorise: authorise as (subject: unknown, context: unknown) => unknown,
  });

  const listen = getRequestListener(
    (request, env) => api(request, { subject: (env as { incoming: unknown }).incoming, context: undefined }),
    { overrideGlobalObjects: false },
  );

  function isInside(path: string): boolean {
    return path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`);
  }

  return {
    fetch: (request, context) => {
      const env: Env = { subject: request, context };
      return api(request, env);
    },
    node(request: ParsedRequest, response, next) {
      const url = request.originalUrl ?? request.url ?? '/';
      if (!isInside(url)) {
        if (next !== undefined) next();
        else void send(notFound().response(), response);
        return;
      }
      request.url = url;
      if (request.readableEnded && request.rawBody === undefined && request.body !== undefined)
        request.rawBody = Buffer.from(JSON.stringify(request.body));
      void listen(request, response);
    },
    fastify: async (instance) => {
      instance.removeAllContentTypeParsers();
      instance.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: FASTIFY_BYTES },
        (_request, body, done) => {
          done(null, body);
        },
      );
      instance.all(`${base}/*`, async (request, reply) => {
        const { raw, body } = request;
        const { host = 'localhost' } = raw.headers;
        const hasBody = Buffer.isBuffer(body) && body.length > 0;
        const asked = new Request(new URL(raw.url ?? '/', `http://${host}`), {
          method: raw.method ?? 'GET',
          headers: raw.headers as Record<string, string>,
          ...(hasBody && { body: new Uint8Array(body) }),
        });
        return reply.send(await api(asked, { subject: request, context: undefined }));
      });
      await Promise.resolve();
    },
  };
}

async function send(from: Response, to: ServerResponse): Promise<void> {
  to.writeHead(from.status, Object.fromEntries(from.headers));
  to.end(await from.text());
}
