import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Capture } from './capture.ts';
import { firstHeader } from './rawHeaders.ts';
import { unansweredStatus } from './unanswered.ts';

/**
 * Records what a server of HTTP answers without its handler: web socket handshakes and CONNECT, if the server has a
 * listener for them (in HTTP/2 Node answers CONNECT itself), requests whose `Expect` Node refuses, those without `Host`,
 * those beyond `maxRequestsPerSocket`, and requests whose head Node's parser refuses. What Node answers is not changed.
 */
export function observeServer(
  server: Pick<Server, 'emit' | 'listenerCount' | 'prependListener'>,
  { begin, observe }: Capture<IncomingMessage>,
): void {
  observeHostless(server, (request, response) => {
    observe(request, response, request);
  });
  // Node counts the listeners for upgrades and for errors. So the events are seen on their way, without more listeners.
  const emit = server.emit.bind(server) as (...words: readonly unknown[]) => boolean;
  server.emit = (...words: readonly unknown[]): boolean => {
    const [name, subject, other] = words;
    const request = subject as IncomingMessage;
    if (name === 'upgrade' || name === 'connect') {
      // HTTP/2 gives CONNECT a response.
      if (isResponse(other)) observe(request, other, request);
      else observeAnswer(request, other as Socket);
    }
    if (name === 'clientError') observeRefused(subject, other as Socket);
    if (name === 'dropRequest') begin(request, request)(503);
    return emit(...words);
  };
  server.prependListener('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    observe(request, response, request);
    // Without another listener, Node would have said this.
    if (server.listenerCount('checkExpectation') === 1) response.writeHead(417).end();
  });

  /** Records a request that is answered on its socket, without a response. */
  function observeAnswer(request: IncomingMessage, socket: Socket): void {
    const finish = begin(request, request);
    const statusWithout = unansweredStatus(request, undefined);
    let status: number | undefined;
    let isFirst = true;
    // The head of the answer is the first thing that is written, by either method.
    for (const name of ['write', 'end'] as const) {
      const method = socket[name].bind(socket) as (...words: readonly unknown[]) => unknown;
      const looking = (...words: readonly unknown[]): unknown => {
        if (isFirst) status = statusIn(words[0]);
        isFirst = false;
        return method(...words);
      };
      Object.assign(socket, { [name]: looking });
    }
    socket.once('close', () => {
      finish(status ?? statusWithout());
    });
  }

  /** The parser gives no request. Its method and path are read from what came, and there is no header. */
  function observeRefused(error: unknown, socket: Socket): void {
    const line = refusedLine(error);
    if (line === undefined) return;
    const { IncomingMessage } = process.getBuiltinModule('node:http');
    observeAnswer(Object.assign(new IncomingMessage(socket), line), socket);
  }
}

function isResponse(value: unknown): value is ServerResponse {
  return typeof (value as Partial<ServerResponse> | undefined)?.writeHead === 'function';
}

interface RequestStart {
  readonly server: { readonly requireHostHeader?: boolean };
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}
type Look = (request: IncomingMessage, response: ServerResponse) => void;

/** For each server, who looks at its requests without `Host`. */
const lookers = new WeakMap<object, Look[]>();
let isListening = false;

/** Node refuses a request of HTTP/1.1 without `Host` and emits nothing. Only this channel shows it. */
function observeHostless(server: object, look: Look): void {
  const looking = lookers.get(server);
  lookers.set(server, [...(looking ?? []), look]);
  if (isListening) return;
  isListening = true;
  process.getBuiltinModule('node:diagnostics_channel').subscribe('http.server.request.start', (message) => {
    const { server: asked, request, response } = message as RequestStart;
    if (asked.requireHostHeader !== true || request.httpVersionMinor !== 1) return;
    if (firstHeader(request.rawHeaders, 'host') !== undefined) return;
    for (const each of lookers.get(asked) ?? []) each(request, response);
  });
}

function statusIn(head: unknown): number | undefined {
  if (typeof head !== 'string' && !(head instanceof Uint8Array)) return undefined;
  const [, digits] = /^HTTP\/1\.\d (\d{3})/.exec(Buffer.from(head.slice(0, 12)).toString('latin1')) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The method and the path of a request whose head was refused.
 * @param error Node's error, with the bytes that came last, and the number of them that were read
 * @returns undefined if the bytes do not begin with a request's first line, or if its head was whole: then the request
 *   is recorded like any other
 */
function refusedLine(error: unknown): { method: string; url: string } | undefined {
  const { rawPacket, bytesParsed } = error as { rawPacket?: unknown; bytesParsed?: unknown };
  if (!Buffer.isBuffer(rawPacket) || typeof bytesParsed !== 'number') return undefined;
  if (rawPacket.subarray(0, bytesParsed).includes('\r\n\r\n')) return undefined;
  // Anything looser could take a piece of a header, which may be a secret, for a path.
  const [, method, url] =
    /^(?:\r?\n)*([A-Z-]{1,32}) ((?:\/|\*|https?:)[^\r\n]*?) HTTP\/\d/.exec(rawPacket.toString('latin1')) ??
    [];
  return method === undefined || url === undefined ? undefined : { method, url };
}
