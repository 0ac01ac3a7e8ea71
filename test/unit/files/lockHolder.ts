/**
 * A process that takes a folder's lock: `node lockHolder.ts FOLDER NAME shared|exclusive|hold|hold-and-move`. It prints
 * `held` when it has it, keeps it until its standard input ends, then prints `released`; without it, it prints the
 * failure's code. `hold-and-move` moves the lock's file away just before it releases it.
 */
import { readSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../src/base/failure.ts';
import { openFolderLock } from '../../../src/files/folderLock.ts';

const [folder = '', name = '', mode = '', patience = '10000'] = process.argv.slice(2);

function untilInputEnds(): void {
  writeSync(1, 'held\n');
  const buffer = Buffer.alloc(1);
  while (readSync(0, buffer) > 0);
}

try {
  const lock = await openFolderLock(folder, name, { patience: Number(patience) });
  if (mode === 'shared') await lock.shared(untilInputEnds);
  else if (mode === 'exclusive') await lock.exclusive(untilInputEnds);
  else {
    const held = await lock.hold();
    untilInputEnds();
    if (mode === 'hold-and-move') {
      // The process that waits for the lock must be inside SQLite by now.
      await sleep(20);
      renameSync(join(folder, name), join(folder, `${name}.moved`));
    }
    held.release();
  }
  writeSync(1, 'released\n');
  lock.close();
} catch (error) {
  writeSync(1, `${hasCode(error) ? error.code : String(error)}\n`);
}
