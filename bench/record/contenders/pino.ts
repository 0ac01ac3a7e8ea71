import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Contender } from './contender.ts';

/** The settings of pino's page on asynchronous logging: buffers of 4 KB, written asynchronously. No rotation. */
export const asynchronous = { sync: false, minLength: 4096 };

/** pino without rotation. It never reports a full buffer; it buffers without a limit. */
export function openPino(folder: string): Contender {
  const destination = pino.destination({ dest: join(folder, 'logs/api.log'), ...asynchronous });
  const log = pino({ base: null }, destination);
  return {
    take: (entry) => {
      log.info(entry);
    },
    end: async () => {
      destination.end();
      await once(destination, 'close');
    },
  };
}
