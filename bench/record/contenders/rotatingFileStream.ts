import { once } from 'node:events';
import { join } from 'node:path';
import { createStream } from 'rotating-file-stream';
import type { Contender } from './contender.ts';

/** A stream of lines, not a logger: it gets the `JSON.stringify` text of each entry. */
export function openRotatingFileStream(folder: string): Contender {
  const stream = createStream('api.log', { path: join(folder, 'logs'), size: '20M' });
  return {
    take: (entry) => {
      stream.write(`${JSON.stringify(entry)}\n`);
    },
    pause: () => (stream.writableNeedDrain ? once(stream, 'drain') : undefined),
    end: async () => {
      stream.end();
      await once(stream, 'close');
    },
  };
}
