/**
 * A writer as decision 7 has them, in a process of its own: appends numbered lines to `api.log` until its standard input
 * ends, then prints how many. Between the look at the path and the write, under the lock, it stops itself at random. Arguments: the folder and the writer's name.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPEND_LOCK, openFolderLock } from '../../src/files/folderLock.ts';
import { randomOf } from '../chance.ts';
import { stopMyself } from './stoppedWriters.ts';

const [folder = '', writer = ''] = process.argv.slice(2);
const path = join(folder, 'api.log');
const BATCH_LINES = 100;
const STOPS = 0.03;
const NEWLINE = 0x0a;

let descriptor: number | undefined;
const random = randomOf(`writer ${writer}`);
let written = 0;
let stops = 0;

/** Our descriptor of the file that the path leads to now. */
function current(): number {
  const inode = lstatSync(path, { throwIfNoEntry: false })?.ino;
  if (descriptor !== undefined && fstatSync(descriptor).ino === inode) return descriptor;
  if (descriptor !== undefined) closeSync(descriptor);
  descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
  return descriptor;
}

function append(): void {
  const target = current();
  const { size } = fstatSync(target);
  const last = Buffer.alloc(1);
  const torn = size > 0 && readSync(target, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
  const lines = Array.from({ length: BATCH_LINES }, (_, index) => {
    const entry = { timestamp: new Date().toISOString(), writer, number: written + index + 1 };
    return `${JSON.stringify({ ...entry, path: '/api/items/of/some/length', padding: 'x'.repeat(100) })}\n`;
  });
  const batch = Buffer.from((torn ? '\n' : '') + lines.join(''));
  if (random() < STOPS) {
    stops += 1;
    stopMyself();
  }
  if (writeSync(target, batch) !== batch.length) throw new Error('a short write');
  written += BATCH_LINES;
}

const ended = new Promise<'ended'>((resolve) => {
  process.stdin.on('end', () => {
    resolve('ended');
  });
});
process.stdin.resume();
const lock = await openFolderLock(folder, APPEND_LOCK);
while ((await Promise.race([ended, sleep(random() * 4)])) !== 'ended') {
  await lock.shared(append, { patience: 60_000 });
}
lock.close();
process.stdout.write(JSON.stringify({ written, stops }));
