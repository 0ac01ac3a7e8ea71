import type { IncomingMessage, ServerResponse } from 'node:http';
import { BYTES_PER_MB } from '../../base/units.ts';
import type { Entry } from '../../files/entry.ts';
import { checkCaptureOptions, requestFacts, type CaptureOptions, type OfRequest } from './requestFacts.ts';
import { type TappedBody, tapRequest, tapResponse } from './bodyTaps.ts';
import { bodyValue, type BodyValue } from './bodyValue.ts';
import { firstHeader } from './rawHeaders.ts';
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
  stream: StreamBelow | undefined,
  { level, maxBodyBytes }: RecordingLevel,
): (() => BodyFields) | undefined {
  if (level !== 'REQUEST' && level !== 'REQUEST_RESPONSE') return undefined;
  const limit = maxBodyBytes + BEYOND_LIMIT;
  const asked = tapRequest(request, limit);
  const answered = level === 'REQUEST_RESPONSE' ? tapResponse(response, stream, limit) : undefined;
  return () => {
    if (answered !== undefined) {
      // A file that is sent by HTTP/2 itself doesn't pass by.
      const announced = Number(answered.header('content-length'));
      if (announced > answered.sample.total) answered.sample.isComplete = false;
    }
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

/** Gives the recorder of a request; undefined for a request that no recorder takes. */
export type RecorderOf<Request> = OfRequest<Request, EntryTaker | undefined>;

/**
 * What a door records with: one recorder, or `recorderOf`, a function or an object with it. The function is asked when
 * a request arrives. Where it has no recorder then, because only a router or a login tells the workspace, it is asked
 * again when the response is closed.
 */
export type RecorderSource<Request = IncomingMessage> =
  EntryTaker | RecorderOf<Request> | { readonly recorderOf: RecorderOf<Request> };

/** Observes the requests of a backend and records one entry for each of them when its response is closed. */
export interface Capture<Request> {
  /**
   * Call it before the handler sees the request. Never throws. A request that this recorder already observes is left
   * alone.
   * @param subject the argument of the functions in the options
   * @param isKnown false where the framework has not made its request of `subject` yet. Then `recorderOf` is asked when
   *   the same request is observed again, or when its response is closed
   */
  readonly observe: (
    request: IncomingMessage,
    response: ServerResponse,
    subject: Request,
    isKnown?: boolean,
  ) => void;
  /** Begins the entry of a request without a response (a web socket). The caller passes the status at the end. */
  readonly begin: (request: IncomingMessage, subject: Request) => (status: number) => void;
}

/**
 * The recorders, and the functions that find one, that observe a request already. It is the same symbol in every copy of
 * this module, so that a request is recorded once by each recorder even if two doors are open.
 */
const observers = Symbol.for('workspace-logs.observers');

type Observable = IncomingMessage & { [observers]: Map<object, () => void> | undefined };

/** The value of each observer asks for the recorder. */
function observersOf(request: IncomingMessage): Map<object, () => void> {
  return ((request as Observable)[observers] ??= new Map<object, () => void>());
}

/**
 * Whether a recorder of a workspace observes the request already.
 * @param folder the real path of the workspace
 */
export function isObservedFor(request: IncomingMessage, folder: string): boolean {
  // The key may be a recorder of another copy of this package, so its class says nothing.
  return [...observersOf(request).keys()].some((one) => (one as { folder?: unknown }).folder === folder);
}

/** Until the recorder of a request is known, its bodies are kept up to 1 MB. No policy can ask for more. */
const ANY_LEVEL: RecordingLevel = { level: 'REQUEST_RESPONSE', maxBodyBytes: BYTES_PER_MB };

/** @throws TypeError for unknown or wrong options, and for an object that is not a recorder */
export function createCapture<Request = IncomingMessage>(
  source: RecorderSource<Request>,
  options: CaptureOptions<Request> = {},
): Capture<Request> {
  const { owner, recorderOf } = finder(source);
  checkCaptureOptions(options);
  const factsOf = requestFacts(options);

  /** Reads at once the values that handlers and routers change, and the address that a closed socket no longer has. */
  function begin(
    request: IncomingMessage,
    subject: Request,
  ): (recorder: EntryTaker, status: number, isAborted?: boolean, bodies?: BodyFields) => void {
    const begun = performance.now();
    const { method = '' } = request;
    const { originalUrl = request.url } = request as IncomingMessage & { originalUrl?: string };
    // CONNECT has no path in HTTP/2.
    const path = originalUrl ?? firstHeader(request.rawHeaders, ':authority') ?? '';
    const peer = request.socket.remoteAddress;
    return (recorder, status, isAborted = false, bodies) => {
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

  /** Asks for the recorder. Where another door already observes for it, this one leaves the request alone. */
  function claim(known: Map<object, () => void>, subject: Request, isLast: boolean): EntryTaker | undefined {
    const found = recorderOf(subject, isLast);
    if (found === undefined || found === owner) return found;
    if (known.has(found)) return undefined;
    known.set(found, nothingToDo);
    return found;
  }

  function observe(request: IncomingMessage, response: Observed, subject: Request, isKnown: boolean): void {
    const known = observersOf(request);
    const earlier = known.get(owner);
    if (earlier !== undefined) {
      if (isKnown) earlier();
      return;
    }
    const finish = begin(request, subject);
    // Applications may set a property of this name in HTTP/1.
    const stream = request.httpVersionMajor < 2 ? undefined : response.stream;
    const statusWithout = unansweredStatus(request, stream);
    let recorder: EntryTaker | undefined;
    let bodiesOf: (() => BodyFields) | undefined;
    let isAsked = false;

    function arrive(): void {
      if (isAsked) return;
      isAsked = true;
      recorder = claim(known, subject, false);
      const recording = recorder === undefined ? ANY_LEVEL : recorder.recording;
      bodiesOf = recording && captureBodies(request, response, stream, recording);
    }
    known.set(owner, arrive);
    if (isKnown) arrive();

    let isFinished = false;
    response.on('finish', () => {
      isFinished = true;
    });
    response.on('close', () => {
      quietly(() => {
        const isLate = recorder === undefined;
        recorder ??= claim(known, subject, true);
        if (recorder === undefined) return;
        // An injected response has no connection, so `finish` counts for it. A response of HTTP/2 emits `finish` even
        // after half an answer, and its stream is ended by Node where the client gives it up.
        const isWhole =
          stream === undefined
            ? response.writableFinished || isFinished
            : isFinished && stream.writableFinished && !stream.aborted;
        // Streams of HTTP/2 also end where they are given up before there was a head.
        const isAnswered = response.headersSent || (isWhole && stream === undefined);
        const bodies = isLate ? ofLevel(bodiesOf, recorder.recording) : bodiesOf?.();
        const status = isAnswered ? statusOf(response, stream) : statusWithout();
        finish(recorder, status, isAnswered && !isWhole, bodies);
      });
    });
  }

  return {
    begin: (request, subject) => {
      const known = observersOf(request);
      if (known.has(owner)) return nothingToDo;
      known.set(owner, nothingToDo);
      const early = claim(known, subject, false);
      const finish = begin(request, subject);
      return (status) => {
        const recorder = early ?? claim(known, subject, true);
        if (recorder !== undefined) finish(recorder, status);
      };
    },
    observe: (request, response, subject, isKnown = true) => {
      quietly(() => {
        observe(request, response, subject, isKnown);
      });
    },
  };
}

/** The bodies that a level asks for, where they were kept before the level was known. */
function ofLevel(
  bodiesOf: (() => BodyFields) | undefined,
  recording: RecordingLevel | undefined,
): BodyFields | undefined {
  const level = recording?.level;
  if (level !== 'REQUEST' && level !== 'REQUEST_RESPONSE') return undefined;
  const bodies = bodiesOf?.();
  return level === 'REQUEST' && bodies !== undefined ? { ...bodies, response_object: undefined } : bodies;
}

/** Finds the recorder of a request. `owner` marks a request that is observed already. */
interface Finder<Request> {
  readonly owner: object;
  /** @param isLast whether this request is not asked about again */
  readonly recorderOf: (subject: Request, isLast: boolean) => EntryTaker | undefined;
}

/** @throws TypeError for what is neither a recorder nor `recorderOf` */
function finder<Request>(source: RecorderSource<Request>): Finder<Request> {
  const given = source as unknown;
  if (isRecorder(given)) return { owner: given, recorderOf: () => given };
  const ask =
    typeof given === 'function' ? given : (given as { recorderOf?: unknown } | undefined)?.recorderOf;
  if (typeof ask !== 'function')
    throw new TypeError(
      'The first argument must be a recorder, as createRecorder makes it, or recorderOf, a function that returns the recorder of a request.',
    );
  return { owner: ask, recorderOf: guarded(ask as (subject: Request) => unknown) };
}

function isRecorder(value: unknown): value is EntryTaker {
  return typeof (value as Partial<EntryTaker> | null | undefined)?.record === 'function';
}

/** The error itself is not shown: it may hold a part of the request. */
const NO_RECORDER =
  'recorderOf threw an error or returned something that is no recorder, so a request was not recorded.';

/**
 * A function that fails has no recorder. Before a router has run it may fail for a good reason, so only a failure at
 * the end is reported, once.
 */
function guarded<Request>(ask: (subject: Request) => unknown): Finder<Request>['recorderOf'] {
  let isTold = false;
  return (subject, isLast) => {
    let found: unknown;
    let isWrong = false;
    try {
      found = ask(subject);
    } catch {
      isWrong = true;
    }
    if (isRecorder(found)) return found;
    isWrong ||= found !== undefined && found !== null;
    // A promise that rejects later must not end the process.
    if (isWrong && found instanceof Promise) found.catch(nothingToDo);
    if (isWrong && isLast && !isTold) {
      isTold = true;
      process.emitWarning(NO_RECORDER, { type: 'WorkspaceLogs', code: 'recorder-not-found' });
    }
    return undefined;
  };
}

function nothingToDo(): void {
  // There is nothing to do.
}

/** In HTTP/2, a handler may answer on the stream below its response, which then keeps its own status. */
function statusOf({ statusCode }: ServerResponse, stream: StreamBelow | undefined): number {
  const sent = stream?.sentHeaders?.[':status'];
  return typeof sent === 'number' ? sent : statusCode;
}

type Observed = ServerResponse & {
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
