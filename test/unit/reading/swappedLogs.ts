import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { FailureCode } from '../../../src/base/failure.ts';
import { identify } from '../../../src/files/identity.ts';
import type { LogFile } from '../../../src/files/logFile.ts';

/** A time that can be given to another file to the nanosecond. */
const TIME = 1_767_225_600;

/** The log as a person sees it, of a time that a swapped one can have, too. */
export function seenLog(folder: string, name: string): LogFile {
  utimesSync(join(folder, name), TIME, TIME);
  const file = identify(folder, name);
  assert.ok(file);
  return file;
}

/** What can happen to a log between the click and the action, and how the action is refused then. */
export const swaps: readonly [what: string, happens: (path: string) => void, code: FailureCode][] = [
  ['is gone', unlinkSync, 'file-missing'],
  [
    'is a link now',
    (path: string): void => {
      const elsewhere = join(dirname(path), '..', 'elsewhere');
      renameSync(path, elsewhere);
      symlinkSync(elsewhere, path);
    },
    'not-a-regular-file',
  ],
  [
    'is a folder now',
    (path: string): void => {
      unlinkSync(path);
      mkdirSync(path);
    },
    'not-a-regular-file',
  ],
  [
    'is another file now, of the same content and time',
    (path: string): void => {
      writeFileSync(`${path}.new`, readFileSync(path));
      utimesSync(`${path}.new`, TIME, TIME);
      renameSync(`${path}.new`, path);
    },
    'source-changing',
  ],
  [
    'is shorter now',
    (path: string): void => {
      truncateSync(path, 3);
    },
    'source-changing',
  ],
];

/** Does something while a program that does not take our lock has the log open for writing. */
export async function whileHeldOpen(path: string, work: () => Promise<void>): Promise<void> {
  const descriptor = openSync(path, 'a');
  const foreign = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  closeSync(descriptor);
  await once(foreign, 'spawn');
  try {
    await work();
  } finally {
    foreign.kill('SIGKILL');
    await once(foreign, 'exit');
  }
}
