import { once } from 'node:events';
import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createCapture, type EntryTaker } from '../capture/capture.ts';
import { observeServer } from '../capture/observeServer.ts';
import type { CaptureOptions } from '../capture/requestFacts.ts';
import { trustedProxies } from '../capture/trustedProxies.ts';
import { forwardRequest } from './forwardRequest.ts';
import { forwardUpgrade } from './forwardUpgrade.ts';
import { requestHeaders } from './passedHeaders.ts';
import { LONGEST_HEAD, type Target } from './target.ts';

const HOST = '127.0.0.1';
const UPGRADE_PATIENCE_MS = 60_000;

export interface ProxyOptions extends CaptureOptions {
  readonly target: Target;
  /** 0 means any free port. */
  readonly port: number;
  /** How many ms a target may take to answer a request for a web socket. The default is a minute. */
  readonly upgradePatience?: number;
}

export interface Proxy {
  /** The URL of the proxy. */
  readonly url: string;
  /** Takes no more requests. Running requests may finish until `patience` ms have passed. */
  readonly close: (patience: number) => Promise<void>;
}

/**
 * Listens on this machine, passes each request to the target and records it.
 * @throws TypeError for wrong options; errors of the system if the port is not free
 */
export async function startProxy(recorder: EntryTaker, options: ProxyOptions): Promise<Proxy> {
  const { target, port, upgradePatience = UPGRADE_PATIENCE_MS, ...captureOptions } = options;
  const capture = createCapture(recorder, captureOptions);
  const isTrusted = trustedProxies(captureOptions.trustedProxies);
  const answering = new Set<ServerResponse>();
  const upgraded = new Set<Duplex>();

  // This is no import: each start of the command line would load the module, which takes a fourth of its time.
  const { createServer } = process.getBuiltinModule('node:http');
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    capture.observe(request, response, request);
    answering.add(response);
    response.on('close', () => answering.delete(response));
    // While the server ends, a connection without further requests has no other reason to close.
    if (!server.listening) response.shouldKeepAlive = false;
    forwardRequest(request, response, target, requestHeaders(request, target, isTrusted));
  };
  const server = createServer(serverOptions, pass);
  observeServer(server, capture);
  // What a client expects is the target's to answer, `100 Continue` too.
  server.on('checkContinue', pass).on('checkExpectation', pass);
  server.maxHeadersCount = 0;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    const headers = requestHeaders(request, target, isTrusted);
    forwardUpgrade(request, socket, head, { target, headers, patience: upgradePatience });
  });
  server.listen(port, HOST);
  await once(server, 'listening');

  return {
    url: `http://${HOST}:${String((server.address() as AddressInfo).port)}`,
    async close(patience) {
      const ended = new Promise((resolve) => server.close(resolve));
      const sweep = setInterval(() => {
        server.closeIdleConnections();
      }, SWEEP_MS);
      const giveUp = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, patience);
      await ended;
      clearInterval(sweep);
      clearTimeout(giveUp);
      target.close();
      // The last entries are recorded when their connections are closed. The server does not wait for that.
      while (answering.size + upgraded.size > 0) await setImmediate();
    },
  };
}

/** How often connections that became idle are closed while the server ends. */
const SWEEP_MS = 50;

const serverOptions: ServerOptions & { shouldUpgradeCallback: (request: IncomingMessage) => boolean } = {
  // The target decides how long a request may take to arrive.
  requestTimeout: 0,
  maxHeaderSize: LONGEST_HEAD,
  // Some clients offer HTTP/2 with every request. The proxy need not accept the offer. A request with a body is not
  // upgraded, so that its body is read.
  shouldUpgradeCallback: ({ headers }) =>
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0',
};
