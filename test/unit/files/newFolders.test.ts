import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders, nearestFolder } from '../../../src/files/newFile.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

describe('makeFolders', () => {
  const folders = freshFolders();
  const at = (...parts: string[]): string => join(folders.root, ...parts);

  it('makes every level for its owner alone, and leaves what is there', () => {
    mkdirSync(at('a'), { mode: 0o755 });
    const umask = process.umask(0);
    try {
      assert.deepEqual(makeFolders(folders.root, at('a', 'b', 'c')), [at('a'), at('a', 'b')]);
      assert.deepEqual(makeFolders(folders.root, at('a', 'b', 'c')), []);
      assert.deepEqual(makeFolders(folders.root, folders.root), []);
    } finally {
      process.umask(umask);
    }
    assert.deepEqual(onDisk(folders.root), { a: 'folder 755', 'a/b': 'folder 700', 'a/b/c': 'folder 700' });
  });

  for (const level of ['a', 'a/b', 'a/b/c'])
    for (const what of ['link', 'file'])
      it(`stops at a ${what} at ${level}, and makes nothing behind it`, () => {
        mkdirSync(at(level, '..'), { recursive: true });
        if (what === 'link') symlinkSync(folders.state, at(level));
        else folders.put(level, 'x');
        assert.throws(() => makeFolders(folders.root, at('a', 'b', 'c')), {
          code: 'logs-not-a-folder',
          data: { path: at(level), what },
        });
        assert.deepEqual(onDisk(folders.state), {});
      });

  it('takes a base behind a link', () => {
    symlinkSync(folders.state, at('link'));
    makeFolders(at('link'), at('link', 'a'));
    assert.deepEqual(onDisk(folders.state), { a: 'folder 700' });
  });
});

describe('nearestFolder', () => {
  const folders = freshFolders();

  it('is the innermost one that is there', () => {
    const { root } = folders;
    folders.put('file', 'x');
    assert.equal(nearestFolder(root), root);
    assert.equal(nearestFolder(join(root, 'a', 'b')), root);
    assert.equal(nearestFolder(join(root, 'file', 'b')), root);
  });
});
