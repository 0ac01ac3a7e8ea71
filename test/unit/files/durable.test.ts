import assert from 'node:assert/strict';
import fs, {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock } from 'node:test';
import { hasCode, isFailure } from '../../../src/base/failure.ts';
import { makeFolder, randomToken, replaceFile, syncFolder, syncFolders } from '../../../src/files/durable.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

describe('replaceFile', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.root, 'x.json');

  it('makes a file with the permissions that a person expects, or those asked for', () => {
    const umask = process.umask(0o022);
    try {
      replaceFile(path(), 'a');
      replaceFile(join(folders.root, 'secret'), 'a', 0o600);
    } finally {
      process.umask(umask);
    }
    assert.equal(statSync(path()).mode & 0o777, 0o644);
    assert.equal(statSync(join(folders.root, 'secret')).mode & 0o777, 0o600);
  });

  it('keeps permissions and owner of what was there', () => {
    writeFileSync(path(), 'old');
    chmodSync(path(), 0o640);
    if (process.getuid?.() === 0) chownSync(path(), 1, 2);
    const { uid, gid } = statSync(path());
    replaceFile(path(), 'new', 0o600);
    const now = statSync(path());
    assert.deepEqual([now.mode & 0o777, now.uid, now.gid], [0o640, uid, gid]);
    assert.equal(readFileSync(path(), 'utf8'), 'new');
  });

  it('gives a new file and a new folder the owner of the folder around them', () => {
    if (process.getuid?.() === 0) chownSync(folders.root, 1, 2);
    const { uid, gid } = statSync(folders.root);
    replaceFile(path(), 'new');
    const folder = join(folders.root, 'folder');
    makeFolder(folder, 0o700);
    for (const made of [path(), folder]) {
      const now = statSync(made);
      assert.deepEqual([now.uid, now.gid], [uid, gid]);
    }
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it('lets the group write into what it may read, where it may write into the folder', () => {
    const umask = process.umask(0o022);
    try {
      for (const mode of [0o755, 0o775]) {
        chmodSync(folders.root, mode);
        const shared = mode & 0o020;
        const made = (name: string): string => join(folders.root, `${name}-${mode.toString(8)}`);
        replaceFile(made('file'), 'a');
        replaceFile(made('secret'), 'a', 0o600);
        makeFolder(made('folder'));
        const modes = ['file', 'secret', 'folder'].map((name) => statSync(made(name)).mode & 0o777);
        assert.deepEqual(modes, [0o644 | shared, 0o600, 0o755 | shared]);
      }
    } finally {
      process.umask(umask);
    }
  });

  it('gives another inode, so that whoever reads the old one reads it whole', () => {
    writeFileSync(path(), 'old');
    const { ino } = statSync(path());
    replaceFile(path(), 'new');
    assert.notEqual(statSync(path()).ino, ino);
  });

  it('leaves nothing beside the file, and sweeps what a killed call left', () => {
    writeFileSync(`${path()}.tmp-${randomToken()}`, 'half');
    const others = [
      'x.json.tmp-',
      'x.json.tmp-xyz',
      `y.json.tmp-${randomToken()}`,
      `x.json.tmp-${randomToken()}.bak`,
    ];
    for (const name of others) folders.put(name, 'kept');
    replaceFile(path(), 'new');
    assert.deepEqual(readdirSync(folders.root).sort(), [...others, 'x.json'].sort());
  });

  it('begins again where another call swept its file, and leaves that call its own', () => {
    const another = `x.json.tmp-${randomToken()}`;
    const { fsyncSync } = fs;
    let syncs = 0;
    mock.method(fs, 'fsyncSync', (descriptor: number) => {
      fsyncSync(descriptor);
      if ((syncs += 1) > 1) return;
      for (const name of readdirSync(folders.root)) unlinkSync(join(folders.root, name));
      folders.put(another, 'half');
    });
    syncBuiltinESMExports();
    try {
      replaceFile(path(), 'new');
    } finally {
      mock.restoreAll();
      syncBuiltinESMExports();
    }
    assert.deepEqual(readdirSync(folders.root).sort(), ['x.json', another]);
    assert.equal(readFileSync(path(), 'utf8'), 'new');
  });

  it('leaves all as it was when it fails', () => {
    mkdirSync(join(path(), 'in-the-way'), { recursive: true });
    const before = onDisk(folders.root);
    assert.throws(
      () => {
        replaceFile(path(), 'new');
      },
      (error) => isFailure(error, 'machine-error'),
    );
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('says when there is no folder', () => {
    assert.throws(() => {
      replaceFile(join(folders.root, 'nothing/x'), 'new');
    }, hasCode);
  });
});

describe('syncFolder', () => {
  const folders = freshFolders();
  it('fails for what is no folder', () => {
    syncFolder(folders.root);
    assert.throws(() => {
      syncFolder(folders.put('x', ''));
    });
    assert.ok(existsSync(folders.root));
  });

  it('opens no folder on Windows, which has no such call', async () => {
    const file = folders.put('x', '');
    syncFolder(file, 'win32');
    assert.deepEqual([...(await syncFolders([file], 'win32'))], []);
    for (const platform of ['darwin', 'linux']) {
      assert.throws(() => {
        syncFolder(file, platform);
      });
      assert.deepEqual([...(await syncFolders([file], platform)).keys()], [file]);
    }
  });
});

describe('randomToken', () => {
  it('is 16 hex digits, another each time', () => {
    const tokens = Array.from({ length: 50 }, randomToken);
    for (const token of tokens) assert.match(token, /^[0-9a-f]{16}$/);
    assert.equal(new Set(tokens).size, 50);
  });
});
