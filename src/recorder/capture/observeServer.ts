import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Capture } from './capture.ts';
import { unansweredStatus } from './unanswered.ts';

/**
 * Records what a server of HTTP answers without its handler: web socket handshakes, if the server has a listener for
 * them, requests whose `Expect` Node refuses, and requests whose head Node's parser refuses. What Node answers is not
 * changed.
 */
export function observeServer(
  server: Pick<Server, 'emit' | 'listenerCount' | 'prependListener'>,
  { begin, observe }: Capture<IncomingMessage>,
): void {
  // Node counts the listeners for upgrades and for errors. So the events are seen on their way, without more listeners.
  const emit = server.emit.bind(server) as (...words: readonly unknown[]) => boolean;
  server.emit = (...words: readonly unknown[]): boolean => {
    const [name, subject, socket] = words;
    if (name === 'upgrade') observeAnswer(subject as IncomingMessage, socket as Socket);
    else if (name === 'clientError') observeRefused(subject, socket as Socket);
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
    const statusWithout = unansweredStatus(request, {});
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

function statusIn(head: unknown): number | undefined {
  if (typeof head !== 'string' && !(head instanceof Uint8Array)) return undefined;
  const [, digits] = /^HTTP\/1\.\d (\d{3})/.exec(Buffer.from(head.slice(0, 12)).toString('latin1')) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The method and the path of a request whose head was refused.
 * @param error Node's error, with the bytes that came last, and the number of them that were read
 * @returns undefined if the bytes do not begin with a request's first line, or if its head was whole: then the request
 *   is recorded as any other
 */
function refusedLine(error: unknown): { method: string; url: string } | undefined {
  const { rawPacket, bytesParsed } = error as { rawPacket?: unknown; bytesParsed?: unknown };
  if (!Buffer.isBuffer(rawPacket) || typeof bytesParsed !== 'number') return undefined;
  if (rawPacket.subarray(0, bytesParsed).includes('\r\n\r\n')) return undefined;
  // Anything looser could take a piece of a header, which may be a secret, for a path.
  const [, method, url] =
    /^([A-Z-]{1,32}) ((?:\/|\*|https?:)[^\r\n]*?) HTTP\/\d/.exec(rawPacket.toString('latin1')) ?? [];
  return method === undefined || url === undefined ? undefined : { method, url };
}
