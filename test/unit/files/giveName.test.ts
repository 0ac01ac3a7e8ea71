import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveName } from '../../../src/files/newFile.ts';
import { freshFolders } from '../freshFolders.ts';

describe('giveName', () => {
  const folders = freshFolders();
  const target = (): string => join(folders.root, 'target');
  const refusing = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };

  it('links, and overwrites nothing', () => {
    const temporary = folders.put('temporary', 'new');
    assert.equal(giveName(temporary, target()), true);
    assert.equal(readFileSync(target(), 'utf8'), 'new');
    assert.equal(giveName(folders.put('other', 'other'), target()), false);
    assert.equal(readFileSync(target(), 'utf8'), 'new');
  });

  const codes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'];
  for (const code of codes)
    it(`renames where there are no hard links (${code}), and overwrites nothing`, () => {
      const temporary = folders.put('temporary', 'new');
      assert.equal(giveName(temporary, target(), refusing(code)), true);
      assert.deepEqual([existsSync(temporary), readFileSync(target(), 'utf8')], [false, 'new']);
      const other = folders.put('other', 'other');
      assert.equal(giveName(other, target(), refusing(code)), false);
      assert.deepEqual([existsSync(other), readFileSync(target(), 'utf8')], [true, 'new']);
    });

  for (const code of ['ENOSPC', 'EIO', 'EXDEV', 'ENOENT'])
    it(`renames nothing where the disk fails (${code})`, () => {
      const temporary = folders.put('temporary', 'new');
      assert.throws(() => giveName(temporary, target(), refusing(code)), { code });
      assert.deepEqual([existsSync(temporary), existsSync(target())], [true, false]);
    });
});
