import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { allHeaders, firstHeader } from '../capture/rawHeaders.ts';
import { hearEarlyAnswer } from './earlyAnswer.ts';
import { PassedHeaders, pairsOf } from './passedHeaders.ts';
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
  } else if (length !== undefined) headers.set('Content-Length', length);
  // Node has answered this header here: it sends `100 Continue` itself.
  headers.delete('Expect');

  let asked: ClientRequest | undefined;
  let isAnswered = false;
  response.on('close', () => {
    if (!response.writableFinished) asked?.destroy();
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
      request.pipe(attempt);
    } else attempt.end();
  }

  function answer(answered: IncomingMessage): void {
    isAnswered = true;
    const { statusCode = UNREACHABLE, statusMessage, rawHeaders } = answered;
    // A broken answer must not look like a whole one.
    answered.on('error', () => response.destroy());
    response.sendDate = false;
    try {
      response.writeHead(statusCode, statusMessage, new PassedHeaders(rawHeaders).outgoing);
    } catch (error) {
      // Node refuses to send this status or header.
      asked?.destroy();
      refuse(error);
      return;
    }
    response.flushHeaders();
    answered.on('end', () => {
      if (answered.rawTrailers.length > 0) response.addTrailers(pairsOf(answered.rawTrailers));
    });
    answered.pipe(response);
  }

  function refuse(error: unknown): void {
    request.unpipe();
    answerWith(unreachable(error));
  }

  function answerWith({ status, headers, body }: Problem): void {
    response.writeHead(status, headers).end(body);
  }
}

/** The methods of requests that can safely be sent twice. */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
