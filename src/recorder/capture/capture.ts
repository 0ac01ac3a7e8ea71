import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entry } from '../../files/entry.ts';
import { checkCaptureOptions, requestFacts, type CaptureOptions } from './requestFacts.ts';
import { type TappedBody, tapRequest, tapResponse } from './bodyTaps.ts';
import { bodyValue, type BodyValue } from './bodyValue.ts';

/** The part of the policy that says how much of a request is recorded. */
interface RecordingLevel {
  readonly level: string;
  /** Of each body. */
  readonly maxBodyBytes: number;
}

/** What an entry says about the bodies; the names are those of the entry. */
interface BodyFields {
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
function captureBodies(
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

/** What capturing needs of a recorder. */
export interface EntryTaker {
  /** Never waits and never throws. */
  readonly record: (entry: Entry) => boolean;
  /** Undefined while nothing is recorded. */
  readonly recording: RecordingLevel | undefined;
}

/** Looks on while a backend answers, and records one entry for each request when its response is closed. */
export interface Capture<Request> {
  /**
   * Call it before the handler sees the request. Never throws; a pair that this recorder observes already is left alone.
   * @param subject what the options' functions are given
   */
  readonly observe: (request: IncomingMessage, response: ServerResponse, subject: Request) => void;
  /** Begins the entry of a request without a response (a web socket); the caller tells how it ended. */
  readonly begin: (request: IncomingMessage, subject: Request) => (status: number) => void;
}

/** As nginx says it: the client closed the request before there was an answer. */
const CLIENT_CLOSED = 499;

/** The same in every copy of this module, so that a request is recorded once where two doors are open. */
const observedBy = Symbol.for('workspace-logs.observedBy');

/** @throws TypeError for options that are unknown or wrong, and for what is no recorder */
export function createCapture<Request = IncomingMessage>(
  recorder: EntryTaker,
  options: CaptureOptions<Request> = {},
): Capture<Request> {
  if (typeof (recorder as Partial<EntryTaker> | undefined)?.record !== 'function')
    throw new TypeError('The first argument must be a recorder, as createRecorder makes it.');
  checkCaptureOptions(options);
  const factsOf = requestFacts(options);

  /** Reads at the beginning what handlers and routers change, and the address that a closed socket forgets. */
  function begin(
    request: IncomingMessage,
    subject: Request,
  ): (status: number, isAborted?: boolean, bodies?: BodyFields) => void {
    const begun = performance.now();
    const { method = '' } = request;
    const { originalUrl: path = request.url ?? '' } = request as IncomingMessage & { originalUrl?: string };
    const peer = request.socket.remoteAddress;
    return (status, isAborted = false, bodies) => {
      const { user, ip, request_id, user_agent, workspace_id } = factsOf(request, peer, subject);
      const duration_ms = performance.now() - begun;
      const entry = { user, method, path, status, duration_ms, ip, request_id, user_agent };
      // Each field more costs a line of METADATA some time, so the rare ones are added where they are needed.
      if (workspace_id !== undefined) Object.assign(entry, { workspace_id });
      if (bodies !== undefined) Object.assign(entry, bodies);
      if (isAborted) Object.assign(entry, { aborted: true });
      recorder.record(entry);
    };
  }

  function observe(request: IncomingMessage, response: Observed, subject: Request): void {
    if (response[observedBy] === recorder) return;
    response[observedBy] = recorder;
    const finish = begin(request, subject);
    const { recording } = recorder;
    const bodiesOf = recording && captureBodies(request, response, recording);
    let isFinished = false;
    response.on('finish', () => {
      isFinished = true;
    });
    response.on('close', () => {
      quietly(() => {
        // An injected response has no connection to be finished; one of HTTP/2 tells `finish` even of half an answer.
        const isWhole =
          response.writableFinished || (isFinished && response.stream?.writableFinished !== false);
        const isAnswered = isWhole || response.headersSent;
        finish(isAnswered ? response.statusCode : CLIENT_CLOSED, isAnswered && !isWhole, bodiesOf?.());
      });
    });
  }

  return {
    begin,
    observe: (request, response, subject) => {
      quietly(() => {
        observe(request, response, subject);
      });
    },
  };
}

type Observed = ServerResponse & {
  [observedBy]?: EntryTaker;
  /** Under a response of HTTP/2. */
  readonly stream?: { readonly writableFinished: boolean };
};

/** Nothing that goes wrong with recording may reach the request. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The request goes without its entry.
  }
}
