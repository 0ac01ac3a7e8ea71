import type { OpenContender } from './contender.ts';

/** Each contender is loaded only in the process that measures it. */
export const contenders = {
  ours: async (folder) => (await import('./workspaceLogs.ts')).openWorkspaceLogs(folder),
  stringify: async () => (await import('./bareStringify.ts')).openBareStringify(),
  pino: async (folder) => (await import('./pino.ts')).openPino(folder),
  pinoRoll: async (folder) => (await import('./pinoRoll.ts')).openPinoRoll(folder),
  pinoRollInWorker: async (folder) => (await import('./pinoRoll.ts')).openPinoRollInWorker(folder),
  winston: async (folder) => (await import('./winston.ts')).openWinston(folder),
  rotatingFileStream: async (folder) =>
    (await import('./rotatingFileStream.ts')).openRotatingFileStream(folder),
  log4js: async (folder) => (await import('./log4js.ts')).openLog4js(folder),
} satisfies Record<string, OpenContender>;

export type ContenderName = keyof typeof contenders;
