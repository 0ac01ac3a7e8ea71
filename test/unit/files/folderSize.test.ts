import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folderSize } from '../../../src/files/folderSize.ts';
import { freshFolders } from '../freshFolders.ts';

describe('folderSize', () => {
  const folders = freshFolders();

  it('counts files at any depth', () => {
    folders.put('sessions/a.zip', '12');
    folders.put('sessions/x/y/b.zip', '345');
    assert.deepEqual(folderSize(folders.root, './sessions/'), { files: 2, bytes: 5, isWhole: true });
  });

  it('follows no link, neither in the folder nor on the way to it', () => {
    folders.put('elsewhere/deep/a.zip', '12');
    folders.put('sessions/b.zip', '1');
    symlinkSync(join(folders.root, 'elsewhere'), join(folders.root, 'sessions', 'folder'));
    symlinkSync(join(folders.root, 'elsewhere', 'deep', 'a.zip'), join(folders.root, 'sessions', 'file'));
    symlinkSync(join(folders.root, 'elsewhere'), join(folders.root, 'link'));
    assert.deepEqual(folderSize(folders.root, 'sessions'), { files: 1, bytes: 1, isWhole: true });
    assert.equal(folderSize(folders.root, 'link'), undefined);
    assert.equal(folderSize(folders.root, 'link/deep'), undefined);
  });

  it('has nothing to tell of what is missing or no folder', () => {
    folders.put('file', '1');
    assert.equal(folderSize(folders.root, 'missing'), undefined);
    assert.equal(folderSize(folders.root, 'file'), undefined);
  });

  it('stops after so many entries and says so', () => {
    for (const name of ['a', 'b', 'c']) folders.put(`sessions/${name}`, '1');
    assert.deepEqual(folderSize(folders.root, 'sessions', 3), { files: 3, bytes: 3, isWhole: true });
    assert.deepEqual(folderSize(folders.root, 'sessions', 2), { files: 2, bytes: 2, isWhole: false });
  });
});
