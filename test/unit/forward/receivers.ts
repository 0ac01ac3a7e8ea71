import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

type Said =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string | Uint8Array;
    }
  | 'hang'
  | 'close'
  | 'half'
  | 'garbage';

/** A receiver over HTTP that keeps every byte. */
export interface Receiver {
  readonly url: string;
  readonly requests: { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[];
  /** What it answers; 200 where it is undefined. Only what is answered with a 2xx counts as received. */
  answer: ((body: string) => Said | Promise<Said>) | undefined;
  /** The rows of all batches that it took, in their order. */
  rows(): Record<string, unknown>[];
  /** All that was sent to it. */
  text(): string;
  /** Resolves when it has what is asked for; it looks after each request. */
  has(isThere: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const taken: string[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      receiver.requests.push({ url: request.url ?? '', headers: request.headers, body });
      void Promise.resolve(receiver.answer?.(body.toString()) ?? { status: 200 }).then((said) => {
        if (said === 'hang') return;
        if (said === 'close') request.socket.destroy();
        else if (said === 'garbage') request.socket.end('SMTP ready\r\n\r\n');
        else if (said === 'half') {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('{', () => request.socket.destroy());
        } else {
          if (said.status < 300) taken.push(body.toString());
          response.writeHead(said.status, said.headers).end(said.body);
        }
        for (const look of waiting) look();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    requests: [],
    answer: undefined,
    rows: () =>
      taken.flatMap((text) =>
        text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      ),
    text: () =>
      receiver.requests
        .map(({ url, headers, body }) => url + JSON.stringify(headers) + body.toString())
        .join('\n'),
    has: (isThere) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isThere()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
