import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The status that nginx uses if the client closed the request before there was an answer. */
const CLIENT_CLOSED = 499;
/** The status that nginx uses if the server closed the connection without an answer. */
const SERVER_CLOSED = 444;

/** The part of a stream of HTTP/2 that is used here. */
export interface StreamBelow {
  readonly writableFinished: boolean;
  readonly rstCode?: number | undefined;
  readonly session?: {
    readonly socket: { readonly destroyed: boolean };
    once: (event: 'timeout', listener: () => void) => unknown;
  };
  close: (...words: never) => unknown;
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

/** The sessions of HTTP/2 that waited too long; false for those that are listened to and did not. */
const timedOut = new WeakMap<object, boolean>();

/**
 * Begins to look at who closes a request without an answer: the client, the server itself (a timeout,
 * `closeAllConnections()`, `destroy()`), or Node's parser, which answers by itself.
 * @returns a function that gives the status when the response is closed
 */
export function unansweredStatus(
  request: IncomingMessage,
  { stream }: { readonly stream?: StreamBelow | undefined },
): () => number {
  if (stream !== undefined) return streamStatus(stream);
  const { socket } = request as { socket?: Socket };
  return () => {
    if (socket?.readableEnded === true) return CLIENT_CLOSED;
    const code = (socket?.errored as NodeJS.ErrnoException | null | undefined)?.code;
    return gone.has(code) ? CLIENT_CLOSED : (parserStatus(code) ?? SERVER_CLOSED);
  };
}

/**
 * A client that gives a request of HTTP/2 up says so with a code, and so does one that goes away. A server that destroys
 * has none; one that closes with a code, or whose time is up, looks like a client, and is listened to.
 */
function streamStatus(stream: StreamBelow): () => number {
  const { session } = stream;
  if (session !== undefined && !timedOut.has(session)) {
    timedOut.set(session, false);
    session.once('timeout', () => timedOut.set(session, true));
  }
  let isClosedHere = false;
  const { close } = stream;
  stream.close = (...words) => {
    // Node closes the streams of a connection that the client has left, too.
    isClosedHere ||= session?.socket.destroyed !== true;
    return Reflect.apply(close, stream, words);
  };
  return () => {
    const isOwn = isClosedHere || (session !== undefined && timedOut.get(session) === true);
    return isOwn || (stream.rstCode ?? 0) === 0 ? SERVER_CLOSED : CLIENT_CLOSED;
  };
}
