import { closeSync, fdatasync, fdatasyncSync, openSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const writeOnce = promisify(write);
const sync = promisify(fdatasync);

/** Appends `line` to a new file this many times; each line is on the disk before the next. */
export async function appendEach(path: string, line: Buffer, count: number): Promise<void> {
  const descriptor = openSync(path, 'a');
  try {
    for (let index = 0; index < count; index += 1) {
      await writeOnce(descriptor, line, 0, line.length, null);
      await sync(descriptor);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The same with calls that block the thread. */
export function appendEachNow(path: string, line: Buffer, count: number): void {
  const descriptor = openSync(path, 'a');
  try {
    for (let index = 0; index < count; index += 1) {
      writeSync(descriptor, line);
      fdatasyncSync(descriptor);
    }
  } finally {
    closeSync(descriptor);
  }
}
