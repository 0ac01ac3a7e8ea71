import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = [
  ...[
    'pino',
    'pino-roll',
    'pino-http',
    'winston',
    'winston-daily-rotate-file',
    'rotating-file-stream',
    'log4js',
  ],
  ...['sonic-boom', 'thread-stream', 'autocannon'],
];

/** The versions of the products that are measured beside this one. */
export function competitorVersions(): string {
  const modules = join(import.meta.dirname, '../node_modules');
  return packages
    .map((name) => {
      const { version } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as {
        version: string;
      };
      return `${name} ${version}`;
    })
    .join(', ');
}
