import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { mock } from 'node:test';
import { commandLine } from '../../src/cli/commandLine.ts';
import type { Answer, Circumstances } from './commandLine.ts';
import { testEnvironment } from './freshFolders.ts';

let isRunning = false;

/**
 * Calls the command line in this process, which costs a tenth of a start: for what does not depend on how a process begins
 * and ends. Until it answers, the standard streams and what `process.cwd()` says are the call's; so only one may run.
 */
export async function commandLineHere(
  words: readonly string[],
  { cwd = '/', env = {}, input }: Pick<Circumstances, 'cwd' | 'env' | 'input'> = {},
): Promise<Answer> {
  if (isRunning) throw new Error('Another call is under way. Start processes for such a test.');
  isRunning = true;
  const streams = [streamOf('stdin'), streamOf('stdout')] as const;
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const printed = buffer(stdout);
  let stderr = '';
  const { writeSync } = fs;
  const written = mock.method(fs, 'writeSync', (...given: Parameters<typeof writeSync>) => {
    if (given[0] !== 2) return writeSync(...given);
    const bytes = Buffer.from(given[1] as Uint8Array | string);
    stderr += bytes.toString();
    return bytes.length;
  });
  syncBuiltinESMExports();
  const place = mock.method(process, 'cwd', () => cwd);
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  Object.defineProperty(process, 'stdout', { value: stdout, configurable: true });
  try {
    stdin.end(input);
    const code = await commandLine(words, { ...testEnvironment(), ...env });
    stdout.end();
    return { code, stdout: (await printed).toString(), stderr };
  } finally {
    Object.defineProperty(process, 'stdin', streams[0]);
    Object.defineProperty(process, 'stdout', streams[1]);
    place.mock.restore();
    written.mock.restore();
    syncBuiltinESMExports();
    isRunning = false;
  }
}

function streamOf(name: 'stdin' | 'stdout'): PropertyDescriptor {
  const descriptor = Object.getOwnPropertyDescriptor(process, name);
  if (descriptor === undefined) throw new Error(name);
  return descriptor;
}
