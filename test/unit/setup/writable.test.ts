import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { unwritable } from '../../../src/setup/writable.ts';
import { freshFolders } from '../freshFolders.ts';

describe('unwritable', () => {
  const folders = freshFolders();

  it('is nothing that can be written to or made', () => {
    const file = folders.put('logs/api.log', '');
    assert.deepEqual(unwritable([folders.root, file, join(folders.state, 'not/yet/there')]), []);
  });

  /** Without the rights of a superuser, who may do anything with permissions. */
  const asNobody = (...paths: string[]): string[] => {
    const module = join(import.meta.dirname, '../../../src/setup/writable.ts');
    const program = `process.setgid(65534); process.setuid(65534);
      const { unwritable } = await import(${JSON.stringify(module)});
      console.log(JSON.stringify(unwritable(${JSON.stringify(paths)})));`;
    return JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }),
    ) as string[];
  };

  it('is what permissions keep from this user', function () {
    assert.equal(process.getuid?.(), 0, 'run the tests as root: they step down to another user here');
    chmodSync(join(folders.root, '..'), 0o755);
    const closed = folders.put('closed/file', '');
    const [locked, open] = [join(folders.root, 'locked'), join(folders.root, 'open')];
    mkdirSync(locked);
    chmodSync(locked, 0o666);
    mkdirSync(open);
    chmodSync(open, 0o777);
    const missing = join(folders.root, 'closed/a/b');
    assert.deepEqual(asNobody(closed, locked, open, missing), [closed, locked, join(folders.root, 'closed')]);
  });

  it('is a read-only file system, for a superuser, too', () => {
    // Its own namespace for mounts: nothing stays of it.
    const module = join(import.meta.dirname, '../../../src/setup/writable.ts');
    const program = `import { unwritable } from ${JSON.stringify(module)};
      console.log(JSON.stringify(unwritable([${JSON.stringify(folders.logs)}])));`;
    const script = `mount -t tmpfs -o ro none "$1" && exec "$2" --input-type=module -e "$3"`;
    const words = ['--mount', 'sh', '-c', script, 'sh', folders.logs, process.execPath, program];
    assert.deepEqual(JSON.parse(execFileSync('unshare', words, { encoding: 'utf8' })), [folders.logs]);
  });
});
