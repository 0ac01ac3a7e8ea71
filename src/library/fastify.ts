import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import {
  createCapture,
  type EntryTaker,
  type RecorderOf,
  type RecorderSource,
} from '../recorder/capture/capture.ts';
import { observeServer } from '../recorder/capture/observeServer.ts';
import type { CaptureOptions } from '../recorder/capture/requestFacts.ts';

export type { CaptureOptions, EntryTaker, RecorderOf };

/** The part of Fastify's request that the functions of the options see where their own type isn't known. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly url: string;
  readonly originalUrl: string;
  readonly hostname: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export interface FastifyReplyLike {
  readonly raw: ServerResponse;
}

/** The part of a Fastify instance that is used here. */
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

/** One of `recorder` and `recorderOf` is needed. */
export interface FastifyRecorderOptions<
  Request extends FastifyRequestLike = FastifyRequestLike,
> extends CaptureOptions<Request> {
  /** A recorder from `createRecorder`. */
  readonly recorder?: EntryTaker | undefined;
  /**
   * Returns the recorder of a request, in place of one recorder for all. A request that Fastify refuses before its
   * hooks run (a URL that cannot be decoded) has only `raw`, `headers`, `method` and `url`.
   */
  readonly recorderOf?: RecorderOf<Request> | undefined;
}

/** Options that Fastify itself reads. */
const fastifysOwn: ReadonlySet<string> = new Set(['prefix', 'logLevel', 'logSerializers']);

/**
 * A plugin that records each request that a Fastify 5 application answers, including those of plugins registered beside
 * it. `requestId` and `workspaceOf` are called with Fastify's request when the response is closed, `recorderOf` when the
 * request arrives and, where it had no recorder then, when the response is closed.
 * @example
 * app.register(fastifyRecorder, { recorder });
 * app.addHook('onClose', () => recorder.close());
 * process.once('SIGTERM', () => app.close());
 */
export function fastifyRecorder<Request extends FastifyRequestLike>(
  instance: FastifyLike,
  options: FastifyRecorderOptions<Request>,
  done: (error?: Error) => void,
): void;
// `register` takes the last signature to find out the types of the functions.
export function fastifyRecorder(
  instance: FastifyLike,
  options: FastifyRecorderOptions,
  done: (error?: Error) => void,
): void;
export function fastifyRecorder<Request extends FastifyRequestLike>(
  instance: FastifyLike,
  options: FastifyRecorderOptions<Request>,
  done: (error?: Error) => void,
): void {
  const { recorder, recorderOf, ...others } = options;
  const own = Object.entries(others).filter(([name]) => !fastifysOwn.has(name));
  try {
    const routed = new WeakMap<IncomingMessage, Request>();
    const source = sourceOf(recorder, recorderOf, routed);
    const capture = createCapture(source, ofRouted(Object.fromEntries(own), routed));
    const { observe } = capture;
    instance.addHook('onRequest', (request, reply, next) => {
      routed.set(request.raw, request as Request);
      observe(request.raw, reply.raw, request.raw);
      next();
    });
    if (isWholeApplication(instance)) {
      // Fastify refuses a URL that cannot be decoded before any hook runs.
      instance.server.prependListener('request', (request, response) => {
        observe(request, response, request, recorderOf === undefined);
      });
      observeServer(instance.server as unknown as Server, capture);
    }
    done();
  } catch (error) {
    // A plugin reports its failure through `done`; a thrown error would end the process.
    done(error as Error);
  }
}

/** @throws TypeError if both are given; if neither is, the capture says so */
function sourceOf<Request extends FastifyRequestLike>(
  recorder: EntryTaker | undefined,
  recorderOf: RecorderOf<Request> | undefined,
  routed: WeakMap<IncomingMessage, Request>,
): RecorderSource {
  if (recorder !== undefined && recorderOf !== undefined)
    throw new TypeError('Give either recorder or recorderOf.');
  // What is no recorder and no function is refused where the recorder is checked.
  if (typeof recorderOf !== 'function') return (recorder ?? recorderOf) as unknown as RecorderSource;
  return (raw) => recorderOf(routed.get(raw) ?? (unrouted(raw) as Request));
}

/** Stands for Fastify's request where Fastify made none. */
function unrouted(raw: IncomingMessage): FastifyRequestLike {
  const { headers, method, url } = raw;
  return { raw, headers, method, url } as FastifyRequestLike;
}

/**
 * Wraps the functions of the options so that they take Node's request. They return undefined where Fastify made no
 * request of it.
 */
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
    // A value that is no function is refused later, with the other options.
    ...(workspaceOf !== undefined && {
      workspaceOf: typeof workspaceOf === 'function' ? adapted(workspaceOf) : workspaceOf,
    }),
  };
}

/**
 * False where the plugin is registered in a part of the application, which inherits from the whole: then only that
 * part's requests are recorded.
 */
function isWholeApplication(instance: FastifyLike): boolean {
  return Object.hasOwn(instance, 'server');
}

// Switches Fastify's encapsulation off: the hook is for the whole application, and this plugin has no routes of its
// own.
Object.assign(fastifyRecorder, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'workspace-logs',
  [Symbol.for('plugin-meta')]: { name: 'workspace-logs', fastify: '5.x' },
});
