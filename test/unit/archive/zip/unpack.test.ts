import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { decodeMember, type MemberSource } from '../../../../src/archive/zip/unpack.ts';
import { hasCode, isFailure } from '../../../../src/base/failure.ts';
import { bundledProgram } from '../../../bundledProgram.ts';
import { size } from '../../../chance.ts';
import { logOf } from '../../entryLines.ts';
import { freshFolders } from '../../freshFolders.ts';
import { sha256 } from '../../onDisk.ts';
import { payloadOf } from '../memberPayload.ts';
import { sentAhead } from '../sentAhead.ts';
import { startedThreads } from '../startedThreads.ts';

const methods = ['bzip2', 'lzma'] as const;
type Method = (typeof methods)[number];
const MB = 1_048_576;
const small = Buffer.from('a short log é😀\nwith two lines\n');
/** More than is sent ahead. */
const log = logOf(6 * MB, '2026-01-01T00:00:00Z');

/** The text that came, and what it ended with: a check or feature, or nothing where all was well. */
async function decoded(method: Method, source: MemberSource): Promise<{ text: Buffer; problem: string }> {
  const pieces: Buffer[] = [];
  let problem = '';
  try {
    for await (const piece of decodeMember(method, source, { name: 'x.zip' })) pieces.push(piece);
  } catch (error) {
    if (!hasCode(error)) throw error;
    const data = error.data as { name?: string; check?: string; what?: string };
    assert.equal(data.name, 'x.zip');
    problem = data.check ?? data.what ?? error.code;
  }
  return { text: Buffer.concat(pieces), problem };
}

const problemOf = async (method: Method, data: Uint8Array): Promise<string> =>
  (await decoded(method, { data })).problem;

describe('decodeMember', function () {
  this.timeout(120_000);
  const folders = freshFolders();

  for (const method of methods)
    describe(method, () => {
      for (const [what, text] of [
        ['nothing', Buffer.alloc(0)],
        ['a short log', small],
        ['6 MB', log],
      ] as const)
        it(`${what}, from memory and from a part of a file`, async () => {
          const payload = payloadOf[method](text);
          const path = folders.put(
            'x',
            Buffer.concat([Buffer.from('before'), payload, Buffer.from('behind')]),
          );
          const handle = await open(path);
          try {
            const part = { fd: handle.fd, start: 6, bytes: payload.length };
            for (const source of [part, { data: payload }]) {
              const { text: read, problem } = await decoded(method, source);
              assert.deepEqual([sha256(read), problem], [sha256(text), '']);
            }
          } finally {
            await handle.close();
          }
        });

      it('as 7-Zip writes it into a zip', async () => {
        const path = join(folders.root, 'x.zip');
        const words = ['a', '-tzip', `-mm=${method}`, path, folders.put('a.log', log)];
        execFileSync('7zz', words, { stdio: 'ignore' });
        const zip = readFileSync(path);
        const central = zip.readUInt32LE(zip.length - 22 + 16);
        const start = 30 + zip.readUInt16LE(26) + zip.readUInt16LE(28);
        const payload = zip.subarray(start, start + zip.readUInt32LE(central + 20));
        const { text, problem } = await decoded(method, { data: payload });
        assert.deepEqual([sha256(text), problem], [sha256(log), '']);
      });

      it('cut anywhere, it is never a shorter text', async () => {
        const payload = payloadOf[method](small);
        for (let bytes = 0; bytes < payload.length; bytes += 1)
          assert.match(
            await problemOf(method, payload.subarray(0, bytes)),
            /^(?:cut|header)$/,
            String(bytes),
          );
      });

      it('what follows the text is told', async () => {
        const payload = Buffer.concat([payloadOf[method](small), Buffer.from('no part of it')]);
        assert.deepEqual(await decoded(method, { data: payload }), { text: small, problem: 'trailing' });
      });

      it('a part of a file that ends too early is not read on', async () => {
        const payload = payloadOf[method](small);
        const handle = await open(folders.put('x', payload));
        try {
          for (const bytes of [3, payload.length - 1]) {
            const { problem } = await decoded(method, { fd: handle.fd, start: 0, bytes });
            assert.match(problem, /^(?:cut|header)$/);
          }
        } finally {
          await handle.close();
        }
      });

      it('of a long text no more is decoded ahead than a few pieces', async () => {
        const data = payloadOf[method](Buffer.alloc(size(20, 100) * MB));
        const { pieces, hasEnded, longest } = await sentAhead(() =>
          decodeMember(method, { data }, { name: 'x' }),
        );
        assert.deepEqual([pieces, hasEnded], [4, false]);
        assert.ok(longest <= MB, String(longest));
      });
    });

  describe('lzma: what a zip says of it', () => {
    /** A stream without an end marker, which 7-Zip writes into its own archives, behind 32 bytes. */
    function unmarked(options: string, properties: string): Buffer {
      const path = join(folders.root, 'x.7z');
      const words = ['a', '-t7z', `-m0=LZMA:${options}`, '-mhc=off', '-si', path];
      execFileSync('7zz', words, { input: log.subarray(0, MB), stdio: ['pipe', 'ignore', 'inherit'] });
      const archive = readFileSync(path);
      const stream = archive.subarray(32, 32 + Number(archive.readBigUInt64LE(12)));
      return Buffer.concat([Buffer.from(`1a020500${properties}`, 'hex'), stream]);
    }

    it('without an end marker, the size is needed', async () => {
      const payload = unmarked('d=64k', '5d00000100');
      const sized = (bytesOfText: number): MemberSource => ({ data: Buffer.from(payload), bytesOfText });
      const { text, problem } = await decoded('lzma', sized(MB));
      assert.deepEqual([sha256(text), problem], [sha256(log.subarray(0, MB)), '']);
      for (const wrong of [0, MB - 1, MB + 1, 2 ** 40])
        assert.notEqual((await decoded('lzma', sized(wrong))).problem, '', String(wrong));
      assert.equal(await problemOf('lzma', payload), 'cut');
    });

    it('other properties than usual', async () => {
      const payload = unmarked('d=64k:lc=8:lp=4:pb=4', 'e000000100');
      const { text, problem } = await decoded('lzma', { data: payload, bytesOfText: MB });
      assert.deepEqual([sha256(text), problem], [sha256(log.subarray(0, MB)), '']);
    });

    const withBytes = (at: number, hex: string): Buffer => {
      const payload = payloadOf.lzma(small);
      payload.write(hex, at, 'hex');
      return payload;
    };
    it('dictionaries of any size are taken, if there is memory', async () => {
      for (const size of ['00000000', '01000000', 'ff0f0000', '01100000', '01180000', '00005001', '0000f005'])
        assert.equal(await problemOf('lzma', withBytes(5, size)), '', size);
      for (const size of ['00000010', '01000080', '010000c0', 'feffffff', 'ffffffff'])
        assert.equal(await problemOf('lzma', withBytes(5, size)), 'memory', size);
    });

    it('a header that ends too early, whatever stands behind it in the file', async () => {
      const handle = await open(folders.put('x', withBytes(5, 'ffffffff')));
      try {
        for (const bytes of [0, 8]) {
          const { problem } = await decoded('lzma', { fd: handle.fd, start: 0, bytes });
          assert.equal(problem, 'header');
        }
      } finally {
        await handle.close();
      }
    });

    it('a header that is none', async () => {
      for (const [at, hex] of [
        [2, '04'],
        [2, '06'],
        [3, '01'],
        [4, 'e1'],
        [4, 'ff'],
        [9, '01'],
      ] as const)
        assert.equal(await problemOf('lzma', withBytes(at, hex)), 'header', `${hex} at ${String(at)}`);
    });
  });

  describe('what is given away', () => {
    it('is lost to the caller', async () => {
      const data = new Uint8Array(payloadOf.lzma(small));
      assert.equal((await decoded('lzma', { data })).problem, '');
      assert.equal(data.buffer.detached, true);
    });

    it('but not what shares its memory with others, which the thread does not get', async () => {
      const data = Buffer.from(payloadOf.lzma(small).toString('latin1'), 'latin1');
      assert.ok(data.buffer.byteLength > data.length, 'from the pool');
      assert.equal((await decoded('lzma', { data })).text.toString(), small.toString());
      assert.equal((await decoded('lzma', { data })).text.toString(), small.toString());
    });
  });

  describe('threads', () => {
    it('1,000 short texts in a row need one, which is kept', async () => {
      const payload = payloadOf.lzma(small);
      const { ids, ended } = await startedThreads(async () => {
        for (let count = 0; count < 1000; count += 1)
          assert.deepEqual(await decoded('lzma', { data: Buffer.from(payload) }), {
            text: small,
            problem: '',
          });
      });
      assert.deepEqual([ids.length, ended], [1, 0]);
    });

    it('damaged ones and sound ones, too', async () => {
      const payload = payloadOf.lzma(small);
      const { ids, ended } = await startedThreads(async () => {
        for (let count = 0; count < 20; count += 1) {
          assert.equal(await problemOf('lzma', payload.subarray(0, -1)), 'cut');
          assert.equal(await problemOf('bzip2', payload), 'header');
          assert.deepEqual(await decoded('lzma', { data: Buffer.from(payload) }), {
            text: small,
            problem: '',
          });
        }
      });
      assert.deepEqual([ids.length, ended], [1, 0]);
    });

    it('that took much memory is not kept', async () => {
      const payload = payloadOf.lzma(small);
      payload.writeUInt32LE(64 * MB, 5);
      const { ended } = await startedThreads(async () => {
        assert.equal(await problemOf('lzma', payload), '');
      });
      assert.equal(ended, 1);
    });

    it('is not kept when nobody wants more', async () => {
      const { ended } = await startedThreads(async () => {
        for await (const piece of decodeMember('lzma', { data: payloadOf.lzma(log) }, { name: 'x' })) {
          assert.ok(log.subarray(0, piece.length).equals(piece));
          break;
        }
      });
      assert.equal(ended, 1);
    });

    it('two at once have one each, a third one waits; one of the two is kept', async () => {
      const { ids, ended } = await startedThreads(async () => {
        const texts = ['bzip2', 'lzma', 'lzma'] as const;
        const results = await Promise.all(
          texts.map(async (method) => decoded(method, { data: payloadOf[method](log) })),
        );
        for (const { text, problem } of results) assert.deepEqual([sha256(text), problem], [sha256(log), '']);
        await turn();
      });
      assert.equal(ids.length, 2);
      assert.ok(ended <= 1);
    });

    it('who waits for one can be called off, and so can who has one', async () => {
      const payload = payloadOf.lzma(log);
      const cancel = new AbortController();
      const isCancelled = (error: unknown): boolean => isFailure(error, 'cancelled');
      const read = (): AsyncGenerator<Buffer> =>
        decodeMember('lzma', { data: Buffer.from(payload) }, { name: 'x', signal: cancel.signal });
      const { ids, allEnded } = await startedThreads(async () => {
        const [one, two, three] = [read(), read(), read()];
        assert.equal((await one.next()).done, false);
        assert.equal((await two.next()).done, false);
        const third = assert.rejects(three.next(), isCancelled);
        await turn();
        cancel.abort();
        await third;
        await assert.rejects(one.next(), isCancelled);
        await assert.rejects(two.next(), isCancelled);
        await assert.rejects(read().next(), isCancelled);
      });
      assert.equal(ids.length, 2);
      await allEnded;
      // Both places are free again.
      assert.equal(await problemOf('lzma', payload), '');
    });

    it('ends when it is idle for some seconds', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        const { ids, allEnded } = await startedThreads(async () => {
          await decoded('lzma', { data: payloadOf.lzma(small) });
        });
        assert.equal(ids.length, 1);
        const terminate = mock.method(Worker.prototype, 'terminate');
        mock.timers.tick(4999);
        assert.equal(terminate.mock.callCount(), 0);
        mock.timers.tick(1);
        assert.equal(terminate.mock.callCount(), 1);
        await allEnded;
      } finally {
        mock.timers.reset();
        mock.restoreAll();
      }
    });

    for (const [what, use] of [
      ['an idle one does not', 'for await (const piece of text) bytes += piece.length;'],
      ['one that waits for a text left in the middle does not', 'bytes = (await text.next()).value.length;'],
    ] as const)
      it(`${what} keep the process alive`, () => {
        const source = bundledProgram(join(import.meta.dirname, '../../../../src/archive/zip/unpack.ts'));
        const program = `
          import { readFileSync } from 'node:fs';
          import { decodeMember } from '${pathToFileURL(source).href}';
          const data = readFileSync('${folders.put('x', payloadOf.lzma(log))}');
          const text = decodeMember('lzma', { data }, { name: 'x' });
          let [bytes, ended] = [0, 0];
          process.on('worker', (worker) => worker.once('exit', () => (ended += 1)));
          ${use}
          process.once('exit', () => {
            console.log(JSON.stringify([bytes, ended]));
          });`;
        const words = [folders.put('program.mjs', program)];
        // The limit is for a process that never ends.
        const output = execFileSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
        const [bytes = 0, ended] = JSON.parse(output) as number[];
        assert.ok(bytes > 0);
        // A process that it kept alive would end after the thread, not before.
        assert.equal(ended, 0, output);
      });
  });
});
