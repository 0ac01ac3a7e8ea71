import type { RequestListener } from 'node:http';
import type { Server } from 'node:net';
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
 * Records each request that a handler of `node:http` or `node:https` answers, and what Node answers without it: web
 * socket handshakes, refused `Expect` headers, and heads that Node's parser refuses.
 * @example
 * const server = createServer(recordRequests(recorder, handler));
 * process.once('SIGTERM', () => server.close(() => recorder.close()));
 * @param recorder a recorder from `createRecorder`, or `recorderOf`, a function that returns the recorder of a request
 * @param handler is called exactly as the server would call it; its return value and its errors are passed on. It may be
 *   an application of Express
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
  const meet = (server: unknown): void => {
    if (!isServer(server) || servers.has(server)) return;
    servers.add(server);
    observeServer(server, capture);
  };
  // An async handler returns a promise, which the server may want to see (`captureRejections`).
  const answer: (...words: Parameters<RequestListener>) => unknown = handler;
  const listener: RequestListener = function (this: unknown, request, response) {
    observe(request, response, request);
    meet(this);
    return answer.call(this, request, response);
  };
  watchConnections();
  meetings.set(listener, meet);
  return listener;
}

/** For each listener made here, what introduces a server to it. */
const meetings = new WeakMap<object, (server: Server) => void>();
let isWatching = false;

/**
 * The first thing that a server gets may be a handshake, of which its listener hears nothing. So a server is looked at
 * when it gets a connection, before anything is read from it.
 */
function watchConnections(): void {
  if (isWatching) return;
  isWatching = true;
  process.getBuiltinModule('node:diagnostics_channel').subscribe('net.server.socket', (message) => {
    const { server } = (message as { socket: { server?: unknown } }).socket;
    if (!isServer(server)) return;
    for (const listener of server.listeners('request')) meetings.get(listener)?.(server);
  });
}

/** Servers of `node:http`, `node:https` and `node:http2` all are servers of `node:net`. */
function isServer(value: unknown): value is Server {
  return value instanceof process.getBuiltinModule('node:net').Server;
}
