import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { firstHeader } from '../capture/rawHeaders.ts';
import { PassedHeaders, pairsOf } from './passedHeaders.ts';
import type { Target } from './target.ts';
import { UNREACHABLE, unreachableBody } from './unreachable.ts';

const CLIENT_CLOSED = 499;

/**
 * Joins a client that asks for another protocol (a web socket) with the target, and passes on what either says.
 * @param finish is called once with the status, when both have ended
 */
export function forwardUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  { target, headers, finish }: { target: Target; headers: PassedHeaders; finish: (status: number) => void },
): void {
  let status = CLIENT_CLOSED;
  headers.set('Connection', 'Upgrade');
  headers.set('Upgrade', firstHeader(request.rawHeaders, 'upgrade') ?? '');
  let asked: ClientRequest | undefined;
  client.on('error', () => client.destroy());
  client.on('close', () => {
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
    client.write(headText(answered, pairsOf(answered.rawHeaders)), 'latin1');
    if (backendHead.length > 0) client.write(backendHead);
    if (head.length > 0) backend.write(head);
    join(client, backend);
  });
  asked.on('response', (answered) => {
    status = answered.statusCode ?? status;
    // The end of the connection is the end of the body, whatever framed it before.
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
    const body = unreachableBody(error);
    const fields = [
      ['Content-Type', 'application/problem+json'],
      ['Content-Length', String(body.length)],
      ['Connection', 'close'],
    ] as const;
    client.write(headText({ statusCode: UNREACHABLE, statusMessage: 'Bad Gateway' }, fields), 'latin1');
    client.end(body);
  }
}

function headText(
  { statusCode = UNREACHABLE, statusMessage = '' }: Pick<IncomingMessage, 'statusCode' | 'statusMessage'>,
  headers: readonly (readonly [string, string])[],
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${String(statusCode)} ${statusMessage}`, ...lines, '', ''].join('\r\n');
}

/** Two connections that live and die together; either may end its half first. */
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
