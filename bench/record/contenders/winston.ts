import { once } from 'node:events';
import { join } from 'node:path';
import winston from 'winston';
import DailyRotateFile from 'winston-daily-rotate-file';
import type { Contender } from './contender.ts';

/** winston with winston-daily-rotate-file. Its JSON format alone, without the time, which is slower with it. */
export function openWinston(folder: string): Contender {
  const transport = new DailyRotateFile({
    filename: join(folder, 'logs/api-%DATE%.log'),
    datePattern: 'YYYY-MM-DD',
    maxSize: '20m',
  });
  const log = winston.createLogger({ format: winston.format.json(), transports: transport as never });
  return {
    take: (entry) => {
      log.info('request', entry);
    },
    pause: () => (log.writableNeedDrain ? once(log, 'drain') : undefined),
    end: async () => {
      log.end();
      // The first event means that the transport has accepted everything, the second that its file is closed.
      await once(transport, 'finish');
      await once(transport, 'finish');
    },
  };
}
