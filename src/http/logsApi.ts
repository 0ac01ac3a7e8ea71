import { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { StoreChoice } from '../audit/store.ts';
import type { Trail } from '../audit/trail.ts';
import type { App } from '../jobs/jobs.ts';
import { createApi, type Api } from './api.ts';
import type { LogsApi, LogsApiOptions } from './apiTypes.ts';
import { notFound } from './problem.ts';
import { trailsOf, type Trails } from './trails.ts';
import { recordersWhenNeeded, type RecorderOf, type ServerSide } from './recording.ts';

/** A request as Express or a body parser leaves it. */
interface ParsedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  rawBody?: Buffer;
  readonly body?: unknown;
}

/** The jobs of the audit trails, and where the trails are. */
export interface ApiTrail {
  readonly trail: Trail;
  readonly store: StoreChoice;
}

/** More than the routes take: they say themselves what is too large. */
const FASTIFY_BYTES = 2 * 1_048_576;

/**
 * The routes in the three forms that servers take.
 * @param app runs the use cases
 * @param trail writes and reads the audit trails in their `store`; `close` ends it
 */
export function buildLogsApi(
  options: LogsApiOptions<never, never>,
  app: App,
  { trail, store }: ApiTrail,
  recorderOf: RecorderOf = recordersWhenNeeded(app),
): LogsApi & Pick<Api, 'document'> & Pick<Trails, 'close'> {
  const trails = trailsOf(trail, app, store);
  const { workspaces, authorise, base = '/api' } = options;
  const { answer, document } = createApi({
    base,
    app,
    trails,
    recorderOf,
    folderOf: (id) =>
      typeof workspaces === 'function'
        ? workspaces(id)
        : Object.hasOwn(workspaces, id)
          ? workspaces[id]
          : undefined,
    authorise: authorise as (subject: unknown, context: unknown) => unknown,
  });

  const listen = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as ServerSide;
      return answer(request, { subject: incoming, context: undefined, incoming, outgoing });
    },
    { overrideGlobalObjects: false },
  );

  function isInside(path: string): boolean {
    return path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`);
  }

  return {
    document,
    close: trails.close,
    fetch: (request, context) => answer(request, { subject: request, context, ...serverSideOf(context) }),
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
        const env = { subject: request, context: undefined, incoming: raw, outgoing: reply.raw };
        return reply.send(await answer(asked, env));
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

/** Sends a response without a stream. */
export async function send(from: Response, to: ServerResponse): Promise<void> {
  to.writeHead(from.status, Object.fromEntries(from.headers));
  to.end(await from.text());
}
