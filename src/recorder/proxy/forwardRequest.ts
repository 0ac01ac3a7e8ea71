import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { allHeaders, firstHeader } from '../capture/rawHeaders.ts';
import { hearEarlyAnswer } from './earlyAnswer.ts';
import { PassedHeaders, pairsOf } from './passedHeaders.ts';
import { NOT_IMPLEMENTED, UNREACHABLE, unknownCodingBody, unreachableBody, type Target } from './target.ts';

/**
 * Sends a request to the target and its answer to the client, both as streams: what has arrived is passed on at once, and
 * who reads slowly is waited for.
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
    // Node undoes the chunks alone: what is under them would go on under a wrong name.
    response.shouldKeepAlive = false;
    answerProblem(NOT_IMPLEMENTED, unknownCodingBody());
    return;
  }
  // Node frames the body of a GET only when told to; without a frame it would be taken for the next request.
  if (codings.length > 0) {
    headers.delete('Content-Length');
    headers.set('Transfer-Encoding', 'chunked');
  } else if (length !== undefined) headers.set('Content-Length', length);
  // It has been answered here: Node sends `100 Continue` itself.
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
      const path = target.pathFor(request.url ?? '/');
      attempt = target.request({ method: request.method, path, headers: headers.outgoing, setHost: false });
    } catch (error) {
      refuse(error);
      return;
    }
    asked = attempt;
    attempt.on('response', answer);
    attempt.on('error', (error: NodeJS.ErrnoException) => {
      // A target may answer and close before it has read everything; whether its answer is whole, the answer tells.
      if (isAnswered || response.destroyed) return;
      // It closed a connection that was kept, just when this request was sent over it.
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
      // A status or a header that may not be sent on.
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
    answerProblem(UNREACHABLE, unreachableBody(error));
  }

  function answerProblem(status: number, body: Buffer): void {
    response.writeHead(status, {
      'content-type': 'application/problem+json',
      'content-length': body.length,
    });
    response.end(body);
  }
}

/** What may be asked twice without being done twice. */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
