import type { IncomingMessage, RequestListener } from 'node:http';
import { createCapture } from '../app/capture/capture.ts';
import type { EntryTaker } from '../app/capture/capture.ts';
import type { CaptureOptions } from '../app/capture/captureOptions.ts';

export type { CaptureOptions, EntryTaker };

/**
 * Records each request that a handler of `node:http` or `node:https` answers.
 * @example createServer(recordRequests(recorder, handler))
 * @param recorder as `createRecorder` makes it
 * @param handler is called as the server would call it; what it returns or throws is its own
 * @throws TypeError for options that are unknown or wrong
 */
export function recordRequests<Handler extends RequestListener>(
  recorder: EntryTaker,
  handler: Handler,
  options?: CaptureOptions<IncomingMessage>,
): RequestListener {
  if (typeof handler !== 'function') throw new TypeError('The second argument must be a request handler.');
  const { observe } = createCapture(recorder, options);
  return function (this: unknown, request, response) {
    observe(request, response, request);
    return handler.call(this, request, response);
  };
}
