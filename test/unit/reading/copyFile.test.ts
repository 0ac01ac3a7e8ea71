import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../../src/base/failure.ts';
import { identify } from '../../../src/files/identity.ts';
import { saveCopy, type CopyContent } from '../../../src/reading/copyFile.ts';
import { freshFolders } from '../freshFolders.ts';

type Fill = CopyContent['fill'];

describe('saveCopy', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.state, 'copy.log');
  const save = (fill: Fill): Promise<number> =>
    saveCopy({ root: folders.root, path: path() }, { mode: 0o600, fill });
  const temporary = (): string =>
    join(folders.state, readdirSync(folders.state).find((name) => name.includes('.tmp-')) ?? '');

  it('keeps only the bytes that count', async () => {
    const bytes = await save(async (write) => {
      await write(Buffer.from('one\ntw'));
      await write(Buffer.from('o'));
      return 4;
    });
    assert.equal(bytes, 4);
    assert.equal(readFileSync(path(), 'utf8'), 'one\n');
  });

  it('has no name and is nobody else’s to read until it is whole', async () => {
    await save(async (write) => {
      await write(Buffer.from('secret'));
      assert.deepEqual(
        readdirSync(folders.state).map((name) => name.replace(/[0-9a-f]{16}/, 'X')),
        ['copy.log.tmp-X'],
      );
      return 6;
    });
    assert.deepEqual(readdirSync(folders.state), ['copy.log']);
  });

  it('removes what a killed copy to the same place left', async () => {
    writeFileSync(join(folders.state, 'copy.log.tmp-0123456789abcdef'), 'half');
    await save(async (write) => {
      await write(Buffer.from('whole'));
      return 5;
    });
    assert.deepEqual(readdirSync(folders.state), ['copy.log']);
  });

  it('refuses logs by another name, as where case does not matter', () => {
    mkdirSync(join(folders.root, 'Logs'));
    // Here case matters, so the folder is mounted under its other name, too; nothing stays of that.
    const module = join(import.meta.dirname, '../../../src/reading/copyFile.ts');
    const target = { root: folders.root, path: join(folders.root, 'Logs/copy.log') };
    const program = `import { saveCopy } from ${JSON.stringify(module)};
      const content = { mode: 0o600, fill: () => Promise.resolve(0) };
      await saveCopy(${JSON.stringify(target)}, content).catch((error) => console.log(error.code));`;
    const script = 'mount --bind "$1" "$2" && exec "$3" --input-type=module -e "$4"';
    const places = [folders.logs, join(folders.root, 'Logs')];
    const words = ['--mount', 'sh', '-c', script, 'sh', ...places, process.execPath, program];
    assert.equal(execFileSync('unshare', words, { encoding: 'utf8' }), 'target-among-logs\n');
  });

  const faults: [what: string, fill: Fill, code: string][] = [
    [
      'the disk is full',
      async (write) => {
        await write(Buffer.from('begun'));
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', errno: -28 });
      },
      'disk-full',
    ],
    [
      'the log cannot be read',
      () => Promise.reject(new Failure('archive-damaged', { name: 'x', check: 'crc' })),
      'archive-damaged',
    ],
    [
      'the system says it wrote and did not',
      async (write) => {
        await write(Buffer.from('begun'));
        appendFileSync(temporary(), '?');
        return 5;
      },
      'machine-error',
    ],
    [
      'another copy to the same place took its temporary file for one that was left',
      async (write) => {
        await write(Buffer.from('begun'));
        unlinkSync(temporary());
        return 5;
      },
      'source-changing',
    ],
  ];
  for (const [what, fill, code] of faults)
    it(`leaves nothing, and what was there as it was, where ${what}`, async () => {
      await assert.rejects(save(fill), { code });
      assert.deepEqual(readdirSync(folders.state), []);
      writeFileSync(path(), 'old');
      const replaces = identify(folders.state, 'copy.log');
      await assert.rejects(saveCopy({ root: folders.root, path: path(), replaces }, { mode: 0o600, fill }), {
        code,
      });
      assert.deepEqual(readdirSync(folders.state), ['copy.log']);
      assert.equal(readFileSync(path(), 'utf8'), 'old');
    });
});
