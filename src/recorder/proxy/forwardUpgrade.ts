import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { firstHeader } from '../capture/rawHeaders.ts';
import { PassedHeaders, pairsOf } from './passedHeaders.ts';
import { UNREACHABLE, unreachableBody, type Target } from './target.ts';

const CLIENT_CLOSED = 499;
/** How long a client may take to close a connection after it was refused. */
const LINGER_MS = 1000;
/** How many bytes of a client are buffered before the target answers. Further bytes stay unread. */
const MOST_EARLY_BYTES = 65_536;

interface Upgrade {
  readonly target: Target;
  readonly headers: PassedHeaders;
  /** Is called once with the status, when both connections have ended. */
  readonly finish: (status: number) => void;
  /** How many ms the target may take to answer. */
  readonly patience: number;
}

/** Joins a client that asks for another protocol (a web socket) with the target, and passes data on in both ways. */
export function forwardUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  { target, headers, finish, patience }: Upgrade,
): void {
  let status = CLIENT_CLOSED;
  headers.set('Connection', 'Upgrade');
  headers.set('Upgrade', firstHeader(request.rawHeaders, 'upgrade') ?? '');
  let asked: ClientRequest | undefined;
  // The client must be read until it is joined: the end of a connection only shows while it is read.
  const stopListening = listenForEnd(client);
  const giveUp = setTimeout(() => {
    asked?.destroy(Object.assign(new Error('The target did not answer.'), { code: 'ETIMEDOUT' }));
  }, patience);
  client.on('error', () => client.destroy());
  client.on('close', () => {
    clearTimeout(giveUp);
    asked?.destroy();
    finish(status);
  });
  try {
    const path = target.pathFor(request.url ?? '/');
    asked = target.request({ method: request.method, path, headers: headers.outgoing, setHost: false });
  } catch (error) {
    refuse(error);
    return;
  }
  asked.on('upgrade', (answered, backend, backendHead) => {
    status = answered.statusCode ?? status;
    clearTimeout(giveUp);
    const early = stopListening();
    client.write(headText(answered, pairsOf(answered.rawHeaders)), 'latin1');
    if (backendHead.length > 0) client.write(backendHead);
    for (const words of [head, ...early]) if (words.length > 0) backend.write(words);
    join(client, backend);
  });
  asked.on('response', (answered) => {
    status = answered.statusCode ?? status;
    clearTimeout(giveUp);
    closeWhenSaid();
    // The body ends with the connection, however the target framed it.
    const fields = [...new PassedHeaders(answered.rawHeaders).pairs, ['Connection', 'close'] as const];
    client.write(headText(answered, fields), 'latin1');
    answered.on('error', () => client.destroy());
    answered.pipe(client);
  });
  asked.on('error', (error) => {
    if (status === CLIENT_CLOSED && !client.destroyed) refuse(error);
    else client.destroy();
  });
  asked.end();

  function refuse(error: unknown): void {
    status = UNREACHABLE;
    clearTimeout(giveUp);
    closeWhenSaid();
    const body = unreachableBody(error);
    const fields = [
      ['Content-Type', 'application/problem+json'],
      ['Content-Length', String(body.length)],
      ['Connection', 'close'],
    ] as const;
    client.write(headText({ statusCode: UNREACHABLE, statusMessage: 'Bad Gateway' }, fields), 'latin1');
    client.end(body);
  }

  /** Closes the connection of a refused client, which may not stay open as long as the client likes. */
  function closeWhenSaid(): void {
    client.on('finish', () => {
      const lingering = setTimeout(() => client.destroy(), LINGER_MS);
      client.on('close', () => {
        clearTimeout(lingering);
      });
    });
  }
}

/**
 * Reads a client that is not joined yet, and closes its connection when the client ends it.
 * @returns a function that ends the listening and returns what the client has sent
 */
function listenForEnd(client: Duplex): () => Buffer[] {
  const early: Buffer[] = [];
  let length = 0;
  const leave = (): void => {
    client.destroy();
  };
  const read = (): void => {
    while (length < MOST_EARLY_BYTES) {
      const words = client.read() as Buffer | null;
      if (words === null) return;
      early.push(words);
      length += words.length;
    }
  };
  client.on('readable', read);
  client.on('end', leave);
  return () => {
    client.off('readable', read);
    client.off('end', leave);
    return early;
  };
}

function headText(
  { statusCode = UNREACHABLE, statusMessage = '' }: Pick<IncomingMessage, 'statusCode' | 'statusMessage'>,
  headers: readonly (readonly [string, string])[],
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${String(statusCode)} ${statusMessage}`, ...lines, '', ''].join('\r\n');
}

/** Joins two connections: when one is closed, the other one is closed. Either may end its own half first. */
function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
