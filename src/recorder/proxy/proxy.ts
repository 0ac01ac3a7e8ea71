import { once } from 'node:events';
import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createCapture, type EntryTaker } from '../capture/capture.ts';
import type { CaptureOptions } from '../capture/requestFacts.ts';
import { trustedProxies } from '../capture/trustedProxies.ts';
import { forwardRequest } from './forwardRequest.ts';
import { forwardUpgrade } from './forwardUpgrade.ts';
import { requestHeaders } from './passedHeaders.ts';
import type { Target } from './target.ts';

const HOST = '127.0.0.1';
const UPGRADE_PATIENCE_MS = 60_000;

export interface ProxyOptions extends CaptureOptions {
  readonly target: Target;
  /** 0 takes any that is free. */
  readonly port: number;
  /** How many ms a target may take to answer who asks for a web socket; a minute, unless it is given. */
  readonly upgradePatience?: number;
}

export interface Proxy {
  /** Where it listens. */
  readonly url: string;
  /** Takes no more requests; those that run may finish until `patience` ms have passed. */
  readonly close: (patience: number) => Promise<void>;
}

/**
 * Listens on this machine, passes each request to the target and records it.
 * @throws TypeError for options that are wrong; errors of the system where the port is not free
 */
export async function startProxy(recorder: EntryTaker, options: ProxyOptions): Promise<Proxy> {
  const { target, port, upgradePatience = UPGRADE_PATIENCE_MS, ...captureOptions } = options;
  const { observe, begin } = createCapture(recorder, captureOptions);
  const isTrusted = trustedProxies(captureOptions.trustedProxies);
  const answering = new Set<ServerResponse>();
  const upgraded = new Set<Duplex>();

  // Not imported: each start of the command line would load it, which takes a fourth of its time.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer(serverOptions, (request, response) => {
    observe(request, response, request);
    answering.add(response);
    response.on('close', () => answering.delete(response));
    // A connection that ran out of requests while the server ends has no other reason to close.
    if (!server.listening) response.shouldKeepAlive = false;
    forwardRequest(request, response, target, requestHeaders(request, target, isTrusted));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    const headers = requestHeaders(request, target, isTrusted);
    const finish = begin(request, request);
    forwardUpgrade(request, socket, head, { target, headers, finish, patience: upgradePatience });
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
      // The last entries are recorded as their connections are closed, which the server does not wait for.
      while (answering.size + upgraded.size > 0) await setImmediate();
    },
  };
}

/** How often connections are closed that became idle while the server ends. */
const SWEEP_MS = 50;

const serverOptions: ServerOptions & { shouldUpgradeCallback: (request: IncomingMessage) => boolean } = {
  // How long a request may take to arrive is for the target to decide.
  requestTimeout: 0,
  // Some clients offer HTTP/2 with every request; that offer need not be taken.
  // A request with a body goes the way on which bodies are read.
  shouldUpgradeCallback: ({ headers }) =>
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0',
};
