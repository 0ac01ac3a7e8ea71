/**
 * A `node:http` server in a process of its own: `httpServer.ts KIND FOLDER`. It sends its port. After any message it
 * ends the log and sends the number of lines and the processor time that its process has used since it started to
 * listen.
 */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { loadLibrary, loadNodeLibrary } from './builtLibrary.ts';
import { asynchronous } from './contenders/pino.ts';
import { linesIn } from './linesIn.ts';

export interface ServerReport {
  readonly lines: number;
  /** Processor time of all its threads, in ms. */
  readonly busy: number;
}

interface Logged {
  readonly handler: RequestListener;
  readonly end: () => Promise<unknown>;
}

const answer: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"ok":true}');
};

const kinds: Readonly<Record<string, (folder: string) => Logged | Promise<Logged>>> = {
  bare: () => ({ handler: answer, end: () => Promise.resolve() }),
  ours: async (folder) => {
    const { createRecorder } = await loadLibrary();
    const { recordRequests } = await loadNodeLibrary();
    const recorder = await createRecorder({ workspace: folder, acceptPolicy: true });
    return { handler: recordRequests(recorder, answer), end: () => recorder.close() };
  },
  pinoHttp: (folder) => {
    const destination = pino.destination({ dest: join(folder, 'logs/api.log'), ...asynchronous });
    const log = pinoHttp({}, destination);
    const handler: RequestListener = (request, response) => {
      log(request, response);
      answer(request, response);
    };
    return { handler, end: () => ended(destination) };
  },
  pinoByHand: (folder) => {
    const destination = pino.destination({ dest: join(folder, 'logs/api.log'), ...asynchronous });
    const log = pino({ base: null }, destination);
    let count = 0;
    const handler: RequestListener = (request, response) => {
      const begun = performance.now();
      const { method, url: path, headers } = request;
      const ip = request.socket.remoteAddress;
      response.on('finish', () => {
        count += 1;
        const duration = Math.round(performance.now() - begun);
        const { 'x-request-id': request_id = `req-${count}`, 'user-agent': user_agent } = headers;
        log.info({ method, path, status: response.statusCode, duration, ip, request_id, user_agent });
      });
      answer(request, response);
    };
    return { handler, end: () => ended(destination) };
  },
};

function ended(destination: NodeJS.EventEmitter & { end: () => void }): Promise<unknown> {
  destination.end();
  return once(destination, 'close');
}

const [kind = '', folder = ''] = process.argv.slice(2);
const logged = await kinds[kind]?.(folder);
if (logged === undefined) throw new Error(`there is no server ${kind}`);
const server = createServer(logged.handler).listen(0, '127.0.0.1');
await once(server, 'listening');
const before = process.cpuUsage();
process.send?.((server.address() as AddressInfo).port);
await once(process, 'message');
const { user, system } = process.cpuUsage(before);
server.closeAllConnections();
server.close();
await logged.end();
process.send?.({ lines: linesIn(folder).lines, busy: (user + system) / 1000 } satisfies ServerReport);
