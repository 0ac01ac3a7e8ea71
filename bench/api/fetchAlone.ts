/**
 * A process that downloads once, `fetchAlone.ts PORT PATH`, and sends how it went. It looks at no byte, as a client that
 * only stores them.
 */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

export interface Download {
  readonly bytes: number;
  /** From the request to the first byte of the body, in ms. */
  readonly first: number;
  /** From the request to the last byte, in ms. */
  readonly whole: number;
}

const [port = '', path = '', only] = process.argv.slice(2);
const begun = performance.now();
const request = get({ host: '127.0.0.1', port, path });
const [response] = (await once(request, 'response')) as [IncomingMessage];
if (response.statusCode !== 200) throw new Error(`${path} answers ${String(response.statusCode)}`);
let bytes = 0;
let first = 0;
response.on('data', (piece: Buffer) => {
  if (bytes === 0) first = performance.now() - begun;
  bytes += piece.length;
  if (only === 'first') response.destroy();
});
await once(response, 'close');
process.send?.({ bytes, first, whole: performance.now() - begun } satisfies Download);
