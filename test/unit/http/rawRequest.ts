import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface RawAnswer {
  /** 0 where the connection was closed without an answer. */
  readonly status: number;
  /** Head and body. */
  readonly text: string;
}

/** Sends these bytes on a connection of their own, and reads until the server closes it. */
export async function rawRequest(url: string, head: readonly string[], body = ''): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  // One byte of the text is one byte of the request.
  socket.write(Buffer.from(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  const text = (await buffer(socket).catch(() => Buffer.alloc(0))).toString('latin1');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}
