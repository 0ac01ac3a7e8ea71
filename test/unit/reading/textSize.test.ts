import assert from 'node:assert/strict';
import { statSync, utimesSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { textSizeOf } from '../../../src/reading/textSize.ts';
import { freshFolders } from '../freshFolders.ts';

describe('the size of a compressed text', () => {
  const folders = freshFolders();
  let readings = 0;

  async function sizeOf(name: string, text: string): Promise<number> {
    const path = join(folders.logs, name);
    const handle = await open(path);
    try {
      const size = await textSizeOf(path, handle, async function* () {
        readings += 1;
        yield await Promise.resolve(Buffer.from(text));
      });
      return size.bytes;
    } finally {
      await handle.close();
    }
  }

  it('is found once, as long as the file stays what it is', async () => {
    folders.put('logs/x.log.xz', 'packed');
    const path = join(folders.logs, 'x.log.xz');
    assert.equal(await sizeOf('x.log.xz', 'the text'), 8);
    assert.equal(await sizeOf('x.log.xz', 'not read'), 8);
    assert.equal(readings, 1);
    const { mtimeMs } = statSync(path);
    utimesSync(path, new Date(), new Date(mtimeMs + 1000));
    assert.equal(await sizeOf('x.log.xz', 'the next'), 8);
    assert.equal(readings, 2);
    folders.put('logs/x.log.xz', 'packed anew');
    assert.equal(await sizeOf('x.log.xz', 'a longer text'), 13);
  });
});
