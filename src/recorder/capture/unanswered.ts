import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The status that nginx uses if the client closed the request before there was an answer. */
const CLIENT_CLOSED = 499;
/** The status that nginx uses if the server closed the connection without an answer. */
const SERVER_CLOSED = 444;

/** The part of a stream of HTTP/2 that is used here. */
export interface StreamBelow {
  readonly writableFinished: boolean;
  readonly writableEnded: boolean;
  /** Whether it was closed, by either side, before the answer was given in full. */
  readonly aborted: boolean;
  readonly closed: boolean;
  /** The head of the answer, once it is sent. */
  readonly sentHeaders?:
    Readonly<Record<string, number | string | readonly string[] | undefined>> | undefined;
  readonly session?: {
    /** Undefined once the session is destroyed. */
    readonly socket: { readonly destroyed: boolean } | undefined;
    once: (event: 'goaway' | 'timeout', listener: (code: number) => void) => unknown;
  };
  write: (...words: never) => unknown;
  end: (...words: never) => unknown;
  close: (...words: never) => unknown;
  destroy: (...words: never) => unknown;
}

/**
 * Node's own answer to what its parser refuses. Node writes it to the connection, past the response.
 * @returns undefined for an error that Node doesn't answer
 */
function parserStatus(code: unknown): number | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 431;
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 413;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408;
    default:
      return typeof code === 'string' && code.startsWith('HPE_') ? 400 : undefined;
  }
}

/** Errors of a connection that say that its other end is gone. */
const gone: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/** What ended a session of HTTP/2: the server's own timeout, or an error of which the client told. */
const ends = new WeakMap<object, { isTimeout: boolean; isClientError: boolean }>();

/**
 * Begins to look at who closes a request without an answer: the client, the server itself (a timeout,
 * `closeAllConnections()`, `destroy()`), or Node's parser, which answers by itself.
 * @returns a function that gives the status when the response is closed
 */
export function unansweredStatus(request: IncomingMessage, stream: StreamBelow | undefined): () => number {
  if (stream !== undefined) return streamStatus(stream);
  const { socket } = request as { socket?: Socket };
  return () => {
    if (socket?.readableEnded === true) return CLIENT_CLOSED;
    const failure: NodeJS.ErrnoException | null | undefined = socket?.errored;
    const code = failure?.code;
    return gone.has(code) ? CLIENT_CLOSED : (parserStatus(code) ?? SERVER_CLOSED);
  };
}

/** The code with which a stream of HTTP/2 ends does not say who chose it. So the server's own calls are listened to. */
function streamStatus(stream: StreamBelow): () => number {
  const { session } = stream;
  const end = session === undefined ? undefined : endOf(session);
  let isClosedHere = false;
  for (const name of ['close', 'destroy'] as const) {
    const method = stream[name];
    stream[name] = (...words) => {
      // Node itself calls both for a stream that the client has closed, or whose connection it has left.
      isClosedHere ||= !stream.closed && session?.socket?.destroyed !== true;
      return Reflect.apply(method, stream, words) as unknown;
    };
  }
  return () => {
    const isOwn = isClosedHere && end?.isClientError !== true;
    return isOwn || end?.isTimeout === true ? SERVER_CLOSED : CLIENT_CLOSED;
  };
}

function endOf(session: NonNullable<StreamBelow['session']>): { isTimeout: boolean; isClientError: boolean } {
  const known = ends.get(session);
  if (known !== undefined) return known;
  const end = { isTimeout: false, isClientError: false };
  ends.set(session, end);
  session.once('timeout', () => {
    end.isTimeout = true;
  });
  session.once('goaway', (code) => {
    end.isClientError = code !== 0;
  });
  return end;
}
