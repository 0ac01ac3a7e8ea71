import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { measureLog, partCount, readLogPart, slicePart, streamLog } from '../../../src/reading/readLog.ts';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { type FailureCode, isFailure } from '../../../src/base/failure.ts';
import { openFolderLock } from '../../../src/files/folderLock.ts';
import { size } from '../../chance.ts';
import { logOf } from '../entryLines.ts';
import { hostileNames } from '../../hostileNames.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { wholeLog } from './wholeLog.ts';
import * as fc from 'fast-check';

const samples = join(import.meta.dirname, '../../fixtures');
const MB = 1_048_576;

describe('reading a log', function () {
  this.timeout(120_000);
  const folders = freshFolders();
  const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);

  const whole = (name: string, member?: string): Promise<Buffer> => wholeLog(folders.root, name, member);
  async function inParts(name: string): Promise<Buffer> {
    const { parts } = await measureLog({ root: folders.root, name });
    const read: Uint8Array[] = [];
    for (let part = 0; part < parts; part += 1)
      read.push((await readLogPart({ root: folders.root, name, part })).bytes);
    return Buffer.concat(read);
  }
  async function archive(name: string, content: Buffer | string): Promise<void> {
    const source = folders.put('source', content);
    await zipArchives.write(source, join(folders.logs, name), {
      name: 'x.log',
      comment: '',
      modified: 0,
      bytes: content.length,
    });
  }
  const sample = (path: string, name: string): void => {
    copyFileSync(join(samples, path), join(folders.logs, name));
  };

  const long = logOf(size(23, 45) * MB, '2026-01-01T00:00:00Z');
  const texts: [what: string, text: () => Buffer][] = [
    ['nothing', () => Buffer.alloc(0)],
    ['a short log', () => Buffer.from('line é😀\n')],
    ['a torn line and invalid UTF-8', () => Buffer.from([0x61, 0x0a, 0xff, 0xc3, 0x28])],
    ['a log of five parts', () => long],
  ];
  for (const [what, text] of texts) {
    it(`plain, ${what}: whole and in parts`, async () => {
      const content = text();
      folders.put('logs/api.log', content);
      assert.ok((await whole('api.log')).equals(content));
      assert.ok((await inParts('api.log')).equals(content));
      assert.equal((await measureLog({ root: folders.root, name: 'api.log' })).textBytes, content.length);
    });
    it(`zipped, ${what}: whole and in parts, with nothing new on disk`, async () => {
      const content = text();
      await archive('api.2026-01-01.log.zip', content);
      unlinkSync(join(folders.root, 'source'));
      const before = onDisk(folders.root);
      assert.ok((await whole('api.2026-01-01.log.zip')).equals(content));
      assert.ok((await inParts('api.2026-01-01.log.zip')).equals(content));
      assert.deepEqual(onDisk(folders.root), before);
    });
  }

  const escapes = [
    '../secret',
    '..',
    '.',
    '',
    '/etc/passwd',
    'sub/api.log',
    './api.log',
    'api.log/',
    'sub/../api.log',
    '../logs/api.log',
    '..\\secret/x',
    'x\0y',
  ];
  for (const name of escapes)
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      folders.put('secret', 'secret');
      folders.put('logs/api.log', 'text');
      folders.put('logs/sub/api.log', 'text');
      await assert.rejects(whole(name), failsWith('not-a-log-name'));
      await assert.rejects(measureLog({ root: folders.root, name }), failsWith('not-a-log-name'));
      await assert.rejects(readLogPart({ root: folders.root, name, part: 0 }), failsWith('not-a-log-name'));
    });

  const names = [
    'two words.log',
    '"quoted".log',
    'new\nline.log',
    '😀.log',
    '-rf',
    '..log',
    'back\\slash.log',
  ];
  for (const name of names)
    it(`opens ${JSON.stringify(name)}`, async () => {
      folders.put(`logs/${name}`, 'text');
      assert.equal((await whole(name)).toString(), 'text');
    });

  it('opens exactly the log of each hostile name', async () => {
    const hostile = Object.values(hostileNames);
    for (const name of hostile) folders.put(`logs/${name}`, `this is ${name}\n`);
    for (const name of hostile) assert.equal((await whole(name)).toString(), `this is ${name}\n`);
  });

  it('never opens the locks: closing one would drop it', async () => {
    for (const name of ['.lock', '.maintenance']) {
      (await openFolderLock(folders.logs, name)).close();
      await assert.rejects(whole(name), failsWith('not-a-log-name'));
    }
  });

  const things: [what: string, make: (path: string) => void, code: FailureCode][] = [
    ['nothing', () => undefined, 'file-missing'],
    [
      'a link',
      (path) => {
        symlinkSync(folders.put('secret', 'secret'), path);
      },
      'not-a-regular-file',
    ],
    [
      'a folder',
      (path) => {
        mkdirSync(path);
      },
      'not-a-regular-file',
    ],
    [
      'a named pipe',
      (path) => {
        execFileSync('mkfifo', [path]);
      },
      'not-a-regular-file',
    ],
  ];
  for (const [what, make, code] of things)
    for (const name of ['api.log', 'api.2026-01-01.log.zip'])
      it(`${name} is ${what}: ${code}`, async () => {
        make(join(folders.logs, name));
        await assert.rejects(whole(name), failsWith(code));
      });

  const folderStates: [what: string, make: (path: string) => void, code: FailureCode][] = [
    ['missing', () => undefined, 'logs-missing'],
    [
      'a file',
      (path) => {
        writeFileSync(path, '');
      },
      'logs-not-a-folder',
    ],
    [
      'a link',
      (path) => {
        folders.put('real/api.log', 'text');
        symlinkSync('real', path);
      },
      'logs-not-a-folder',
    ],
  ];
  for (const [what, make, code] of folderStates)
    it(`logs/ is ${what}: ${code}`, async () => {
      make(join(folders.root, 'logs'));
      await assert.rejects(whole('api.log'), failsWith(code));
    });

  const zips: [what: string, path: string, code: FailureCode][] = [
    ['several members', 'zips/yauzl/success/linux-info-zip.zip', 'member-needed'],
    ['no member', 'zips/yauzl/success/empty.zip', 'member-needed'],
    ['ZipCrypto', 'zips/yauzl/success/traditional-encryption.zip', 'archive-unsupported'],
    ['xz', 'zips/libzip/testfile-xz.zip', 'archive-unsupported'],
    ['a wrong CRC', 'zips/libzip/incons-central-crc.zip', 'archive-damaged'],
    ['other data', 'zips/libzip/incons-data.zip', 'archive-damaged'],
    [
      'more than it says',
      'zips/yauzl/failure/too many bytes in the stream expected 82496 got at least 98304.zip',
      'archive-damaged',
    ],
    [
      'less than it says',
      'zips/yauzl/failure/not enough bytes in the stream expected 2048576 got only 1000000.zip',
      'archive-damaged',
    ],
  ];
  for (const [what, path, code] of zips)
    it(`a zip with ${what}: ${code}`, async () => {
      sample(path, 'x.zip');
      await assert.rejects(whole('x.zip'), failsWith(code));
      await assert.rejects(readLogPart({ root: folders.root, name: 'x.zip', part: 0 }), failsWith(code));
    });

  for (const [what, path, code] of zips.filter(([what]) => what === 'ZipCrypto' || what === 'xz'))
    it(`says before anybody waits that a zip cannot be shown: ${what}`, async () => {
      sample(path, 'x.zip');
      await assert.rejects(measureLog({ root: folders.root, name: 'x.zip' }), failsWith(code));
    });

  it('opens a member by its name, and no other', async () => {
    sample('zips/yauzl/success/linux-info-zip.zip', 'x.zip');
    assert.deepEqual(
      [(await whole('x.zip', 'a.txt')).length, (await whole('x.zip', 'b.txt')).length],
      [5, 5],
    );
    for (const member of ['c.txt', '../a.txt', ''])
      await assert.rejects(whole('x.zip', member), failsWith('no-such-member'));
  });

  it('opens what other programs zipped', async () => {
    sample('audit/audit.2026-01-01_00-00-00_000000.log.zip', 'audit.2026-01-01_00-00-00_000000.log.zip');
    const text = (await whole('audit.2026-01-01_00-00-00_000000.log.zip')).toString();
    assert.match(text, /^\{"id"/);
  });

  it('a truncated zip is damaged', async () => {
    await archive('x.zip', logOf(100_000, '2026-01-01T00:00:00Z'));
    const bytes = readFileSync(join(folders.logs, 'x.zip'));
    for (const length of [10, 1000, bytes.length - 1]) {
      writeFileSync(join(folders.logs, 'x.zip'), bytes.subarray(0, length));
      await assert.rejects(whole('x.zip'), failsWith('archive-damaged'));
    }
  });

  for (const part of [-1, 1, 0.5, Number.NaN])
    it(`there is no part ${String(part)}`, async () => {
      folders.put('logs/api.log', 'text');
      await assert.rejects(
        readLogPart({ root: folders.root, name: 'api.log', part }),
        failsWith('no-such-part'),
      );
    });

  it('a log that is rotated while it is read is read to its end', async () => {
    const content = logOf(2 * MB, '2026-01-01T00:00:00Z');
    const path = folders.put('logs/api.log', content);
    let read = 0;
    await streamLog({ root: folders.root, name: 'api.log' }, async (piece) => {
      if (read === 0) renameSync(path, join(folders.logs, 'api.1.log'));
      read += piece.length;
    });
    assert.equal(read, content.length);
  });
});

const NEWLINE = 0x0a;

/** A text as a source, read in pieces of 1 MB. */
function sourceOf(text: Buffer): Parameters<typeof slicePart>[0] {
  return {
    bytes: text.length,
    async *read(from, to) {
      for (let at = from; at < to; at += MB) yield text.subarray(at, Math.min(to, at + MB));
    },
  };
}

async function partsOf(text: Buffer): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let part = 0; part < partCount(text.length); part += 1)
    parts.push(await slicePart(sourceOf(text), part));
  return parts;
}

/** What holds for the parts of any text; at a cut no character is torn, unless it was before. */
async function check(text: Buffer): Promise<Uint8Array[]> {
  const parts = await partsOf(text);
  assert.ok(Buffer.concat(parts).equals(text));
  for (const part of parts) assert.ok(part.length <= 20 * MB, String(part.length));
  return parts;
}

/** A text made of runs: a line or bytes, again and again for so many bytes. */
function textOf(runs: readonly { unit: Buffer; length: number }[]): Buffer {
  return Buffer.concat(runs.map(({ unit, length }) => Buffer.alloc(length, unit)));
}

describe('partCount', () => {
  const counts: [bytes: number, parts: number][] = [
    [0, 1],
    [1, 1],
    [10 * MB + 1, 1],
    [20 * MB, 1],
    [20 * MB + 1, 5],
    [30 * MB, 6],
    [120 * MB, 24],
  ];
  for (const [bytes, parts] of counts)
    it(`${String(bytes)} bytes: ${String(parts)}`, () => {
      assert.equal(partCount(bytes), parts);
    });
});

describe('slicePart', function () {
  this.timeout(180_000);

  const line = Buffer.from(`{"timestamp":"2026-01-01T00:00:00Z","path":"/é😀"}\n`);
  const x = (length: number): { unit: Buffer; length: number } => ({ unit: Buffer.from('x'), length });
  const end = { unit: Buffer.from('\n'), length: 1 };
  const texts: [what: string, text: () => Buffer, lengths: number[]][] = [
    ['nothing', () => Buffer.alloc(0), [0]],
    ['a short text', () => Buffer.from('a\nb'), [3]],
    ['20 MB of lines are one part', () => Buffer.alloc(20 * MB, line), [20 * MB]],
    ['20 MB without a line end, too', () => Buffer.alloc(20 * MB, 'x'), [20 * MB]],
    [
      'a line end just before the cut',
      () => textOf([x(5 * MB - 1), end, x(20 * MB - 1), end]),
      [5 * MB, 6 * MB, 5 * MB, 5 * MB, 4 * MB],
    ],
    [
      'a line end just behind the cut',
      () => textOf([x(5 * MB), end, x(16 * MB)]),
      [5 * MB + 1, 6 * MB - 1, 5 * MB, 5 * MB, 1],
    ],
    ['line ends alone', () => Buffer.alloc(20 * MB + 5, '\n'), [5 * MB, 5 * MB, 5 * MB, 5 * MB, 5]],
    ['one line', () => Buffer.alloc(24 * MB, 'x'), [6 * MB, 5 * MB, 5 * MB, 5 * MB, 3 * MB]],
    [
      'a line that ends just within reach',
      () => textOf([x(6 * MB - 1), end, x(15 * MB)]),
      [6 * MB, 5 * MB, 5 * MB, 5 * MB, 0],
    ],
    [
      'a line that ends just out of reach',
      () => textOf([x(6 * MB), end, x(15 * MB)]),
      [6 * MB, 5 * MB, 5 * MB, 5 * MB, 1],
    ],
  ];
  for (const [what, text, lengths] of texts)
    it(what, async () => {
      const parts = await check(text());
      assert.deepEqual(
        parts.map((part) => part.length),
        lengths,
      );
    });

  it('cuts lines at their ends', async () => {
    const parts = await check(Buffer.alloc(45 * MB, line));
    for (const part of parts.slice(0, -1)) assert.equal(part.at(-1), NEWLINE);
  });

  for (const shift of [0, 1, 2, 3])
    it(`tears no character of a long line (${String(shift)} bytes in)`, async () => {
      const text = textOf([
        { unit: Buffer.from('x'), length: shift },
        { unit: Buffer.from('😀'), length: 44 * MB },
      ]);
      for (const part of await check(text)) {
        const decoded = new TextDecoder('utf-8', { fatal: true });
        decoded.decode(part);
      }
    });

  it('loses nothing of what is no UTF-8', async () => {
    await check(Buffer.alloc(45 * MB, 0x80));
    await check(Buffer.alloc(45 * MB, Buffer.from([0x80, 0x81, 0xff])));
  });

  it('returns bytes of their own, so that they can change threads', async () => {
    const text = Buffer.from('a\nb\n');
    const part = await slicePart(sourceOf(text), 0);
    assert.equal(part.buffer.byteLength, part.byteLength);
    text.fill(0);
    assert.equal(Buffer.from(part).toString(), 'a\nb\n');
  });

  it('the parts of any text are the text', async () => {
    const units = ['\n', 'x', line.toString(), 'é', '😀', 'no end ', '\r\n'].map((unit) => Buffer.from(unit));
    const unit = fc.constantFrom(...units, Buffer.from([0x80]), Buffer.from([0xf0, 0x9f]));
    const length = fc.oneof(
      fc.integer({ min: 0, max: 25 * MB }),
      fc.constantFrom(10 * MB - 1, 10 * MB, 10 * MB + 1, MB - 1, MB, MB + 1),
    );
    const runs = fc.array(fc.record({ unit, length }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(runs, async (made) => {
        await check(textOf(made));
      }),
      { numRuns: 8 },
    );
  });
});
