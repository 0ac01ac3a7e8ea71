import { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Trail } from '../audit/trail.ts';
import type { App } from '../jobs/jobs.ts';
import { discard, send, toResponse } from './answer.ts';
import { createApi, type Api } from './api.ts';
import type { LogsApi, LogsApiOptions } from './apiTypes.ts';
import { notFound } from './problem.ts';
import { trailsOf } from './trails.ts';
import { recordersWhenNeeded, type RecorderOf, type ServerSide } from './recording.ts';

/** A request as Express or a body parser leaves it. */
interface ParsedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  rawBody?: Buffer;
  readonly body?: unknown;
}

/** Says to `@hono/node-server` that the answer is written, or being written. */
const alreadySent = new Response(null, { headers: { 'x-hono-already-sent': '1' } });

/** More than the routes take: they say themselves what is too large. */
const FASTIFY_BYTES = 2 * 1_048_576;

/**
 * The routes in the three forms that servers take.
 * @param app runs the use cases
 * @param trail writes and reads the audit trails
 */
export function buildLogsApi(
  options: LogsApiOptions<never, never>,
  app: App,
  trail: Trail,
  recorderOf: RecorderOf = recordersWhenNeeded(app),
): LogsApi & Pick<Api, 'document'> & { readonly endStreams: () => void } {
  const trails = trailsOf(trail, app);
  const ending = new AbortController();
  const { workspaces, authorise, base = '/api' } = options;
  const { answer, document } = createApi({
    base,
    app,
    trails,
    recorderOf,
    ending: ending.signal,
    folderOf: (id) =>
      typeof workspaces === 'function'
        ? workspaces(id)
        : Object.hasOwn(workspaces, id)
          ? workspaces[id]
          : undefined,
    authorise: authorise as (subject: unknown, context: unknown) => unknown,
  });

  const listen = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as {
        readonly incoming: IncomingMessage;
        readonly outgoing: ServerResponse;
      };
      const one = await answer(request, { subject: incoming, context: undefined, incoming, outgoing });
      await send(one, outgoing);
      return alreadySent;
    },
    { overrideGlobalObjects: false },
  );

  function isInside(path: string): boolean {
    return path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`);
  }

  const endStreams = (): void => {
    ending.abort();
  };

  return {
    document,
    endStreams,
    async close() {
      endStreams();
      await trails.close();
    },
    async fetch(request, context) {
      const one = await answer(request, { subject: request, context, ...serverSideOf(context) });
      if (request.method !== 'HEAD') return toResponse(one);
      await discard(one);
      return toResponse({ ...one, body: null });
    },
    node(request: ParsedRequest, response, next) {
      const url = request.originalUrl ?? request.url ?? '/';
      if (!isInside(url)) {
        if (next !== undefined) next();
        else void send(notFound().answer(), response);
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
        const env = { subject: request, context: undefined, incoming: raw, outgoing: reply.raw };
        return reply.send(toResponse(await answer(asked, env)));
      });
      await Promise.resolve();
    },
  };
}

/** What a context of Hono holds where `@hono/node-server` serves it. */
function serverSideOf(context: unknown): ServerSide {
  const { incoming, outgoing } = (context as { env?: Partial<ServerSide> } | undefined)?.env ?? {};
  return incoming instanceof IncomingMessage && outgoing instanceof ServerResponse
    ? { incoming, outgoing }
    : { incoming: undefined, outgoing: undefined };
}
