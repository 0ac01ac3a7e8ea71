import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../chance.ts';

/** Where a writer says that it stops itself. */
const ANNOUNCEMENTS = 3;
const SHORT_STOP_MS = 30;
/** One of many stops outlasts a rotation, a zip and the removal of the file together. */
const LONG_STOP_MS = 1000;
const LONG_STOPS = 0.4;

/** Stops this process until its parent, which runs `continueStopped`, continues it. Its descriptor 3 is a pipe. */
export function stopMyself(): void {
  writeSync(ANNOUNCEMENTS, new Uint8Array(1));
  process.kill(process.pid, 'SIGSTOP');
}

/**
 * Continues a writer some time after each of its stops, until it ends.
 * @param name as for `randomOf`
 */
export async function continueStopped(child: ChildProcess, name: string): Promise<void> {
  const random = randomOf(name);
  for await (const announced of child.stdio[ANNOUNCEMENTS] as Readable) {
    if ((announced as Buffer).length !== 1) throw new Error('a writer did not stop');
    // A SIGCONT that comes before the stop would be lost.
    while (!isStopped(child)) await sleep(1);
    await sleep(random() < LONG_STOPS ? LONG_STOP_MS : random() * SHORT_STOP_MS);
    child.kill('SIGCONT');
  }
}

function isStopped({ pid }: ChildProcess): boolean {
  return readFileSync(`/proc/${String(pid)}/stat`, 'utf8').includes(') T ');
}
