/**
 * A process that reads streams, `streamReaders.ts PORT COUNT ENTRIES`. It sends `ready` when all have begun, and the
 * number of entries that one of them lacks or has twice when the last entry came to all of them.
 */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

const [port = '', count = '', entries = ''] = process.argv.slice(2);
const readers = Array.from({ length: Number(count) }, () => reader());
await Promise.all(readers.map(({ begun }) => begun));
process.send?.('ready');
const missed = await Promise.all(readers.map(({ ended }) => ended));
process.send?.(missed.reduce((sum, one) => sum + one, 0));

function reader(): { readonly begun: Promise<unknown>; readonly ended: Promise<number> } {
  const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
  return { begun, ended: read(begin) };
}

async function read(begin: (value: undefined) => void): Promise<number> {
  const request = get({ host: '127.0.0.1', port, path: '/api/workspaces/shop/logs/stream', agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let next = 0;
  let missed = 0;
  let text = '';
  response.setEncoding('latin1');
  for await (const piece of response as AsyncIterable<string>) {
    text += piece;
    const end = text.lastIndexOf('\n\n');
    if (end === -1) continue;
    const whole = text.slice(0, end);
    text = text.slice(end);
    if (whole.includes('event: ready')) begin(undefined);
    for (const [, number] of whole.matchAll(/"path":"\/n\/(\d+)"/g)) {
      if (Number(number) !== next) missed += 1;
      next = Number(number) + 1;
    }
    if (whole.includes('/the-last-one')) break;
  }
  return missed + Number(entries) - next;
}
