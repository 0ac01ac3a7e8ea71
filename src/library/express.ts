import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createCapture,
  type EntryTaker,
  type RecorderOf,
  type RecorderSource,
} from '../recorder/capture/capture.ts';
import type { CaptureOptions } from '../recorder/capture/requestFacts.ts';

export type { CaptureOptions, EntryTaker, RecorderOf, RecorderSource };

/** A middleware of Express or Connect. */
export type Middleware<Request = IncomingMessage> = (
  request: Request,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The part of Express's request that the functions of the options see where their own type isn't known. */
export interface ExpressRequestLike extends IncomingMessage {
  readonly originalUrl: string;
  readonly baseUrl: string;
  readonly path: string;
  readonly hostname: string;
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly query: unknown;
  readonly get: (header: string) => string | undefined;
}

/**
 * Records each request that an Express 5 application answers, with any router.
 * @example
 * app.use(expressRecorder(recorder)); // before anything that reads bodies
 * process.once('SIGTERM', () => server.close(() => recorder.close()));
 * @param recorder a recorder from `createRecorder`, or `recorderOf`, a function that returns the recorder of a request.
 *   It is called when the request arrives and, where it had none then, when the response is closed
 * @param options `requestId` and `workspaceOf` are called with Express's request when the response is closed
 * @throws TypeError for options that are unknown or wrong
 */
export function expressRecorder<Request extends IncomingMessage = ExpressRequestLike>(
  recorder: RecorderSource<Request>,
  options?: CaptureOptions<Request>,
): Middleware & Middleware<Request> {
  const { observe } = createCapture(recorder, options);
  return (request: IncomingMessage, response, next) => {
    observe(request, response, request as Request);
    next();
  };
}
