import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { identify } from '../../../src/files/identity.ts';
import { makeFolders, nearestFolder, replaceArchive, writeNewNamed } from '../../../src/files/newFile.ts';
import type { LogFile } from '../../../src/files/logFile.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

const source = JSON.stringify(join(import.meta.dirname, '../../../src/files/newFile.ts'));
const pieces = [Buffer.from('one '), Buffer.alloc(0), Buffer.from('two')];
const TOKEN = '0123456789abcdef';

function* names(): Generator<string> {
  for (let number = 1; ; number += 1) yield `m.${String(number)}.zip`;
}

describe('writeNewNamed', () => {
  const folders = freshFolders();
  const write = (): string => writeNewNamed(folders.root, names, pieces);
  const textOf = (name: string): string => readFileSync(join(folders.root, name), 'utf8');

  it('writes a file of its own, whatever the umask says, and nothing beside it', () => {
    const umask = process.umask(0);
    try {
      assert.equal(write(), 'm.1.zip');
    } finally {
      process.umask(umask);
    }
    assert.deepEqual(readdirSync(folders.root), ['m.1.zip']);
    const { mode, nlink } = statSync(join(folders.root, 'm.1.zip'));
    assert.deepEqual([textOf('m.1.zip'), mode & 0o777, nlink], ['one two', 0o600, 1]);
  });

  it('takes the first name that is free, and overwrites nothing, be it a folder or a dangling link', () => {
    folders.put('m.1.zip', 'kept');
    mkdirSync(join(folders.root, 'm.2.zip'));
    symlinkSync('nowhere', join(folders.root, 'm.3.zip'));
    const before = onDisk(folders.root);
    assert.equal(write(), 'm.4.zip');
    rmSync(join(folders.root, 'm.4.zip'));
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('removes what a killed call for the same name left, and nothing else', () => {
    for (const name of [`m.1.zip.tmp-${TOKEN}`, `m.zip.tmp-${TOKEN}`, 'm.1.zip.tmp-short', 'm.1.zip.tmp'])
      folders.put(name, 'x');
    write();
    assert.deepEqual(readdirSync(folders.root).sort(), [
      'm.1.zip',
      'm.1.zip.tmp',
      'm.1.zip.tmp-short',
      `m.zip.tmp-${TOKEN}`,
    ]);
  });

  it('writes what is longer than what is compared at once', () => {
    const long = [Buffer.alloc(300_000, 'a'), Buffer.alloc(600_001, 'b')];
    const name = writeNewNamed(folders.root, names, long);
    assert.ok(readFileSync(join(folders.root, name)).equals(Buffer.concat(long)));
  });

  it('gives no name to a file that the disk did not keep as it was written', () => {
    const { fsyncSync } = fs;
    for (const damage of [
      (descriptor: number) => fs.writeSync(descriptor, 'X', 5),
      (descriptor: number) => {
        fs.ftruncateSync(descriptor, 6);
      },
    ])
      try {
        fs.fsyncSync = (descriptor) => {
          if (fs.fstatSync(descriptor).isFile()) damage(descriptor);
        };
        syncBuiltinESMExports();
        assert.throws(write, {
          code: 'machine-error',
          data: { path: join(folders.root, 'm.1.zip'), call: 'write', errno: 'EIO' },
        });
        assert.deepEqual(readdirSync(folders.root), []);
      } finally {
        fs.fsyncSync = fsyncSync;
        syncBuiltinESMExports();
      }
  });

  it('fails where the folder is gone, is a file, or is read-only', () => {
    const at = (name: string) => () => writeNewNamed(join(folders.root, name), names, pieces);
    assert.throws(at('none'), { code: 'file-missing' });
    folders.put('file', 'x');
    assert.throws(at('file'), { code: 'machine-error' });
    assert.deepEqual(readdirSync(folders.root), ['file']);
  });

  it('loses nothing where many processes write for one name at once, each sweeping what it finds', async () => {
    const program = `
      import { writeNewNamed } from ${source};
      function* names() { for (let n = 1; ; n += 1) yield \`m.\${n}.zip\`; }
      process.stdin.once('data', () => {
        for (let round = 0; round < 10; round += 1)
          writeNewNamed(${JSON.stringify(folders.root)}, names, [Buffer.from(process.argv[1] + ' ' + round)]);
        process.exit();
      });
      console.log('ready');`;
    const children = Array.from({ length: 4 }, (_, number) =>
      spawn(process.execPath, ['--input-type=module', '-e', program, String(number)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    const ends = children.map((child) => once(child, 'exit'));
    for (const { stdin } of children) stdin.write('go\n');
    for (const [code] of await Promise.all(ends)) assert.equal(code, 0);
    const found = readdirSync(folders.root);
    const texts = new Set(found.map(textOf));
    assert.deepEqual([found.length, texts.size], [40, 40]);
    assert.ok(found.every((name) => name.endsWith('.zip')));
  }).timeout(30_000);
});

describe('replaceArchive', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.root, 'm.zip');
  function looked(): LogFile {
    const file = identify(folders.root, 'm.zip');
    assert.ok(file !== undefined);
    return file;
  }

  beforeEach(() => {
    writeFileSync(path(), 'old');
  });

  it('keeps permissions, owner and the time of the last change', () => {
    chmodSync(path(), 0o640);
    if (process.getuid?.() === 0) chownSync(path(), 1, 2);
    utimesSync(path(), 1_700_000_000.5, 1_700_000_001.123456);
    const before = statSync(path());
    replaceArchive(path(), looked(), pieces);
    const after = statSync(path());
    assert.equal(readFileSync(path(), 'utf8'), 'one two');
    assert.notEqual(after.ino, before.ino);
    for (const key of ['mode', 'uid', 'gid'] as const) assert.equal(after[key], before[key]);
    assert.ok(Math.abs(after.mtimeMs - before.mtimeMs) < 0.01);
    assert.deepEqual(readdirSync(folders.root), ['m.zip']);
  });

  const others: [what: string, change: () => void][] = [
    [
      'has grown',
      () => {
        writeFileSync(path(), 'longer');
      },
    ],
    [
      'is another one',
      () => {
        writeFileSync(`${path()}2`, 'new');
        renameSync(`${path()}2`, path());
      },
    ],
    [
      'is gone',
      () => {
        rmSync(path());
      },
    ],
    [
      'became a link',
      () => {
        renameSync(path(), join(folders.state, 'm.zip'));
        symlinkSync(join(folders.state, 'm.zip'), path());
      },
    ],
  ];
  for (const [what, change] of others)
    it(`leaves a file alone that ${what}`, () => {
      const file = looked();
      change();
      const before = onDisk(folders.root);
      assert.throws(
        () => {
          replaceArchive(path(), file, pieces);
        },
        { code: 'source-changing' },
      );
      assert.deepEqual(onDisk(folders.root), before);
    });

  it('removes what a killed call left', () => {
    folders.put(`m.zip.tmp-${TOKEN}`, 'x');
    replaceArchive(path(), looked(), pieces);
    assert.deepEqual(readdirSync(folders.root), ['m.zip']);
  });
});

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
