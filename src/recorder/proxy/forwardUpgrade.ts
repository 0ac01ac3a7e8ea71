import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { firstHeader } from '../capture/rawHeaders.ts';
import { headText, PassedHeaders, pairsOf } from './passedHeaders.ts';
import { UNREACHABLE, unreachable, type Target } from './target.ts';

/** How long a client may take to close a connection after it was refused. */
const LINGER_MS = 1000;
/** How many bytes of a client are buffered before the target answers. Further bytes stay unread. */
const MOST_EARLY_BYTES = 65_536;

const CONTINUE = 100;

interface Upgrade {
  readonly target: Target;
  readonly headers: PassedHeaders;
  /** How many ms the target may take to answer. */
  readonly patience: number;
}

/** Joins a client that asks for another protocol (a web socket) with the target, and passes data on in both ways. */
export function forwardUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  { target, headers, patience }: Upgrade,
): void {
  let isAnswered = false;
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
  });
  try {
    asked = target.ask(request, headers.outgoing);
  } catch (error) {
    refuse(error);
    return;
  }
  asked.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
    // A handshake has no body that a client could wait to send.
    if (statusCode !== CONTINUE)
      client.write(headText(statusCode, statusMessage, new PassedHeaders(rawHeaders).pairs), 'latin1');
  });
  asked.on('upgrade', (answered, backend, backendHead) => {
    begin(answered.statusCode, answered.statusMessage, pairsOf(answered.rawHeaders));
    client.write(backendHead);
    for (const words of [head, ...stopListening()]) backend.write(words);
    join(client, backend);
  });
  asked.on('response', (answered) => {
    const passed = new PassedHeaders(answered.rawHeaders);
    // The end of the connection ends the body, so there is no place for trailers.
    passed.delete('Trailer');
    beginLast(answered.statusCode, answered.statusMessage, passed.pairs);
    answered.on('error', () => client.destroy());
    answered.pipe(client);
  });
  asked.on('error', (error) => {
    if (!isAnswered && !client.destroyed) refuse(error);
    else client.destroy();
  });
  asked.end();

  function refuse(error: unknown): void {
    const problem = unreachable(error);
    beginLast(problem.status, problem.title, Object.entries(problem.headers));
    client.end(problem.body);
  }

  /** Writes the head of an answer. */
  function begin(code = UNREACHABLE, message = '', fields: Iterable<readonly [string, string]>): void {
    isAnswered = true;
    clearTimeout(giveUp);
    client.write(headText(code, message, fields), 'latin1');
  }

  /** Writes the head of an answer that closes the connection. The end of the connection then ends the body. */
  function beginLast(
    code: number | undefined,
    message: string | undefined,
    fields: readonly (readonly [string, string])[],
  ): void {
    // A refused client may not keep its connection open for ever.
    client.on('finish', () => {
      const lingering = setTimeout(() => client.destroy(), LINGER_MS);
      client.on('close', () => {
        clearTimeout(lingering);
      });
    });
    begin(code, message, [...fields, ['Connection', 'close']]);
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

/** Joins two connections: they close together, but either may end its own half first. */
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
