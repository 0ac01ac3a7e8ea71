import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { zipArchives } from '../../../../src/archive/zip/zipArchives.ts';
import { isFailure, type FailureCode } from '../../../../src/base/failure.ts';
import { logOf } from '../../entryLines.ts';
import { freshFolders } from '../../freshFolders.ts';
import { randomContent } from '../../randomContent.ts';

const modified = Date.parse('2026-01-02T03:04:06Z');
const options = { name: 'api.2026-01-02.log', comment: '{"lines":1}', modified, bytes: 0 };
const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);

describe('zipArchives', () => {
  const folders = freshFolders();
  const target = (): string => join(folders.root, 'x.zip');

  const contents: [what: string, content: Buffer][] = [
    ['a log of 3 MB', logOf(3_000_000, '2026-01-02T03:04:05Z')],
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['bytes that do not shrink', randomContent(300_000, 'zipArchives')],
    ['exactly one piece of 256 KB', Buffer.alloc(256 * 1024, 'x')],
  ];
  for (const [what, content] of contents)
    it(`writes ${what} so that we, unzip and 7-Zip read it again`, async () => {
      const source = folders.put('source', content);
      const written = await zipArchives.write(source, target(), { ...options, bytes: content.length });
      const sha256 = hash('sha256', readFileSync(target()));
      assert.deepEqual(written, { bytes: content.length, crc32: crc32(content), sha256 });
      await zipArchives.verify(target(), written);
      assert.equal(await zipArchives.holds(target(), source), true);
      execFileSync('unzip', ['-tq', target()]);
      execFileSync('7zz', ['t', target()]);
      const text = execFileSync('unzip', ['-p', target()], { maxBuffer: 1 << 26 });
      assert.ok(text.equals(content));
      const inspected = await zipArchives.inspect(target());
      assert.equal(inspected?.comment, options.comment);
      assert.equal(inspected.bytes, content.length);
      const listing = execFileSync('7zz', ['l', '-slt', target()], { encoding: 'utf8' });
      assert.match(listing, /^Path = api\.2026-01-02\.log$/m);
      assert.match(listing, /^Method = (?:Deflate|Store)/m);
    });

  it('is undone by reading, for any bytes', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.string({ maxLength: 200, unit: 'grapheme' }),
        async (bytes, comment) => {
          const source = folders.put('source', bytes);
          const path = join(folders.root, `${String((count += 1))}.zip`);
          const content = await zipArchives.write(source, path, { ...options, comment, bytes: bytes.length });
          await zipArchives.verify(path, content);
          assert.equal(await zipArchives.holds(path, source), true);
          assert.equal((await zipArchives.inspect(path))?.comment, comment);
        },
      ),
      { numRuns: 100 },
    );
  });

  for (const mode of [0o600, 0o640, 0o664, 0o444])
    it(`gives the archive the permissions of the log: ${mode.toString(8)}`, async () => {
      const source = folders.put('source', 'text');
      chmodSync(source, mode);
      await zipArchives.write(source, target(), options);
      assert.equal(statSync(target()).mode & 0o7777, mode);
    });

  it('never overwrites', async () => {
    const source = folders.put('source', 'text');
    writeFileSync(target(), 'taken');
    await assert.rejects(zipArchives.write(source, target(), options), failsWith('machine-error'));
    assert.equal(readFileSync(target(), 'utf8'), 'taken');
  });

  it('can be cancelled, before and while it reads', async () => {
    const source = folders.put('source', Buffer.alloc(30_000_000, 'x'));
    const aborted = { ...options, signal: AbortSignal.abort() };
    await assert.rejects(zipArchives.write(source, target(), aborted), failsWith('cancelled'));
    const controller = new AbortController();
    const running = zipArchives.write(source, join(folders.root, 'y.zip'), {
      ...options,
      signal: controller.signal,
    });
    setImmediate(() => {
      controller.abort();
    });
    await assert.rejects(running, failsWith('cancelled'));
  });

  const unreadable: [what: string, make: () => string, code: FailureCode][] = [
    ['is missing', () => join(folders.root, 'nothing'), 'file-missing'],
    [
      'is a folder',
      () => {
        mkdirSync(join(folders.root, 'folder'));
        return join(folders.root, 'folder');
      },
      'not-a-regular-file',
    ],
  ];
  for (const [what, make, code] of unreadable)
    it(`fails when the log ${what}`, async () => {
      await assert.rejects(zipArchives.write(make(), target(), options), failsWith(code));
    });

  describe('verify', () => {
    const wrong: [
      what: string,
      change: (content: { bytes: number; crc32: number }) => { bytes: number; crc32: number },
    ][] = [
      ['another size', ({ bytes, crc32: sum }) => ({ bytes: bytes + 1, crc32: sum })],
      ['another CRC', ({ bytes, crc32: sum }) => ({ bytes, crc32: sum ^ 1 })],
    ];
    for (const [what, change] of wrong)
      it(`refuses ${what}`, async () => {
        const content = await zipArchives.write(folders.put('source', 'text'), target(), options);
        await assert.rejects(zipArchives.verify(target(), change(content)), failsWith('archive-damaged'));
      });

    it('reads the data, not its description alone', async () => {
      const content = await zipArchives.write(folders.put('source', 'x'.repeat(1000)), target(), options);
      const bytes = readFileSync(target());
      bytes[30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28) + 1]! ^= 0xff;
      writeFileSync(target(), bytes);
      await assert.rejects(zipArchives.verify(target(), content), failsWith('archive-damaged'));
    });
  });

  describe('holds', () => {
    const others: [what: string, content: string, same: boolean][] = [
      ['the same', 'line\n'.repeat(100_000), true],
      ['a byte more', `${'line\n'.repeat(100_000)}x`, false],
      ['a byte less', 'line\n'.repeat(100_000).slice(1), false],
      ['another byte at the end', `${'line\n'.repeat(100_000).slice(0, -1)}x`, false],
      ['another byte at the beginning', `x${'line\n'.repeat(100_000).slice(1)}`, false],
      ['nothing', '', false],
    ];
    for (const [what, content, same] of others)
      it(`${what}: ${same ? 'yes' : 'no'}`, async () => {
        await zipArchives.write(folders.put('source', 'line\n'.repeat(100_000)), target(), options);
        assert.equal(await zipArchives.holds(target(), folders.put('other', content)), same);
      });

    it('several members: no', async () => {
      const zip = join(import.meta.dirname, '../../../fixtures/zips/yauzl/success/linux-info-zip.zip');
      assert.equal(await zipArchives.holds(zip, folders.put('other', 'a')), false);
      assert.equal(await zipArchives.inspect(zip), undefined);
    });
  });
});
