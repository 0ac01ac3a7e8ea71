import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entry } from '../../files/entry.ts';
import { checkCaptureOptions, requestFacts, type CaptureOptions } from './requestFacts.ts';
import { type TappedBody, tapRequest, tapResponse } from './bodyTaps.ts';
import { bodyValue, type BodyValue } from './bodyValue.ts';
import { unansweredStatus, type StreamBelow } from './unanswered.ts';

/** The part of the policy that says how much of a request is recorded. */
interface RecordingLevel {
  readonly level: string;
  /** The limit of each body. */
  readonly maxBodyBytes: number;
}

/** The fields of an entry about the bodies. The names are those of the entry. */
interface BodyFields {
  readonly request_object: unknown;
  readonly response_object: unknown;
  readonly truncated: boolean | undefined;
}

/**
 * The number of bytes that are kept beyond the policy's limit. An entry is masked before it is cut to the limit, and
 * half a secret is not recognised. With these bytes, a secret that crosses the limit is whole.
 */
const BEYOND_LIMIT = 4096;

/** Observes the bodies that the level asks for. @returns a function that gives them when the response is closed */
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

/** Whether a response is sent without the body that a handler may have written. */
function isBodiless(request: IncomingMessage, { statusCode }: ServerResponse): boolean {
  return request.method === 'HEAD' || statusCode === 204 || statusCode === 304;
}

/** What capturing needs from a recorder. */
export interface EntryTaker {
  /** Never waits and never throws. */
  readonly record: (entry: Entry) => boolean;
  /** Undefined while nothing is recorded. */
  readonly recording: RecordingLevel | undefined;
}

/** Observes the requests of a backend and records one entry for each of them when its response is closed. */
export interface Capture<Request> {
  /**
   * Call it before the handler sees the request. Never throws. A request and response that this recorder already
   * observes are left alone.
   * @param subject the argument of the functions in the options
   */
  readonly observe: (request: IncomingMessage, response: ServerResponse, subject: Request) => void;
  /** Begins the entry of a request without a response (a web socket). The caller passes the status at the end. */
  readonly begin: (request: IncomingMessage, subject: Request) => (status: number) => void;
}

/**
 * The recorders that observe a response already. It is the same symbol in every copy of this module, so that a request is
 * recorded once by each recorder even if two doors are open.
 */
const observers = Symbol.for('workspace-logs.observers');

/** @throws TypeError for unknown or wrong options, and for an object that is not a recorder */
export function createCapture<Request = IncomingMessage>(
  recorder: EntryTaker,
  options: CaptureOptions<Request> = {},
): Capture<Request> {
  if (typeof (recorder as Partial<EntryTaker> | undefined)?.record !== 'function')
    throw new TypeError('The first argument must be a recorder, as createRecorder makes it.');
  checkCaptureOptions(options);
  const factsOf = requestFacts(options);

  /** Reads at once the values that handlers and routers change, and the address that a closed socket no longer has. */
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
      // Each further field costs time for every METADATA line, so the rare fields are added only if they are needed.
      if (workspace_id !== undefined) Object.assign(entry, { workspace_id });
      if (bodies !== undefined) Object.assign(entry, bodies);
      if (isAborted) Object.assign(entry, { aborted: true });
      recorder.record(entry);
    };
  }

  function observe(request: IncomingMessage, response: Observed, subject: Request): void {
    const known = (response[observers] ??= new Set());
    if (known.has(recorder)) return;
    known.add(recorder);
    const finish = begin(request, subject);
    const statusWithout = unansweredStatus(request, response);
    const { recording } = recorder;
    const bodiesOf = recording && captureBodies(request, response, recording);
    let isFinished = false;
    response.on('finish', () => {
      isFinished = true;
    });
    response.on('close', () => {
      quietly(() => {
        // An injected response has no connection, so `finish` counts for it. A response of HTTP/2 emits `finish` even
        // after half an answer.
        const isWhole =
          response.writableFinished || (isFinished && response.stream?.writableFinished !== false);
        // Streams of HTTP/2 also end where they are given up before there was a head.
        const isAnswered = response.headersSent || (isWhole && response.stream === undefined);
        finish(isAnswered ? response.statusCode : statusWithout(), isAnswered && !isWhole, bodiesOf?.());
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
  [observers]?: Set<EntryTaker> | undefined;
  /** The stream below a response of HTTP/2. */
  readonly stream?: StreamBelow | undefined;
};

/** A failure of recording must not reach the request. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The request gets no entry.
  }
}
