import type { IncomingMessage, ServerResponse } from 'node:http';
import { BYTES_PER_MB } from '../../base/units.ts';
import type { Entry } from '../../files/entry.ts';
import { checkCaptureOptions, requestFacts, type CaptureOptions, type OfRequest } from './requestFacts.ts';
import {
  captureBodies,
  fieldsOf,
  fuller,
  type Bodies,
  type BodyFields,
  type RecordingLevel,
} from './captureBodies.ts';
import { firstHeader } from './rawHeaders.ts';
import { unansweredStatus, type StreamBelow } from './unanswered.ts';

/** A request that is over, for the audit trail. The names are those of an entry. */
export interface AuditedRequest extends Partial<BodyFields> {
  readonly user: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly ip: string | undefined;
  readonly request_id: string;
  readonly user_agent: string | undefined;
  readonly workspace_id?: string | undefined;
  readonly aborted?: boolean | undefined;
}

/** What makes audit records of requests. */
export interface RequestAuditor {
  /** How much of a request its record holds; undefined if it becomes none. Never throws. */
  readonly levelOf: (request: Pick<AuditedRequest, 'method' | 'path'>) => RecordingLevel | undefined;
  /** Never waits and never throws. */
  readonly record: (request: AuditedRequest) => void;
}

/** What capturing needs from a recorder. */
export interface EntryTaker {
  /** Never waits and never throws. */
  readonly record: (entry: Entry) => boolean;
  /** Undefined while nothing is recorded. */
  readonly recording: RecordingLevel | undefined;
  /** Undefined while no request becomes an audit record. */
  readonly audit?: RequestAuditor | undefined;
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

/** The beginning of an entry. */
interface Begun {
  readonly request: Pick<AuditedRequest, 'method' | 'path'>;
  readonly finish: (recorder: EntryTaker, status: number, isAborted?: boolean, bodies?: Bodies) => void;
}

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
  function begin(request: IncomingMessage, subject: Request): Begun {
    const begun = performance.now();
    const { method = '' } = request;
    const { originalUrl = request.url } = request as IncomingMessage & { originalUrl?: string };
    // CONNECT has no path in HTTP/2.
    const path = originalUrl ?? firstHeader(request.rawHeaders, ':authority') ?? '';
    const peer = request.socket.remoteAddress;
    const finish: Begun['finish'] = (recorder, status, isAborted = false, bodies) => {
      const { user, ip, request_id, user_agent, workspace_id } = factsOf(request, peer, subject);
      const duration_ms = performance.now() - begun;
      const entry = { user, method, path, status, duration_ms, ip, request_id, user_agent };
      // Each further field costs time for every METADATA line, so the rare fields are added only if they are needed.
      if (workspace_id !== undefined) Object.assign(entry, { workspace_id });
      if (isAborted) Object.assign(entry, { aborted: true });
      const { audit } = recorder;
      const audited = audit?.levelOf(entry);
      // The entry gets no body that its own level does not ask for, though the record may.
      if (audited !== undefined) audit?.record({ ...entry, ...fieldsOf(bodies, audited.level) });
      if (bodies !== undefined) Object.assign(entry, fieldsOf(bodies, recorder.recording?.level));
      recorder.record(entry);
    };
    return { request: { method, path }, finish };
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
    const begun = begin(request, subject);
    // Applications may set a property of this name in HTTP/1.
    const stream = request.httpVersionMajor < 2 ? undefined : response.stream;
    const statusWithout = unansweredStatus(request, stream);
    let recorder: EntryTaker | undefined;
    let bodiesOf: (() => Bodies) | undefined;
    let isAsked = false;

    function arrive(): void {
      if (isAsked) return;
      isAsked = true;
      recorder = claim(known, subject, false);
      const level =
        recorder === undefined
          ? ANY_LEVEL
          : fuller(recorder.recording, recorder.audit?.levelOf(begun.request));
      bodiesOf = level && captureBodies(request, response, stream, level);
    }
    known.set(owner, arrive);
    if (isKnown) arrive();

    let isFinished = false;
    response.on('finish', () => {
      isFinished = true;
    });
    response.on('close', () => {
      quietly(() => {
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
        const status = isAnswered ? statusOf(response, stream) : statusWithout();
        begun.finish(recorder, status, isAnswered && !isWhole, bodiesOf?.());
      });
    });
  }

  return {
    begin: (request, subject) => {
      const known = observersOf(request);
      if (known.has(owner)) return nothingToDo;
      known.set(owner, nothingToDo);
      const early = claim(known, subject, false);
      const { finish } = begin(request, subject);
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
