import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { withZip } from '../../../../src/archive/zip/readZip.ts';
import { zipArchives } from '../../../../src/archive/zip/zipArchives.ts';
import { isFailure } from '../../../../src/base/failure.ts';
import { entryLine, logOf } from '../../entryLines.ts';
import { freshFolders } from '../../freshFolders.ts';
import { reasonOf, textOf } from '../readWhole.ts';

const samples = join(import.meta.dirname, '../../../fixtures');

/** The result of reading a zip to its end, member by member: the number of bytes, or the reason of a failure. */
async function readAll(
  path: string,
  opening?: Parameters<typeof withZip>[2],
): Promise<Record<string, number | string> | string> {
  try {
    return await withZip(
      path,
      async (zip) => {
        const result: Record<string, number | string> = {};
        for (const member of zip.members)
          result[member.name] = await textOf(zip, member).then(({ length }) => length, reasonOf);
        return result;
      },
      opening,
    );
  } catch (error) {
    return reasonOf(error);
  }
}

describe('withZip', () => {
  const folders = freshFolders();

  it('reads what Open WebUI and Info-ZIP wrote', async () => {
    const rotated = await readAll(join(samples, 'workspace/api.2026-01-01.log.zip'));
    assert.deepEqual(rotated, { 'api.2026-01-01.log': 1032 });
    const audit = await readAll(join(samples, 'audit/audit.2026-01-01_00-00-00_000000.log.zip'));
    assert.deepEqual(Object.values(audit).length, 1);
  });

  it('a zip cut anywhere is damaged, and never read as a shorter log', async () => {
    const source = folders.put('source', entryLine('2026-01-01T00:00:00Z').repeat(20));
    const whole = join(folders.root, 'whole.zip');
    await zipArchives.write(source, whole, { name: 'x.log', comment: 'c', modified: 0, bytes: 0 });
    const bytes = readFileSync(whole);
    const path = join(folders.root, 'cut.zip');
    for (let length = 0; length < bytes.length; length += 1) {
      writeFileSync(path, bytes);
      truncateSync(path, length);
      const result = await readAll(path);
      assert.ok(typeof result === 'string' && result.startsWith('damaged: '), `${String(length)} bytes`);
    }
  });

  it('a flipped bit in the data is damage', async () => {
    const source = folders.put('source', entryLine('2026-01-01T00:00:00Z').repeat(20));
    const path = join(folders.root, 'x.zip');
    await zipArchives.write(source, path, { name: 'x.log', comment: '', modified: 0, bytes: 0 });
    const bytes = readFileSync(path);
    const member = await withZip(path, async ({ members }) => members[0]!);
    const start = bytes.readUInt16LE(26) + bytes.readUInt16LE(28) + 30;
    for (let at = start; at < start + member.compressedBytes; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 0x10;
      writeFileSync(path, flipped);
      const { 'x.log': result } = (await readAll(path)) as Record<string, string>;
      assert.match(result ?? '', /^damaged: (?:compression|crc-32|cut|shorter|longer)$/, `at ${String(at)}`);
    }
  });

  it('names the member, also where a codec or zlib refuses it', async () => {
    const log = logOf(100_000, '2026-01-01T00:00:00Z');
    for (const method of ['Copy', 'Deflate', 'BZip2', 'LZMA']) {
      const cwd = join(folders.put(`${method}/log`, log), '..');
      execFileSync('7zz', ['a', '-tzip', `-mm=${method}`, 'x.zip', 'log'], { cwd, stdio: 'ignore' });
      const path = join(cwd, 'x.zip');
      const bytes = readFileSync(path);
      bytes.fill(0xff, 100, 200);
      writeFileSync(path, bytes);
      const reading = withZip(path, (zip) => textOf(zip, zip.members[0]!));
      await assert.rejects(reading, (error) => {
        assert.ok(isFailure(error, 'archive-damaged'));
        assert.deepEqual([error.data.name, error.data.member], ['x.zip', 'log'], method);
        return true;
      });
    }
  });

  it('data behind the size that it says is damage, even where the CRC fits what it says', async () => {
    const log = Buffer.alloc(600_000, 'line of a log\n');
    const path = join(folders.root, 'x.zip');
    await zipArchives.write(folders.put('source', log), path, {
      name: 'x.log',
      comment: '',
      modified: 0,
      bytes: 0,
    });
    const bytes = readFileSync(path);
    const entry = bytes.indexOf('PK\u0001\u0002');
    const said = 256 * 1024;
    bytes.writeUInt32LE(crc32(log.subarray(0, said)), entry + 16);
    bytes.writeUInt32LE(said, entry + 24);
    writeFileSync(path, bytes);
    assert.deepEqual(await readAll(path), { 'x.log': 'damaged: longer' });
    let given = 0;
    const reading = withZip(path, async (zip) => {
      for await (const piece of zip.read(zip.members[0]!)) given += piece.length;
    });
    await assert.rejects(reading);
    assert.ok(given <= said, 'a small size does not hide a large content');
  });

  const others: [what: string, make: (path: string) => void, reason: string][] = [
    [
      'a link',
      (path) => {
        symlinkSync(join(samples, 'zips/yauzl/success/deflate.zip'), path);
      },
      'machine-error',
    ],
    [
      'a folder',
      (path) => {
        mkdirSync(path);
      },
      'not-a-regular-file: folder',
    ],
    ['nothing', () => undefined, 'file-missing'],
  ];
  for (const [what, make, reason] of others)
    it(`refuses ${what}`, async () => {
      const path = join(folders.root, 'x.zip');
      make(path);
      assert.equal(await readAll(path), reason);
    });
});
