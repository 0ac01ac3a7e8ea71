import { join } from 'node:path';
import log4js from 'log4js';
import type { Contender } from './contender.ts';

/** log4js with its rolling file appender, and a layout of JSON lines as its page on layouts shows it. */
export function openLog4js(folder: string): Contender {
  log4js.addLayout(
    'json',
    () =>
      ({ data }: { readonly data: readonly unknown[] }) =>
        JSON.stringify(data[0]),
  );
  const filename = join(folder, 'logs/api.log');
  log4js.configure({
    appenders: {
      api: {
        type: 'file',
        filename,
        maxLogSize: '20M',
        backups: 20,
        layout: { type: 'json', separator: '' },
      },
    },
    categories: { default: { appenders: ['api'], level: 'info' } },
    disableClustering: true,
  });
  const log = log4js.getLogger();
  let resumed: Promise<void> | undefined;
  let resume: () => void = () => undefined;
  (process as NodeJS.EventEmitter).on('log4js:pause', (isFull: boolean) => {
    if (!isFull) {
      resume();
      resumed = undefined;
    } else
      resumed ??= new Promise((resolve) => {
        resume = resolve;
      });
  });
  return {
    take: (entry) => {
      log.info(entry);
    },
    pause: () => resumed,
    end: () =>
      new Promise((resolve, reject) => {
        log4js.shutdown((error?: Error) => {
          if (error == null) resolve();
          else reject(error);
        });
      }),
  };
}
