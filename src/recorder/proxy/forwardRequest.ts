import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { allHeaders, firstHeader } from '../capture/rawHeaders.ts';
import { hearEarlyAnswer } from './earlyAnswer.ts';
import { headText, PassedHeaders, pairsOf } from './passedHeaders.ts';
import { UNREACHABLE, unknownCoding, unreachable, type Problem, type Target } from './target.ts';

/**
 * Sends a request to the target and its answer to the client, both as streams. Data is passed on as soon as it arrives,
 * and a slow reader is waited for.
 */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  headers: PassedHeaders,
): void {
  const codings = allHeaders(request.rawHeaders, 'transfer-encoding');
  const length = firstHeader(request.rawHeaders, 'content-length');
  const hasBody = codings.length > 0 || length !== undefined;
  if (codings.length > 0 && codings.join().trim().toLowerCase() !== 'chunked') {
    // Node only removes the chunks. The coding inside them would be passed on under a wrong name.
    response.shouldKeepAlive = false;
    answerWith(unknownCoding());
    return;
  }
  // Node frames the body of a GET only on request. Without a frame, the body would be taken for the next request.
  if (codings.length > 0) {
    headers.delete('Content-Length');
    headers.set('Transfer-Encoding', 'chunked');
  } else {
    if (length !== undefined) headers.set('Content-Length', length);
    // Only chunks have trailers behind them. Node refuses to announce others.
    headers.delete('Trailer');
  }

  let asked: ClientRequest | undefined;
  let isAnswered = false;
  // A client that waits for `100 Continue` sends nothing before the target has asked for it.
  let isWaiting = firstHeader(request.rawHeaders, 'expect') !== undefined;
  response.on('close', () => {
    if (!response.writableFinished || isWaiting) asked?.destroy();
  });
  ask();

  function ask(): void {
    let attempt: ClientRequest;
    try {
      attempt = target.ask(request, headers.outgoing);
    } catch (error) {
      refuse(error);
      return;
    }
    asked = attempt;
    attempt.on('response', answer);
    attempt.on('continue', () => {
      isWaiting = false;
      if (request.httpVersionMinor > 0) response.writeContinue();
    });
    attempt.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
      if (statusCode !== CONTINUE) passInformation(statusCode, statusMessage, rawHeaders);
    });
    // Node closes the connection, and nothing else, where this has no listener.
    attempt.on('upgrade', (_answered, socket) => {
      socket.destroy();
      refuse(
        Object.assign(new Error('The target changed the protocol unasked.'), { code: 'unasked upgrade' }),
      );
    });
    attempt.on('error', (error: NodeJS.ErrnoException) => {
      // A target may answer and close before it has read everything. The answer itself shows whether it is whole.
      if (isAnswered || response.destroyed) return;
      // The target closed a connection that was kept alive, just when this request was sent over it.
      const isStale = attempt.reusedSocket && error.code === 'ECONNRESET';
      if (isStale && !hasBody && repeatable.has(request.method ?? '')) ask();
      else refuse(error);
    });
    if (hasBody) {
      hearEarlyAnswer(attempt);
      request.once('data', () => {
        isWaiting = false;
      });
      // It comes before the `end` that the pipe hears.
      request.once('end', () => {
        if (codings.length > 0 && request.rawTrailers.length > 0)
          attempt.addTrailers(pairsOf(request.rawTrailers));
      });
      request.pipe(attempt);
    } else attempt.end();
  }

  function answer(answered: IncomingMessage): void {
    isAnswered = true;
    const { statusCode = UNREACHABLE, statusMessage, rawHeaders } = answered;
    // A broken answer must not look like a whole one.
    answered.on('error', () => response.destroy());
    response.sendDate = false;
    // The client may still send the body that it announced, or not: it is not known what follows.
    if (isWaiting && hasBody) response.shouldKeepAlive = false;
    const passed = new PassedHeaders(rawHeaders);
    // Beside a coding, a length is wrong (RFC 9112, 6.3): the chunks were counted.
    if (firstHeader(rawHeaders, 'transfer-encoding') !== undefined) passed.delete('Content-Length');
    // The client gets no chunks then, so there is no place for trailers. Node refuses to announce them.
    if (!isChunked(request, answered)) passed.delete('Trailer');
    try {
      response.writeHead(statusCode, statusMessage, passed.outgoing);
    } catch (error) {
      // Node refuses to send this status or header.
      asked?.destroy();
      refuse(error);
      return;
    }
    // `flushHeaders` would encode the bytes of a header beyond ASCII once more.
    response.write('', 'latin1');
    answered.on('end', () => {
      if (answered.rawTrailers.length > 0) response.addTrailers(pairsOf(answered.rawTrailers));
    });
    answered.pipe(response);
  }

  /** Passes an answer on that announces another one, such as 103. */
  function passInformation(code: number, message: string, rawHeaders: readonly string[]): void {
    // HTTP/1.0 doesn't know such answers. A response behind others of its connection has no socket yet.
    if (request.httpVersionMinor === 0 || response.headersSent || response.socket === null) return;
    // Node has a method for some of these answers only, and for some of their headers.
    response.socket.write(headText(code, message, new PassedHeaders(rawHeaders).pairs), 'latin1');
  }

  function refuse(error: unknown): void {
    request.unpipe();
    answerWith(unreachable(error));
  }

  function answerWith({ status, title, headers, body }: Problem): void {
    // Without a title, the reason of an answer that could not be passed on would stay.
    response.writeHead(status, title, headers).end(body);
  }
}

const CONTINUE = 100;

/** Whether an answer reaches the client in chunks. */
function isChunked({ method, httpVersionMinor }: IncomingMessage, answered: IncomingMessage): boolean {
  const { statusCode, rawHeaders } = answered;
  if (method === 'HEAD' || httpVersionMinor === 0 || statusCode === 204 || statusCode === 304) return false;
  return firstHeader(rawHeaders, 'content-length') === undefined;
}

/** The methods of requests that can safely be sent twice. */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
