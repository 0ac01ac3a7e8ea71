import type { IncomingMessage, ServerResponse } from 'node:http';

/** A person of the application, as its own login knows them. */
export interface Caller {
  readonly user: string;
  /** `admin` is another name of `administrator`. */
  readonly role: 'administrator' | 'admin' | 'auditor' | 'user';
  /** The ids of the workspaces that they may see. */
  readonly workspaces: readonly string[];
  /** The categories of audit records that an auditor sees. */
  readonly categories?: readonly string[] | undefined;
}

/**
 * @typeParam Subject the request of your framework
 * @typeParam Extra what you hand over to `fetch`
 */
export interface LogsApiOptions<Subject = unknown, Extra = unknown> {
  /** The folders of the workspaces by their ids, or a function that knows them. */
  readonly workspaces:
    Readonly<Record<string, string>> | ((id: string) => string | undefined | Promise<string | undefined>);
  /**
   * Who asks. It gets the request of Express, `node:http` or Fastify; for `fetch` the `Request` and what was handed
   * over with it. It has 5 s. Undefined: the person is not signed in (401).
   */
  readonly authorise: (
    request: Subject,
    context: Extra,
  ) => Caller | undefined | null | Promise<Caller | undefined | null>;
  /** Where the routes begin; `/api` by default. */
  readonly base?: string | undefined;
}

/** The part of a Fastify server, request and reply that is used here. */
interface FastifyLike {
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit: number },
    parser: (request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => void,
  ): unknown;
  removeAllContentTypeParsers(): unknown;
  all(
    path: string,
    handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>,
  ): unknown;
}
interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly body: unknown;
}
interface FastifyReplyLike {
  readonly raw: ServerResponse;
  send(response: Response): unknown;
}

export interface LogsApi {
  /** @param context handed to `authorise` beside the request */
  readonly fetch: (request: Request, context?: unknown) => Promise<Response>;
  /** For Express and `node:http`. Outside of `base` it calls `next`, or answers 404. */
  readonly node: (
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void,
  ) => void;
  /** A plugin of Fastify. */
  readonly fastify: (instance: FastifyLike) => Promise<void>;
}
