// `npm run check` runs without these packages: here their types are any. `npm run bench` checks the calls of them.
declare module '@zip.js/zip.js';
declare module 'autocannon';
declare module 'log4js';
declare module 'pino';
declare module 'pino-http';
declare module 'rotating-file-stream';
declare module 'winston';
declare module 'winston-daily-rotate-file';
