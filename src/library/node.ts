import type { RequestListener, Server } from 'node:http';
import {
  createCapture,
  type EntryTaker,
  type RecorderOf,
  type RecorderSource,
} from '../recorder/capture/capture.ts';
import { observeServer } from '../recorder/capture/observeServer.ts';
import type { CaptureOptions } from '../recorder/capture/requestFacts.ts';

export type { CaptureOptions, EntryTaker, RecorderOf, RecorderSource };

/**
 * Records each request that a handler of `node:http` or `node:https` answers.
 * @example
 * const server = createServer(recordRequests(recorder, handler));
 * process.once('SIGTERM', () => server.close(() => recorder.close()));
 * @param recorder a recorder from `createRecorder`, or `recorderOf`, a function that returns the recorder of a request
 * @param handler is called exactly as the server would call it; its return value and its errors are passed on
 * @throws TypeError for options that are unknown or wrong
 */
export function recordRequests(
  recorder: RecorderSource,
  handler: RequestListener,
  options?: CaptureOptions,
): RequestListener {
  if (typeof handler !== 'function') throw new TypeError('The second argument must be a request handler.');
  const capture = createCapture(recorder, options);
  const { observe } = capture;
  const servers = new WeakSet();
  // An async handler returns a promise, which the server may want to see (`captureRejections`).
  const answer: (...words: Parameters<RequestListener>) => unknown = handler;
  return function (this: unknown, request, response) {
    observe(request, response, request);
    // The server is known from its first request on.
    if (isServer(this) && !servers.has(this)) {
      servers.add(this);
      observeServer(this, capture);
    }
    return answer.call(this, request, response);
  };
}

function isServer(value: unknown): value is Server {
  return value instanceof process.getBuiltinModule('node:http').Server;
}
