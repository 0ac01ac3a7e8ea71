import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Contender } from './contender.ts';

/** What pino's page on asynchronous logging sets: buffers of 4 KB, written beside the program. No rotation. */
export const asynchronous = { sync: false, minLength: 4096 };

/** pino without rotation. It never says that its buffer is full; it buffers without a limit. */
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
