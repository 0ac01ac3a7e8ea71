import type { IncomingMessage, ServerResponse } from 'node:http';
import { tapRequest, tapResponse } from './bodyTaps.ts';
import type { TappedBody } from './bodyTaps.ts';
import { bodyValue } from './bodyValue.ts';
import type { BodyValue } from './bodyValue.ts';

/** The part of the policy that says how much of a request is recorded. */
export interface RecordingLevel {
  readonly level: string;
  /** Of each body. */
  readonly maxBodyBytes: number;
}

/** What an entry says about the bodies; the names are those of the entry. */
export interface BodyFields {
  readonly request_object: unknown;
  readonly response_object: unknown;
  readonly truncated: boolean | undefined;
}

/**
 * Bytes that are kept beyond the policy's limit. An entry is masked before it is cut to the limit, and half a secret is
 * not known as one: with these, a secret that lies across the limit is seen whole.
 */
const BEYOND_LIMIT = 4096;

/** Looks at the bodies that the level asks for. @returns what they were, to be called when the response is closed */
export function captureBodies(
  request: IncomingMessage,
  response: ServerResponse,
  { level, maxBodyBytes }: RecordingLevel,
): (() => BodyFields) | undefined {
  if (level !== 'REQUEST' && level !== 'REQUEST_RESPONSE') return undefined;
  const limit = maxBodyBytes + BEYOND_LIMIT;
  const asked = tapRequest(request, limit);
  const answered = level === 'REQUEST_RESPONSE' ? tapResponse(response, limit) : undefined;
  return () => {
    const question = valueOf(asked);
    const answer = isBodiless(request, response) ? nothing : valueOf(answered);
    return {
      request_object: question.value,
      response_object: answer.value,
      truncated: question.isTruncated || answer.isTruncated ? true : undefined,
    };
  };
}

const nothing: BodyValue = { value: undefined, isTruncated: false };

function valueOf(body: TappedBody | undefined): BodyValue {
  return body === undefined
    ? nothing
    : bodyValue(body.sample, body.header('content-type'), body.header('content-encoding'));
}

/** Such responses go out without the body that a handler may have written. */
function isBodiless(request: IncomingMessage, { statusCode }: ServerResponse): boolean {
  return request.method === 'HEAD' || statusCode === 204 || statusCode === 304;
}
