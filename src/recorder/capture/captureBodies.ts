import type { IncomingMessage, ServerResponse } from 'node:http';
import { type TappedBody, tapRequest, tapResponse } from './bodyTaps.ts';
import { bodyValue, type BodyValue } from './bodyValue.ts';
import type { StreamBelow } from './unanswered.ts';

/** How much of a request is recorded: NONE, METADATA, REQUEST or REQUEST_RESPONSE. */
export interface RecordingLevel {
  readonly level: string;
  /** The limit of each body. */
  readonly maxBodyBytes: number;
}

/** The fields of an entry about the bodies. The names are those of the entry. */
export interface BodyFields {
  readonly request_object: unknown;
  readonly response_object: unknown;
  readonly truncated: boolean | undefined;
}

/** The bodies as far as they were kept. */
export interface Bodies {
  readonly question: BodyValue;
  readonly answer: BodyValue;
}

/**
 * The number of bytes that are kept beyond the policy's limit. An entry is masked before it is cut to the limit, and
 * half a secret is not recognised. With these bytes, a secret that crosses the limit is whole.
 */
const BEYOND_LIMIT = 4096;

/** Observes the bodies that the level asks for. @returns a function that gives them when the response is closed */
export function captureBodies(
  request: IncomingMessage,
  response: ServerResponse,
  stream: StreamBelow | undefined,
  { level, maxBodyBytes }: RecordingLevel,
): (() => Bodies) | undefined {
  if (!hasRequest(level)) return undefined;
  const limit = maxBodyBytes + BEYOND_LIMIT;
  const asked = tapRequest(request, limit);
  const answered = hasResponse(level) ? tapResponse(response, stream, limit) : undefined;
  return () => {
    if (answered !== undefined) {
      // A file that is sent by HTTP/2 itself doesn't pass by.
      const announced = Number(answered.header('content-length'));
      if (announced > answered.sample.total) answered.sample.isComplete = false;
    }
    return {
      question: valueOf(asked),
      answer: isBodiless(request, response) ? nothing : valueOf(answered),
    };
  };
}

const nothing: BodyValue = { value: undefined, isTruncated: false };

function valueOf(body: TappedBody | undefined): BodyValue {
  return body === undefined
    ? nothing
    : bodyValue(body.sample, body.header('content-type'), body.header('content-encoding'));
}

/** Whether a response is sent without the body that a handler may have written. */
function isBodiless(request: IncomingMessage, { statusCode }: ServerResponse): boolean {
  return request.method === 'HEAD' || statusCode === 204 || statusCode === 304;
}

function hasRequest(level: string | undefined): boolean {
  return level === 'REQUEST' || level === 'REQUEST_RESPONSE';
}

function hasResponse(level: string | undefined): boolean {
  return level === 'REQUEST_RESPONSE';
}

/** What a level asks for of the bodies. More of them may have been kept, for another level. */
export function fieldsOf(bodies: Bodies | undefined, level: string | undefined): BodyFields | undefined {
  if (bodies === undefined || !hasRequest(level)) return undefined;
  const { question } = bodies;
  const answer = hasResponse(level) ? bodies.answer : nothing;
  return {
    request_object: question.value,
    response_object: answer.value,
    truncated: question.isTruncated || answer.isTruncated ? true : undefined,
  };
}

/** The level that asks for more of the bodies. */
export function fuller(
  one: RecordingLevel | undefined,
  other: RecordingLevel | undefined,
): RecordingLevel | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const isOne = hasResponse(one.level) || !hasRequest(other.level);
  const { level } = isOne ? one : other;
  return { level, maxBodyBytes: Math.max(one.maxBodyBytes, other.maxBodyBytes) };
}
