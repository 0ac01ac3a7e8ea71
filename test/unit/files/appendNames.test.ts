import assert from 'node:assert/strict';
import { fstatSync, lstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { mock } from 'node:test';
import { openAppender } from '../../../src/files/append.ts';
import { freshFolders } from '../freshFolders.ts';

const line = Buffer.from('a\n');

describe('append', () => {
  const folders = freshFolders();

  it('makes the names of a new log and of its folder last, once and only where that is asked', async () => {
    const handle = await open(folders.root);
    const methods = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const synced: number[] = [];
    const watched = mock.method(methods, 'sync', function (this: FileHandle): Promise<void> {
      synced.push(fstatSync(this.fd).ino);
      return Promise.resolve();
    });
    const appender = await openAppender(folders.logs, 'api.log');
    try {
      await appender.append(line, { durable: false });
      assert.deepEqual(synced, []);
      await appender.append(line, { durable: true });
      await appender.append(line, { durable: true });
      assert.deepEqual(synced, [lstatSync(folders.logs).ino, lstatSync(folders.root).ino]);
    } finally {
      appender.close();
      watched.mock.restore();
    }
  });
});
