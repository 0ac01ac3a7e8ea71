import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { measureLog, readLogPart } from '../../../src/reading/readLog.ts';
import { describe as sentence } from '../../../src/words/failures.ts';
import { Failure, isFailure } from '../../../src/base/failure.ts';
import { bundledProgram } from '../../bundledProgram.ts';
import { size } from '../../chance.ts';
import { codecNames, codecs, compressedBy, compressedZeros, type Codec } from '../../codecs.ts';
import { cancelledAt } from '../cancelledAt.ts';
import { logOf } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { sha256 } from '../onDisk.ts';
import { wholeLog } from './wholeLog.ts';

const MB = 1_048_576;

describe('reading a compressed log', function () {
  this.timeout(300_000);
  const folders = freshFolders();

  function put(
    codec: Codec,
    text: Uint8Array | string,
    name = `server.log.2.${codecs[codec].extension}`,
  ): string {
    folders.put(`logs/${name}`, compressedBy(codec, text));
    return name;
  }
  const whole = (name: string, member?: string): Promise<Buffer> => wholeLog(folders.root, name, member);
  const damaged = (check: string) => (error: unknown) =>
    isFailure(error, 'archive-damaged') && error.data.check === check;

  const log = logOf(size(21, 23) * MB, '2026-01-01T00:00:00Z');
  const logs = new Map<Codec, Buffer>();
  /** The log, compressed once for all tests. */
  function putLog(codec: Codec): string {
    const bytes = logs.get(codec) ?? compressedBy(codec, log);
    logs.set(codec, bytes);
    const name = `server.log.2.${codecs[codec].extension}`;
    folders.put(`logs/${name}`, bytes);
    return name;
  }
  for (const codec of codecNames)
    it(`${codec}: whole, and in parts`, async () => {
      const name = putLog(codec);
      assert.equal(sha256(await whole(name)), sha256(log));
      const { parts, textBytes } = await measureLog({ root: folders.root, name });
      assert.deepEqual([textBytes, parts], [log.length, 5]);
      const read: Uint8Array[] = [];
      for (let part = 0; part < parts; part += 1)
        read.push((await readLogPart({ root: folders.root, name, part })).bytes);
      assert.equal(sha256(Buffer.concat(read)), sha256(log));
    });

  it('the content decides about the compression, not the name', async () => {
    for (const codec of codecNames)
      for (const name of ['server.log.gz', 'server.log.xz', 'server.log.3'])
        assert.equal((await whole(put(codec, 'the text', name))).toString(), 'the text');
  });

  it('a plain or empty file with a name of a compressed one is read as it is; other bytes are damaged', async () => {
    for (const { extension } of Object.values(codecs)) {
      const text = `plain text of a log, with \u001b[32mcolour\u001b[0m and é\n${'é'.repeat(400)}`;
      folders.put(`logs/plain.log.${extension}`, text);
      assert.equal((await whole(`plain.log.${extension}`)).toString(), text);
      folders.put(`logs/empty.log.${extension}`, '');
      const { textBytes } = await measureLog({ root: folders.root, name: `empty.log.${extension}` });
      assert.equal(textBytes, 0);
      folders.put(`logs/other.log.${extension}`, Buffer.from([0xff, 0, 1, 2]));
      await assert.rejects(whole(`other.log.${extension}`), damaged('beginning'));
    }
    const failure = new Failure('archive-damaged', { name: 'x.gz', check: 'beginning' });
    assert.match(sentence(failure), /“x\.gz” is damaged: it is not compressed as its name says/);
  });

  const unread: [name: string, head: string][] = [
    ['x.log.7z', '377abcaf271c0004'],
    ['x.log.lz4', '04224d1864a7'],
    ['x.log.lz', '4c5a495001'],
    ['x.log.Z', '1f9d90'],
    ['x.log.lzo', '894c5a4f000d0a1a0a'],
    ['x.log.rar', '526172211a0701'],
    ['x.log.lzma', '5d00008000ffffffffffffffff'],
    ['x.log.2', '04224d1864a7'],
    ['x.log.gz', '377abcaf271c0004'],
  ];
  for (const [name, head] of unread)
    it(`${name} that begins with ${head} is not printed as text`, async () => {
      folders.put(`logs/${name}`, Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(100, 1)]));
      await assert.rejects(
        whole(name),
        (error) => isFailure(error, 'archive-unsupported') && error.data.what === 'format',
      );
    });

  it('the first bytes of such a file are no text either, unless they are printable', async () => {
    for (const [name, head] of unread) {
      const bytes = Buffer.from(head, 'hex');
      for (let length = 3; length < Math.min(bytes.length, 5); length += 1) {
        const stump = bytes.subarray(0, length);
        folders.put('logs/stump.log.2', stump);
        if (/^[\x20-\x7e]+$/.test(stump.toString('latin1')) || name.endsWith('.lzma'))
          assert.deepEqual(await whole('stump.log.2'), stump);
        else
          await assert.rejects(
            whole('stump.log.2'),
            { code: 'archive-unsupported' },
            `${name} ${String(length)}`,
          );
      }
    }
  });

  it('a zip of a folder with one log, and of what macOS adds, is read without a choice', async () => {
    const cwd = join(folders.put('made/d/x.log', 'the text'), '../..');
    for (const name of ['__MACOSX/d/._x.log', 'd/.DS_Store']) folders.put(`made/${name}`, 'no text');
    folders.put('logs/y.log', 'another');
    const zip = (name: string, ...what: string[]): void => {
      execFileSync('zip', ['-q', join(folders.logs, name), ...what], { cwd });
    };
    zip('folder.zip', 'd/', 'd/x.log');
    zip('mac.zip', '-r', '.');
    for (const name of ['folder.zip', 'mac.zip']) assert.equal((await whole(name)).toString(), 'the text');
  });

  it('a damaged file is shown up to there, and says why; “cat” fails behind the text', async () => {
    const text = log.subarray(0, 2 * MB);
    for (const codec of codecNames) {
      const bytes = compressedBy(codec, text);
      const cases: [bytes: Buffer, check: string][] = [
        [Buffer.from(bytes.subarray(0, -9)), 'cut'],
        [Buffer.concat([bytes, Buffer.from('something else')]), 'trailing'],
      ];
      for (const [changed, check] of cases) {
        const name = `x.log.${check}.${codecs[codec].extension}`;
        folders.put(`logs/${name}`, changed);
        const { textBytes, damage } = await measureLog({ root: folders.root, name });
        assert.deepEqual(damage, { code: 'archive-damaged', data: { name, check } }, codec);
        const read = await readLogPart({ root: folders.root, name, part: 0 });
        assert.deepEqual(read.damage, damage);
        assert.ok(textBytes > MB && read.bytes.length === textBytes, `${codec}: ${String(textBytes)}`);
        assert.ok(text.subarray(0, textBytes).equals(read.bytes));
        await assert.rejects(whole(name), damaged(check));
      }
    }
  });

  it('a plain or empty zip is read as it is; one of ours has lost its log', async () => {
    for (const name of ['x.zip', 'x.log.2.zip', 'x.log.ZIP'])
      for (const text of ['', 'a plain text\n']) {
        folders.put(`logs/${name}`, text);
        assert.equal((await whole(name)).toString(), text);
      }
    folders.put('logs/other.zip', Buffer.from([0xff, 0, 1, 2]));
    folders.put('logs/api.2026-01-01.log.zip', '');
    folders.put('session_logs/u/m.zip', '');
    for (const name of ['other.zip', 'api.2026-01-01.log.zip'])
      await assert.rejects(whole(name), damaged('end'));
    const session = { root: folders.root, name: 'm.zip', folder: 'session_logs/u' };
    await assert.rejects(measureLog(session), damaged('end'));
  });

  it('Brotli is read by its name, up to any damage', async () => {
    const text = logOf(2 * MB, '2026-01-01T00:00:00Z');
    const bytes = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
    const cases: [bytes: Buffer, check: string | undefined][] = [
      [bytes, undefined],
      [bytes.subarray(0, -9), 'cut'],
      [Buffer.concat([bytes, Buffer.from('x')]), 'trailing'],
    ];
    for (const [changed, check] of cases) {
      folders.put('logs/x.log.br', changed);
      const { bytes: read, damage } = await readLogPart({ root: folders.root, name: 'x.log.br', part: 0 });
      const expected = check && { code: 'archive-damaged', data: { name: 'x.log.br', check } };
      assert.deepEqual(damage, expected);
      assert.ok(read.length > MB && text.subarray(0, read.length).equals(read));
      if (check === undefined) assert.equal(read.length, text.length);
      else await assert.rejects(whole('x.log.br'), damaged(check));
    }
    folders.put('logs/x.log.br', 'a plain text\n');
    assert.equal((await whole('x.log.br')).toString(), 'a plain text\n');
    folders.put('logs/x.log.br', Buffer.from([0xff, 0, 1, 2]));
    await assert.rejects(whole('x.log.br'), damaged('compression'));
  });

  it('the first bytes of a cut file are no text, unless they are printable', async () => {
    for (const codec of codecNames) {
      const bytes = compressedBy(codec, 'the text');
      const printable = { gzip: 0, zstd: 1, bzip2: 3, xz: 0 }[codec];
      for (let length = printable + 1; length < 14; length += 1)
        for (const name of ['x.log.2', `x.log.${codecs[codec].extension}`]) {
          folders.put(`logs/${name}`, bytes.subarray(0, length));
          await assert.rejects(whole(name), { code: 'archive-damaged' }, `${name} ${String(length)}`);
        }
    }
  });

  it('logs of ours are taken as they are', async () => {
    const bytes = gzipSync('the text');
    folders.put('logs/api.log', bytes);
    assert.deepEqual(await whole('api.log'), bytes);
  });

  it('a member is asked for of zips only', async () => {
    folders.put('logs/server.log', 'text');
    for (const name of [put('gzip', 'text'), put('bzip2', 'text'), 'server.log'])
      await assert.rejects(whole(name, 'x.log'), (error) => isFailure(error, 'usage'));
  });

  it('measuring stops when it is called off', async () => {
    for (const codec of codecNames) {
      const name = putLog(codec);
      const { signal, asked } = cancelledAt(3);
      await assert.rejects(measureLog({ root: folders.root, name }, { signal }), (error) =>
        isFailure(error, 'cancelled'),
      );
      // Those that follow find out why it failed: none of the pieces that would have come.
      assert.ok(asked() <= 6, `${codec}: ${String(asked())}`);
    }
  });

  it('small files that become hundreds of MB take little memory', () => {
    const bombs = [
      // More than the whole process may take.
      ['gzip', size(100, 1000)],
      ['zstd', size(100, 2000)],
      ['bzip2', size(100, 200)],
      ['xz', size(100, 500)],
    ] as const;
    for (const [codec, megabytes] of bombs)
      folders.put(`logs/bomb.${codecs[codec].extension}`, compressedZeros(codec, megabytes));
    const names = bombs.map(([codec]) => `bomb.${codecs[codec].extension}`);
    // A process of its own, so that the memory of other tests does not count.
    const words = [bundledProgram(join(import.meta.dirname, 'measureBomb.ts')), folders.root, ...names];
    const { logs, peak } = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as {
      logs: object[];
      peak: number;
    };
    // Zeros have no line ends: each part looks for one in 1 MB of the next.
    assert.deepEqual(
      logs,
      bombs.map(([, megabytes]) => ({ textBytes: megabytes * MB, parts: megabytes / 5, last: 4 * MB })),
    );
    assert.ok(peak < 90 * MB, `${String(Math.round(peak / MB))} MB`);
  });
});
