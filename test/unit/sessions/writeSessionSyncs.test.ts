import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock } from 'node:test';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { freshFolders } from '../freshFolders.ts';
import { bytesOf } from './sessionSamples.ts';

describe('writeSession', () => {
  const folders = freshFolders();

  it('makes the names of the archive and of each new folder last', async () => {
    folders.policy({ sessions: { enabled: true, compression: 'deflated' } });
    const synced = new Set<number>();
    const sync = fs.fsyncSync;
    const watched = mock.method(fs, 'fsyncSync', (descriptor: number) => {
      synced.add(fs.fstatSync(descriptor).ino);
      sync(descriptor);
    });
    syncBuiltinESMExports();
    try {
      const chunks = [new TextEncoder().encode('{"message":"text"}\n')];
      const ids = { userId: 'u', sessionId: 's', chatId: 'c', messageId: 'm' };
      const log = { ids, chunks, droppedLines: 0, completedAt: 0 };
      await inlineApp().run('writeSession', { root: folders.root, password: bytesOf('right one'), log });
    } finally {
      watched.mock.restore();
      syncBuiltinESMExports();
    }
    const changed = ['.', 'session_logs', 'session_logs/u', 'session_logs/u/c', 'session_logs/u/c/m.zip'];
    const unsynced = changed.filter((path) => !synced.has(fs.lstatSync(join(folders.root, path)).ino));
    assert.deepEqual(unsynced, []);
  });
});
