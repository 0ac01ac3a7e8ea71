import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Capture } from './capture.ts';
import { unansweredStatus } from './unanswered.ts';

/**
 * Records what a server answers without its handler: web socket handshakes, if the server has a listener for them, and requests
 * whose `Expect` Node refuses. What Node answers is not changed.
 */
export function observeServer(server: Server, { begin, observe }: Capture<IncomingMessage>): void {
  // Node counts the listeners for upgrades. So the event is seen on its way, without another listener.
  const emit = server.emit.bind(server) as (...words: readonly unknown[]) => boolean;
  server.emit = (...words: readonly unknown[]): boolean => {
    if (words[0] === 'upgrade') observeUpgrade(words[1] as IncomingMessage, words[2] as Duplex);
    return emit(...words);
  };
  server.prependListener('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    observe(request, response, request);
    // Without another listener, Node would have said this.
    if (server.listenerCount('checkExpectation') === 1) response.writeHead(417).end();
  });

  function observeUpgrade(request: IncomingMessage, socket: Duplex): void {
    const finish = begin(request, request);
    const statusWithout = unansweredStatus(request, {});
    let status: number | undefined;
    // The head of the answer is the first thing that is written, by either method.
    for (const name of ['write', 'end'] as const) {
      const method = socket[name].bind(socket) as (...words: readonly unknown[]) => unknown;
      const looking = (...words: readonly unknown[]): unknown => {
        status ??= statusIn(words[0]);
        Reflect.deleteProperty(socket, name);
        return method(...words);
      };
      Object.assign(socket, { [name]: looking });
    }
    socket.once('close', () => {
      finish(status ?? statusWithout());
    });
  }
}

function statusIn(head: unknown): number | undefined {
  if (typeof head !== 'string' && !(head instanceof Uint8Array)) return undefined;
  const [, digits] = /^HTTP\/1\.\d (\d{3})/.exec(Buffer.from(head.slice(0, 12)).toString('latin1')) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
