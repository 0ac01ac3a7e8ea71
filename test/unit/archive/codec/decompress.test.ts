import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import zlib, { gzipSync } from 'node:zlib';
import { compressionIn } from '../../../../src/archive/codec/compression.ts';
import { decompress } from '../../../../src/archive/codec/decompress.ts';
import { decodeBySevenZip } from '../../../../src/archive/codec/sevenZip.ts';
import { Failure, hasCode } from '../../../../src/base/failure.ts';
import { sample, size } from '../../../chance.ts';
import { codecNames, compressedBy, compressedZeros, type Codec } from '../../../codecs.ts';
import { logOf } from '../../entryLines.ts';
import { freshFolders } from '../../freshFolders.ts';
import { sha256 } from '../../onDisk.ts';
import { sentAhead } from '../sentAhead.ts';
import { startedThreads } from '../startedThreads.ts';

const MB = 1_048_576;
const small = Buffer.from('a short log é😀\nwith two lines\n');
/** More than is sent ahead. */
const log = logOf(size(6, 30) * MB, '2026-01-01T00:00:00Z');
const compressedLogs = new Map<Codec, Buffer>();

/** The log, compressed once for all tests. */
function compressedLog(codec: Codec): Buffer {
  const bytes = compressedLogs.get(codec) ?? compressedBy(codec, log);
  compressedLogs.set(codec, bytes);
  return bytes;
}

describe('decompress', function () {
  this.timeout(120_000);
  const folders = freshFolders();

  async function withFile<T>(
    bytes: Uint8Array,
    use: (file: Parameters<typeof decompress>[1]) => Promise<T>,
  ): Promise<T> {
    const path = join(folders.root, 'x');
    writeFileSync(path, bytes);
    const handle = await open(path);
    try {
      return await use({ name: 'x', handle, bytes: bytes.length });
    } finally {
      await handle.close();
    }
  }

  /** The text that came, and what it ended with: a check or feature, or nothing where all was well. */
  async function decoded(kind: Codec, bytes: Uint8Array): Promise<{ text: Buffer; problem: string }> {
    return withFile(bytes, async (file) => {
      const pieces: Buffer[] = [];
      try {
        for await (const piece of decompress(kind, file)) pieces.push(piece);
      } catch (error) {
        return { text: Buffer.concat(pieces), problem: problemOf(error) };
      }
      return { text: Buffer.concat(pieces), problem: '' };
    });
  }
  function problemOf(error: unknown): string {
    if (!hasCode(error)) throw error;
    const data = error.data as { check?: string; what?: string };
    return data.check ?? data.what ?? error.code;
  }

  for (const kind of codecNames)
    describe(`${kind}, as its own program writes it`, () => {
      const noise = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919 * at) >> 3));
      const texts: [what: string, text: Buffer][] = [
        ['nothing', Buffer.alloc(0)],
        ['a short log', small],
        ['a long log', log],
        ['random bytes', noise],
      ];
      for (const [what, text] of texts)
        it(what, async () => {
          const bytes = text === log ? compressedLog(kind) : compressedBy(kind, text);
          assert.equal(compressionIn(bytes.subarray(0, 10)), kind);
          const { text: read, problem } = await decoded(kind, bytes);
          assert.equal(problem, '');
          assert.equal(sha256(read), sha256(text));
        });

      it('many streams one after the other, empty ones among them', async () => {
        const text = log.subarray(0, 3 * MB);
        const parts = [text.subarray(0, 5), text.subarray(5, 5), text.subarray(5, MB), text.subarray(MB)];
        const bytes = Buffer.concat(parts.map((part) => compressedBy(kind, part)));
        assert.deepEqual(await decoded(kind, bytes), { text, problem: '' });
      });

      it('what follows the text is told, and the text itself comes first', async () => {
        const bytes = Buffer.concat([compressedBy(kind, small), Buffer.from('no part of it')]);
        assert.deepEqual(await decoded(kind, bytes), { text: small, problem: 'trailing' });
      });

      it('cut, it gives the text up to there', async () => {
        for (const bytes of [20_000, 300_000]) {
          // As random bytes, so that few bytes less hold little text less.
          const text = createHash('shake256', { outputLength: bytes }).digest();
          const whole = compressedBy(kind, text);
          const { text: read, problem } = await decoded(kind, whole.subarray(0, -20));
          assert.equal(problem, 'cut');
          assert.ok(text.subarray(0, read.length).equals(read), 'what came is the beginning of the text');
          // zstd and bzip2 are decoded block by block, of 128 KB and of 900 KB.
          const block = { gzip: 200, zstd: 131_072, bzip2: 900_000, xz: 200 }[kind];
          assert.ok(read.length >= text.length - block, `${String(read.length)} of ${String(text.length)}`);
        }
      });

      it('cut anywhere, it is never a shorter text', async () => {
        const bytes = compressedBy(kind, log.subarray(0, 3 * MB));
        const places = [11, 20, 0.1, 0.5, 0.9, -40, -13, -8, -4, -1].map((place) =>
          Math.floor(place < 0 ? bytes.length + place : place < 1 ? place * bytes.length : place),
        );
        for (const place of places) {
          const { problem } = await decoded(kind, bytes.subarray(0, place));
          assert.match(problem, /^(?:cut|header)$/, `at ${String(place)} of ${String(bytes.length)}`);
        }
      });
    });

  describe('on each byte of a short file, changed', () => {
    async function inPlace(kind: Codec, bytes: Buffer): Promise<Buffer | undefined> {
      if (kind !== 'bzip2' && kind !== 'xz') {
        const { text, problem } = await decoded(kind, bytes);
        return problem === '' ? text : undefined;
      }
      // A thread for each would take a minute.
      const pieces: Buffer[] = [];
      const read = (buffer: Int8Array, offset: number, length: number, position: number): number =>
        bytes.copy(new Uint8Array(buffer.buffer, buffer.byteOffset), offset, position, position + length);
      const { failure } = await decodeBySevenZip(kind, { bytes: bytes.length, read }, (piece) => {
        pieces.push(Buffer.from(Uint8Array.from(piece)));
      });
      process.exitCode = undefined;
      return failure === undefined ? Buffer.concat(pieces) : undefined;
    }
    // All four check the text they hold: zstd and xz because their tools ask for it.
    for (const kind of codecNames)
      it(`${kind}: refused, or the same text`, async () => {
        const bytes = compressedBy(kind, small);
        const all = Array.from(bytes, (_, at) =>
          [0x01, 0x80, 0xff].map((mask) => [at, mask] as const),
        ).flat();
        // 7-Zip's program begins anew for each.
        const tried = kind === 'bzip2' || kind === 'xz' ? sample(all, 48, `changed ${kind}`) : all;
        let refused = 0;
        for (const [at, mask] of tried) {
          const changed = Buffer.from(bytes);
          changed[at]! ^= mask;
          const text = await inPlace(kind, changed);
          if (text === undefined) refused += 1;
          else assert.deepEqual(text, small, `byte ${String(at)} ^ ${String(mask)}`);
        }
        assert.ok(3 * refused > 2 * tried.length, `${String(refused)} of ${String(tried.length)}`);
      });
  });

  it('gzip: zeros behind a member are padding, and what follows them is read', async () => {
    const [one, two] = [gzipSync('one\n'), gzipSync('two\n')];
    for (const zeros of [1, 511, 65_536, 300_000]) {
      const padding = Buffer.alloc(zeros);
      assert.equal((await decoded('gzip', Buffer.concat([one, padding]))).problem, '');
      const { text, problem } = await decoded('gzip', Buffer.concat([one, padding, two, padding]));
      assert.deepEqual([text.toString(), problem], ['one\ntwo\n', '']);
    }
  });

  it('gzip: a changed bit takes only what follows it', async () => {
    for (const bytes of [5000, 2_000_000]) {
      const whole = createHash('shake256', { outputLength: bytes }).digest();
      // In base64, so that it is not stored: a changed bit of stored text is found by the checksum alone.
      const compressed = gzipSync(whole.toString('base64'));
      const at = Math.floor(compressed.length * 0.9);
      compressed.fill(0xff, at, at + 40);
      const { text, problem } = await decoded('gzip', compressed);
      assert.match(problem, /^(?:compression|crc-32|shorter|longer)$/);
      const least = whole.toString('base64').length * 0.88 - 4096;
      assert.ok(text.length > least, `${String(text.length)} of ${String(bytes)}`);
    }
  });

  it('gzip: a header with everything in it', async () => {
    const plain = gzipSync(small);
    const extra = Buffer.alloc(60_002, 'x');
    extra.writeUInt16LE(60_000);
    const head = Buffer.concat([plain.subarray(0, 10), extra, Buffer.from('name\0comment\0')]);
    head[3] = 0x1e;
    const crc = Buffer.alloc(2);
    crc.writeUInt16LE(zlib.crc32(head) & 0xffff);
    const bytes = Buffer.concat([head, crc, plain.subarray(10)]);
    assert.deepEqual(await decoded('gzip', bytes), { text: small, problem: '' });
    bytes[head.length]! ^= 1;
    assert.equal((await decoded('gzip', bytes)).problem, 'header');
  });

  it('zstd: frames to be skipped hold no text', async () => {
    const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frame = compressedBy('zstd', small);
    const { text, problem } = await decoded('zstd', Buffer.concat([skipped, frame, skipped, frame]));
    assert.deepEqual([text, problem], [Buffer.concat([small, small]), '']);
    assert.equal((await decoded('zstd', Buffer.concat([frame, skipped.subarray(0, -1)]))).problem, 'cut');
  });

  it('zstd: a window of 2 GB for a small text, which came from a pipe', async () => {
    const frame = compressedBy('zstd', small, '--long=31', '--ultra');
    const { text, problem } = await decoded(
      'zstd',
      Buffer.concat([frame, compressedBy('zstd', small), frame]),
    );
    assert.deepEqual([text, problem], [Buffer.concat([small, small, small]), '']);
    const cut = await decoded('zstd', frame.subarray(0, -9));
    assert.equal(cut.problem, 'cut');
  });

  it('zstd: a dictionary of its own, a large window, and a Node.js without it are told', async () => {
    const dictionary = folders.put('dictionary', Buffer.alloc(0));
    const samples = Array.from({ length: 300 }, (_, at) =>
      folders.put(`s/${String(at)}`, `line ${String(at * 7919)} of a log\n`),
    );
    execFileSync('zstd', ['-q', '-f', '--train', '--maxdict=2000', '-o', dictionary, ...samples], {
      stdio: 'ignore',
    });
    assert.equal(
      (await decoded('zstd', compressedBy('zstd', small, '-D', dictionary))).problem,
      'dictionary',
    );
    // The text is longer than the window with which it is decoded.
    const large = execFileSync('sh', ['-c', 'head -c 129M /dev/zero | zstd -q -c -1 --long=28']);
    const problem = await withFile(large, async (file) => {
      try {
        for await (const piece of decompress('zstd', file)) assert.ok(piece.length > 0);
      } catch (error) {
        return problemOf(error);
      }
      return '';
    });
    assert.equal(problem, 'window');
    const { createZstdDecompress } = zlib;
    Object.defineProperty(zlib, 'createZstdDecompress', {
      value: undefined,
      configurable: true,
      writable: true,
    });
    try {
      assert.equal((await decoded('zstd', compressedBy('zstd', small))).problem, 'zstd');
    } finally {
      zlib.createZstdDecompress = createZstdDecompress;
    }
  });

  it('xz: filters and checks of all kinds; a dictionary of 512 MB for a small text', async () => {
    for (const options of [
      ['--x86', '--lzma2'],
      ['--delta=dist=4', '--lzma2'],
      ['--check=crc32'],
      ['--check=sha256'],
      ['--check=none'],
    ])
      assert.deepEqual(await decoded('xz', compressedBy('xz', small, ...options)), {
        text: small,
        problem: '',
      });
    const bytes = compressedBy('xz', small, '-T1', '--lzma2=preset=0,dict=512MiB');
    assert.deepEqual(await decoded('xz', bytes), { text: small, problem: '' });
  });

  it('xz: a first stream whose header is broken is not passed over for the second', async () => {
    const bytes = Buffer.concat([compressedBy('xz', small), compressedBy('xz', small)]);
    for (const at of [7, 8, 12, 23]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      assert.equal((await decoded('xz', changed)).problem, 'header', `byte ${String(at)}`);
    }
  });

  describe('in a thread', () => {
    for (const kind of ['bzip2', 'xz'] as const) {
      it(`${kind}: it is another one, and is kept for the next text`, async () => {
        // Before: a thread is kept for some seconds only, and to start a program takes as long as it takes.
        const bytes = compressedBy(kind, small);
        const { ids, ended } = await startedThreads(async () => {
          for (let count = 0; count < 3; count += 1) await decoded(kind, bytes);
        });
        assert.deepEqual([ids.length, ended], [1, 0]);
      });

      it(`${kind}: it ends when nobody wants more`, async () => {
        const { ended } = await startedThreads(() =>
          withFile(compressedLog(kind), async (file) => {
            for await (const piece of decompress(kind, file)) {
              assert.ok(log.subarray(0, piece.length).equals(piece));
              break;
            }
          }),
        );
        assert.equal(ended, 1);
      });

      it(`${kind}: it ends when it is called off`, async () => {
        const cancel = new AbortController();
        const { ended } = await startedThreads(() =>
          withFile(compressedLog(kind), async (file) => {
            const reading = (async () => {
              for await (const piece of decompress(kind, file, cancel.signal)) assert.ok(piece.length > 0);
            })();
            await once(process, 'worker');
            cancel.abort();
            await assert.rejects(reading, (error) => error instanceof Failure && error.code === 'cancelled');
          }),
        );
        assert.equal(ended, 1);
      });
    }

    it('two at once', async () => {
      const paths = (['bzip2', 'xz'] as const).map(
        (kind) => [kind, folders.put(kind, compressedLog(kind))] as const,
      );
      const hashes = await Promise.all(
        paths.map(async ([kind, path]) => {
          const handle = await open(path);
          const pieces: Buffer[] = [];
          const file = { name: kind, handle, bytes: readFileSync(path).length };
          for await (const piece of decompress(kind, file)) pieces.push(piece);
          await handle.close();
          return sha256(Buffer.concat(pieces));
        }),
      );
      assert.deepEqual(hashes, [sha256(log), sha256(log)]);
    });

    it('it waits while nobody takes the text', async () => {
      await withFile(compressedZeros('xz', size(20, 200)), async (file) => {
        const { pieces, hasEnded, longest } = await sentAhead(() => decompress('xz', file));
        assert.deepEqual([pieces, hasEnded], [4, false]);
        assert.ok(longest <= MB, String(longest));
      });
    });
  });
});
