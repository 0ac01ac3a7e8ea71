import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entry } from '../../model/entry.ts';
import type { BodySample } from './bodySample.ts';
import { tapRequest, tapResponse } from './bodyTaps.ts';
import { bodyValue } from './bodyValue.ts';
import { checkCaptureOptions } from './captureOptions.ts';
import type { CaptureOptions } from './captureOptions.ts';
import { firstHeader } from './rawHeaders.ts';
import { requestReader } from './requestReader.ts';

/** What capturing needs of a recorder. */
export interface EntryTaker {
  /** Never waits and never throws. */
  record(entry: Entry): boolean;
  /** Undefined while nothing is recorded. */
  readonly recording: { readonly level: string; readonly maxBodyBytes: number } | undefined;
}

/** Looks on while a backend answers, and records one entry for each request. */
export interface Capture<Request> {
  /**
   * Call it before the handler sees the request; a pair that this recorder observes already is left alone.
   * @param subject what the options' functions are given
   */
  observe(request: IncomingMessage, response: ServerResponse, subject: Request): void;
  /** Begins an entry whose end the caller tells, for what has no response: web sockets. */
  begin(request: IncomingMessage, subject: Request): Finish;
}

/** Ends an entry. */
export type Finish = (status: number, more?: Readonly<Record<string, unknown>>) => void;

/** As nginx says it: the client closed the request before there was an answer. */
const CLIENT_CLOSED = 499;
/**
 * Bytes that are kept beyond the policy's limit. Masking comes before cutting, and half a secret is not known as one:
 * with these, a secret that lies across the limit is seen whole.
 */
const BEYOND_LIMIT = 4096;
/** The same in every copy of this module, so that no request is recorded twice where two doors are open. */
const observedBy = Symbol.for('workspace-logs.observedBy');
type Observed = ServerResponse & { [observedBy]?: EntryTaker };

/** @throws TypeError for options that are unknown or wrong */
export function createCapture<Request = IncomingMessage>(
  recorder: EntryTaker,
  options: CaptureOptions<Request> = {},
): Capture<Request> {
  checkRecorder(recorder);
  checkCaptureOptions(options);
  const read = requestReader(options);

  function observe(request: IncomingMessage, response: Observed, subject: Request): void {
    if (response[observedBy] === recorder) return;
    response[observedBy] = recorder;
    const begun = performance.now();
    // Handlers and routers change these; the socket forgets its address when it is closed.
    const { method } = request;
    const path = pathOf(request);
    const peer = request.socket.remoteAddress;
    const bodies = tapBodies(recorder.recording, request, response);
    response.on('close', () => {
      const isWhole = response.writableFinished;
      const status = isWhole || response.headersSent ? response.statusCode : CLIENT_CLOSED;
      const entry = read(request, subject, peer) as Record<string, unknown>;
      entry.method = method;
      entry.path = path;
      entry.status = status;
      entry.duration_ms = performance.now() - begun;
      if (!isWhole && status !== CLIENT_CLOSED) entry.aborted = true;
      if (bodies !== undefined) addBodies(entry, bodies, request, response);
      recorder.record(entry as unknown as Entry);
    });
  }
  return { observe };
}
