import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCapture, type EntryTaker } from '../recorder/capture/capture.ts';
import type { CaptureOptions } from '../recorder/capture/requestFacts.ts';

export type { CaptureOptions, EntryTaker };

/** What is used of Fastify's request and reply. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
}

export interface FastifyReplyLike {
  readonly raw: ServerResponse;
}

/** What is used of a Fastify instance. */
export interface FastifyLike {
  readonly server: {
    prependListener(
      event: 'request',
      listener: (request: IncomingMessage, response: ServerResponse) => void,
    ): unknown;
  };
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown;
}

export interface FastifyRecorderOptions<
  Request extends FastifyRequestLike = FastifyRequestLike,
> extends CaptureOptions<Request> {
  /** As `createRecorder` makes it. */
  readonly recorder: EntryTaker;
}

/** What Fastify takes from the options itself. */
const fastifysOwn: ReadonlySet<string> = new Set(['prefix', 'logLevel', 'logSerializers']);

/**
 * A plugin that records each request that a Fastify 5 application answers, the plugins registered beside it included.
 * `requestId` and `workspaceOf` are given Fastify's request when the response is closed.
 * @example app.register(fastifyRecorder, { recorder })
 */
export function fastifyRecorder<Request extends FastifyRequestLike = FastifyRequestLike>(
  instance: FastifyLike,
  options: FastifyRecorderOptions<Request>,
  done: (error?: Error) => void,
): void {
  const { recorder, ...others } = options;
  const own = Object.entries(others).filter(([name]) => !fastifysOwn.has(name));
  try {
    const routed = new WeakMap<IncomingMessage, Request>();
    const { observe } = createCapture(recorder, ofRouted(Object.fromEntries(own), routed));
    instance.addHook('onRequest', (request, reply, next) => {
      routed.set(request.raw, request as Request);
      observe(request.raw, reply.raw, request.raw);
      next();
    });
    // A URL that cannot be decoded is refused before any hook runs.
    if (isWholeApplication(instance))
      instance.server.prependListener('request', (request, response) => {
        observe(request, response, request);
      });
    done();
  } catch (error) {
    // A plugin tells its failure; thrown, it would end the process.
    done(error as Error);
  }
}

/** The options with functions of Node's request, which say nothing where Fastify has made no request of it. */
function ofRouted<Request>(
  options: CaptureOptions<Request>,
  routed: WeakMap<IncomingMessage, Request>,
): CaptureOptions {
  const { requestId, workspaceOf, ...others } = options;
  const adapted =
    (ask: (request: Request) => string | undefined) =>
    (raw: IncomingMessage): string | undefined => {
      const request = routed.get(raw);
      return request === undefined ? undefined : ask(request);
    };
  return {
    ...others,
    ...(requestId !== undefined && {
      requestId: typeof requestId === 'function' ? adapted(requestId) : requestId,
    }),
    // What is no function is refused with the other options.
    ...(workspaceOf !== undefined && {
      workspaceOf: typeof workspaceOf === 'function' ? adapted(workspaceOf) : workspaceOf,
    }),
  };
}

/** Registered in a part of the application (which inherits from the whole), only that part's requests are recorded. */
function isWholeApplication(instance: FastifyLike): boolean {
  return Object.hasOwn(instance, 'server');
}

// Without encapsulation: the hook is for the whole application, not for this plugin's routes, of which it has none.
Object.assign(fastifyRecorder, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'workspace-logs',
  [Symbol.for('plugin-meta')]: { name: 'workspace-logs', fastify: '5.x' },
});
