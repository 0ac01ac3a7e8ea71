import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import roll from 'pino-roll';
import type { Contender } from './contender.ts';
import { asynchronous } from './pino.ts';

const optionsFor = (folder: string): object => ({
  file: join(folder, 'logs/api'),
  extension: '.log',
  size: '20m',
  ...asynchronous,
});

/** pino-roll as a destination in the same thread. */
export async function openPinoRoll(folder: string): Promise<Contender> {
  const destination = await roll(optionsFor(folder));
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

/** pino-roll as its readme shows it: a transport in a worker thread. */
export async function openPinoRollInWorker(folder: string): Promise<Contender> {
  const transport = pino.transport({ target: 'pino-roll', options: optionsFor(folder) });
  await once(transport, 'ready');
  // Its types lack this getter.
  const stream = transport as unknown as { readonly writableNeedDrain: boolean };
  const log = pino({ base: null }, transport);
  return {
    take: (entry) => {
      log.info(entry);
    },
    pause: () => (stream.writableNeedDrain ? once(transport, 'drain') : undefined),
    end: async () => {
      transport.end();
      await once(transport, 'close');
    },
  };
}
