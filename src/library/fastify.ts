import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCapture } from '../app/capture/capture.ts';
import type { EntryTaker } from '../app/capture/capture.ts';
import type { CaptureOptions } from '../app/capture/captureOptions.ts';

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
    const { observe } = createCapture<Request>(recorder, Object.fromEntries(own));
    instance.addHook('onRequest', (request, reply, next) => {
      observe(request.raw, reply.raw, request as Request);
      next();
    });
    done();
  } catch (error) {
    // A plugin tells its failure; thrown, it would end the process.
    done(error as Error);
  }
}

// Without encapsulation: the hook is for the whole application, not for this plugin's routes, of which it has none.
Object.assign(fastifyRecorder, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'workspace-logs',
  [Symbol.for('plugin-meta')]: { name: 'workspace-logs', fastify: '5.x' },
});
