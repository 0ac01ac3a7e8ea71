import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { withZip } from '../../../src/archive/readZip.ts';
import { zipArchives } from '../../../src/archive/zipArchives.ts';
import { hasCode } from '../../../src/base/failure.ts';
import type { FailureCode } from '../../../src/base/failure.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';

const samples = join(import.meta.dirname, '../../fixtures');

/** What reading a zip to its end comes to, member by member: bytes read, or the code of the failure. */
async function readAll(path: string): Promise<Record<string, number | string> | FailureCode> {
  const codeOf = (error: unknown): FailureCode => {
    if (!hasCode(error)) throw error;
    return error.code;
  };
  try {
    return await withZip(path, async (zip) => {
      const result: Record<string, number | string> = {};
      for (const member of zip.members) {
        try {
          let bytes = 0;
          for await (const piece of zip.read(member)) bytes += piece.length;
          result[member.name] = bytes;
        } catch (error) {
          result[member.name] = codeOf(error);
        }
      }
      return result;
    });
  } catch (error) {
    return codeOf(error);
  }
}

/** Those of yauzl's failures that are not a refusal of the whole file. */
const readInPart: Record<string, object> = {
  'expected zip64 extended information extra field.zip': { 'empty.txt': 'archive-damaged' },
  'file data overflows file bounds 63 2147483647 308.zip': { 'a.txt': 'archive-damaged', 'b.txt': 5 },
  'invalid characters in fileName a txt.zip': { 'a/txt': 5, 'b.txt': 5 },
  'invalid code lengths set.zip': { 'index.js': 'archive-damaged' },
  'invalid local file header signature 0x3034b50.zip': { 'a.txt': 5, 'b.txt': 'archive-damaged' },
  'not enough bytes in the stream expected 2048576 got only 1000000.zip': { 'zeros.bin': 'archive-damaged' },
  'too many bytes in the stream expected 82496 got at least 98304.zip': { 'zeros.bin': 'archive-damaged' },
  'too many length or distance symbols.zip': { 'index.js': 'archive-damaged' },
  'unsupported compression method 1.zip': { 'a.txt': 5, 'b.txt': 'archive-unsupported' },
};

const libzip: [name: string, result: object | FailureCode][] = [
  ['encrypt-aes256.zip', { plain: 6, encrypted: 'archive-encrypted' }],
  ['firstsecond.zip', { firstsecond: 19, firstsecondstored: 19 }],
  ['incons-central-compsize-smaller.zip', { aaaaaaaaa: 'archive-damaged' }],
  ['incons-central-crc.zip', { a: 'archive-damaged' }],
  ['incons-data.zip', { a: 'archive-damaged' }],
  ['incons-eocd-magic-bad.zip', 'archive-damaged'],
  ['incons-file-count-high.zip', 'archive-damaged'],
  ['incons-local-filename-long.zip', { a: 'archive-damaged' }],
  ['junk-at-end.zip', 'archive-damaged'],
  ['multidisk.zip', 'archive-damaged'],
  ['streamed-zip64.zip', { '-': 2 }],
  ['streamed.zip', { '-': 2 }],
  ['testbzip2.zip', { 'abac-repeat.txt': 'archive-unsupported' }],
  ['testfile-lzma.zip', { 'abac-repeat.txt': 'archive-unsupported' }],
  ['testfile-xz.zip', { 'abac-repeat.txt': 'archive-unsupported' }],
];

const sound: [name: string, result: object][] = [
  ['big-compression.zip', { '0x100000': 1_048_576 }],
  ['deflate.zip', { 'index.js': 10_689 }],
  ['directories.zip', { 'a/': 0, 'a/a.txt': 0, 'b/': 0 }],
  ['empty.zip', {}],
  ['linux-info-zip.zip', { 'a.txt': 5, 'b.txt': 5 }],
  ['traditional-encryption.zip', { 'a.txt': 'archive-encrypted' }],
  ['unicode-path-extra-field.zip', { '七个房间.txt': 0 }],
  ['zip64.zip', { 'test1.txt': 3, 'test2.txt': 3 }],
];

describe('withZip', () => {
  const folders = freshFolders();

  describe('on yauzl’s failures', () => {
    const folder = join(samples, 'zips/yauzl/failure');
    for (const name of readdirSync(folder))
      it(name, async () => {
        assert.deepEqual(await readAll(join(folder, name)), readInPart[name] ?? 'archive-damaged');
      });
  });

  describe('on yauzl’s successes', () => {
    for (const [name, result] of sound)
      it(name, async () => {
        assert.deepEqual(await readAll(join(samples, 'zips/yauzl/success', name)), result);
      });
  });

  describe('on libzip’s zips', () => {
    for (const [name, result] of libzip)
      it(name, async () => {
        assert.deepEqual(await readAll(join(samples, 'zips/libzip', name)), result);
      });
  });

  it('reads what Open WebUI and Info-ZIP wrote', async () => {
    const rotated = await readAll(join(samples, 'workspace/api.2026-01-01.log.zip'));
    assert.deepEqual(rotated, { 'api.2026-01-01.log': 1032 });
    const audit = await readAll(join(samples, 'audit/audit.2026-01-01_00-00-00_000000.log.zip'));
    assert.deepEqual(Object.values(audit).length, 1);
  });

  it('tells an encrypted session archive from a damaged one', async () => {
    assert.deepEqual(await readAll(join(samples, 'session-archives/jsonl-deflated-ae2.zip')), {
      'meta.json': 'archive-encrypted',
      'logs.jsonl': 'archive-encrypted',
    });
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
      assert.equal(await readAll(path), 'archive-damaged', `${String(length)} bytes`);
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
      assert.deepEqual(await readAll(path), { 'x.log': 'archive-damaged' }, `at ${String(at)}`);
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
    assert.deepEqual(await readAll(path), { 'x.log': 'archive-damaged' });
    let given = 0;
    const reading = withZip(path, async (zip) => {
      for await (const piece of zip.read(zip.members[0]!)) given += piece.length;
    });
    await assert.rejects(reading);
    assert.ok(given <= said, 'a small size does not hide a large content');
  });

  const others: [what: string, make: (path: string) => void, code: FailureCode][] = [
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
      'machine-error',
    ],
    ['nothing', () => undefined, 'file-missing'],
  ];
  for (const [what, make, code] of others)
    it(`refuses ${what}`, async () => {
      const path = join(folders.root, 'x.zip');
      make(path);
      assert.equal(await readAll(path), code);
    });
});
