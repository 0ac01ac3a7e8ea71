import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withZip, type OpenZip } from '../../../../src/archive/zip/readZip.ts';
import { bundledProgram } from '../../../bundledProgram.ts';
import { size } from '../../../chance.ts';
import { cancelledAt } from '../../cancelledAt.ts';
import { logOf } from '../../entryLines.ts';
import { freshFolders } from '../../freshFolders.ts';
import { aesZip } from '../aesZip.ts';
import { knowing, reasonOf, textOf } from '../readWhole.ts';

const MB = 1_048_576;
const opening = { passwords: knowing('x') };
const short = 'a line of a log\n'.repeat(10);

/** The bytes of the central directory, member by member, with their first byte. */
function directoryOf(zip: Buffer): number[] {
  const places: number[] = [];
  for (let at = zip.readUInt32LE(zip.length - 6); zip.readUInt32LE(at) === 0x02014b50;) {
    places.push(at);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return places;
}

/** Changes numbers in the central directory. */
function lying(zip: Buffer, member: number, numbers: { size?: number; compressed?: number }): Buffer {
  const result = Buffer.from(zip);
  const at = directoryOf(zip)[member]!;
  if (numbers.compressed !== undefined) result.writeUInt32LE(numbers.compressed, at + 20);
  if (numbers.size !== undefined) result.writeUInt32LE(numbers.size, at + 24);
  return result;
}

/** Reads the first member of each zip in a process of its own, whose memory is measured. */
function measured(paths: readonly string[]): { results: (number | string)[]; peak: number } {
  const words = [bundledProgram(join(import.meta.dirname, 'measureZips.ts')), ...paths];
  const output = execFileSync(process.execPath, words, { encoding: 'utf8' });
  return JSON.parse(output) as ReturnType<typeof measured>;
}

describe('withZip, on what is meant to harm', function () {
  this.timeout(120_000);
  const folders = freshFolders();

  async function each(zip: Buffer): Promise<Record<string, string> | string> {
    const path = folders.put('x.zip', zip);
    return withZip(
      path,
      async (opened) => {
        const results: Record<string, string> = {};
        for (const member of opened.members)
          results[member.name] = await textOf(opened, member).then(String, reasonOf);
        return results;
      },
      opening,
    ).catch(reasonOf);
  }

  describe('much text', () => {
    it('hundreds of MB of zeros: in little memory, and refused at once where said to be little', () => {
      const bombs = [
        ['Deflate', size(160, 1024)],
        ['LZMA', size(160, 1024)],
        ['BZip2', size(160, 256)],
      ] as const;
      const liars: string[] = [];
      for (const [method, megabytes] of bombs) {
        const path = join(folders.root, `${method}.zip`);
        const options = `-tzip -mm=${method} -mx=1 -mem=AES256 -px -sizeros`;
        const words = `head -c ${String(megabytes)}M /dev/zero | 7zz a ${options} ${path}`;
        execFileSync('sh', ['-c', words], { stdio: 'ignore' });
        const { results, peak } = measured([path]);
        assert.deepEqual(results, [megabytes * MB]);
        // What the process had at any moment, with its thread and garbage: less than the shortest of these texts.
        assert.ok(peak < 150 * MB, `${method}: ${String(Math.round(peak / MB))} MB`);
        liars.push(folders.put(`lying ${method}.zip`, lying(readFileSync(path), 0, { size: 1000 })));
      }
      const refused = measured(liars);
      assert.deepEqual(refused.results, Array(bombs.length).fill('damaged: longer'));
      assert.ok(refused.peak < 150 * MB, `${String(Math.round(refused.peak / MB))} MB`);
    });
  });

  describe('sizes', () => {
    const stored = aesZip([{ name: 'a', text: short, method: 'stored' }], { password: 'x' });
    const deflated = aesZip([{ name: 'a', text: short }], { password: 'x' });
    const cases: [what: string, zip: Buffer, reason: string][] = [
      ['one byte less, stored', lying(stored, 0, { size: 159 }), 'damaged: longer'],
      ['one byte more, stored', lying(stored, 0, { size: 161 }), 'damaged: shorter'],
      ['one byte less, deflated', lying(deflated, 0, { size: 159 }), 'damaged: longer'],
      ['one byte more, deflated', lying(deflated, 0, { size: 161 }), 'damaged: shorter'],
      ['4 GB', lying(deflated, 0, { size: 0xfffffffe }), 'damaged: shorter'],
      ['fewer compressed bytes', lying(stored, 0, { compressed: 100 }), 'damaged: hmac'],
      ['none but the salt', lying(stored, 0, { compressed: 27 }), 'damaged: encryption-header'],
      ['no compressed bytes', lying(stored, 0, { compressed: 0 }), 'damaged: encryption-header'],
      ['more compressed bytes', lying(stored, 0, { compressed: 200 }), 'damaged: overlap'],
      ['more than the file has', lying(stored, 0, { compressed: 100_000 }), 'damaged: cut'],
      [
        'more than is held in memory',
        lying(stored, 0, { compressed: 1024 * MB + 1 }),
        'unsupported: compressed-size',
      ],
    ];
    for (const [what, zip, reason] of cases)
      it(`${what}: ${reason}`, async () => {
        assert.deepEqual(await each(zip), { a: reason });
      });
  });

  it('entries whose data overlap are refused, and others are not', async () => {
    const members = ['a', 'b', 'c'].map((name) => ({ name, text: short, method: 'stored' as const }));
    const zip = aesZip(members, { password: 'x' });
    const bytes = 188;
    assert.deepEqual(await each(zip), { a: short, b: short, c: short });
    assert.deepEqual(await each(lying(zip, 0, { compressed: bytes + 1 })), {
      a: 'damaged: overlap',
      // Only the name and the extra field lie between: those of the first one are not known without looking at its local header.
      b: short,
      c: short,
    });
    assert.deepEqual(await each(lying(zip, 0, { compressed: bytes + 42 + bytes })), {
      a: 'damaged: overlap',
      b: 'damaged: overlap',
      c: short,
    });
    assert.deepEqual(await each(lying(zip, 2, { compressed: bytes + 40 })), {
      a: short,
      b: short,
      c: 'damaged: overlap',
    });
  });

  describe('names', () => {
    // The other file, `ok`, is read whatever the odd one is.
    const cases: [names: string[], result: Record<string, string>][] = [
      [['../x'], { '../x': 'damaged: path' }],
      [['a/../../x'], { 'a/../../x': 'damaged: path' }],
      [['..'], { '..': 'damaged: path' }],
      [['..\\x'], { '../x': 'damaged: path' }],
      [['/etc/x'], { '/etc/x': 'damaged: path' }],
      [['C:x'], { 'C:x': 'damaged: path' }],
      [['\\\\host\\x'], { '//host/x': 'damaged: path' }],
      [['a\0.txt'], { 'a\0.txt': 'damaged: path' }],
      [['x', 'x'], { x: 'damaged: duplicate' }],
      [['a/b', 'a\\b'], { 'a/b': 'damaged: duplicate' }],
      [['a\\b'], { 'a/b': short }],
      [['d/', 'd/'], { 'd/': short }],
      [['...', 'a..b', '.a', ''], { '...': short, 'a..b': short, '.a': short, '': short }],
      [['X', 'x'], { X: short, x: short }],
    ];
    for (const [names, result] of cases)
      it(JSON.stringify(names), async () => {
        const members = [...names, 'ok'].map((name) => ({ name, text: short }));
        assert.deepEqual(await each(aesZip(members, { password: 'x' })), { ...result, ok: short });
      });

    it('"__proto__" is a name like any other', async () => {
      const path = folders.put('x.zip', aesZip([{ name: '__proto__', text: short }], { password: 'x' }));
      const names = await withZip(path, async ({ members }) => members.map(({ name }) => name));
      assert.deepEqual(names, ['__proto__']);
    });
  });

  describe('an odd entry of the directory: it is refused, and the others are read', () => {
    /** Changes the entry of the first member. */
    function odd(change: (zip: Buffer, at: number) => void): Buffer {
      const zip = aesZip(
        ['a', 'b'].map((name) => ({ name, text: short })),
        { password: 'x' },
      );
      change(zip, directoryOf(zip)[0]!);
      return zip;
    }
    const cases: [what: string, change: (zip: Buffer, at: number) => void, reason: string][] = [
      [
        'strong encryption',
        (zip, at) => void zip.writeUInt16LE(zip.readUInt16LE(at + 8) | 0x40, at + 8),
        'unsupported: strong-encryption',
      ],
      [
        'a broken extra field',
        (zip, at) => void zip.writeUInt16LE(500, at + 46 + 1 + 2),
        'damaged: directory',
      ],
      ['an unknown method', (zip, at) => void zip.writeUInt16LE(95, at + 46 + 1 + 9), 'unsupported: method'],
      ['a place outside', (zip, at) => void zip.writeUInt32LE(0xffff_0000, at + 42), 'damaged: cut'],
    ];
    for (const [what, change, reason] of cases)
      it(what, async () => {
        assert.deepEqual(await each(odd(change)), { a: reason, b: short });
      });
  });

  describe('another name in the local header', () => {
    function named(local: string, central: string): Buffer {
      const zips = [local, central].map((name) =>
        aesZip(
          [
            { name, text: short },
            { name: 'ok', text: short },
          ],
          { password: 'x', salt: 's' },
        ),
      );
      // The salt depends on the name, so both headers belong to the data of the zip with the local name.
      const [one, other] = zips as [Buffer, Buffer];
      const directory = one.readUInt32LE(one.length - 6);
      const entries = Buffer.from(other.subarray(other.readUInt32LE(other.length - 6)));
      const difference = one.readUInt32LE(one.length - 6) - other.readUInt32LE(other.length - 6);
      const second = directoryOf(other)[1]! - other.readUInt32LE(other.length - 6);
      entries.writeUInt32LE(entries.readUInt32LE(second + 42) + difference, second + 42);
      entries.writeUInt32LE(directory, entries.length - 6);
      return Buffer.concat([one.subarray(0, directory), entries]);
    }
    const names: [local: string, central: string][] = [
      ['', 'logs of today.txt'],
      ['x', 'a name that is far longer than the other one.log'],
      ['a\\b', 'a/b'],
      ['a name that is far longer than the other one.log', 'x'],
    ];
    for (const [local, central] of names)
      it(`${JSON.stringify(local)} for ${JSON.stringify(central)}`, async () => {
        assert.deepEqual(await each(named(local, central)), { [central]: short, ok: short });
      });
  });

  describe('many entries', () => {
    function zipOf(entries: number): Buffer {
      const locals: Buffer[] = [];
      const centrals: Buffer[] = [];
      for (let at = 0; at < entries; at += 1) {
        const name = Buffer.from(String(at).padStart(6, '0'));
        const local = Buffer.alloc(30);
        local.write('PK\x03\x04', 'latin1');
        local.writeUInt16LE(name.length, 26);
        locals.push(local, name);
        const central = Buffer.alloc(46);
        central.write('PK\x01\x02', 'latin1');
        central.writeUInt16LE(name.length, 28);
        central.writeUInt32LE(at * 36, 42);
        centrals.push(central, name);
      }
      const [start, bytes] = [entries * 36, entries * 52];
      const record = Buffer.alloc(56);
      record.write('PK\x06\x06', 'latin1');
      record.writeBigUInt64LE(44n, 4);
      record.writeBigUInt64LE(BigInt(entries), 24);
      record.writeBigUInt64LE(BigInt(entries), 32);
      record.writeBigUInt64LE(BigInt(bytes), 40);
      record.writeBigUInt64LE(BigInt(start), 48);
      const locator = Buffer.alloc(20);
      locator.write('PK\x06\x07', 'latin1');
      locator.writeBigUInt64LE(BigInt(start + bytes), 8);
      locator.writeUInt32LE(1, 16);
      const end = Buffer.alloc(22, 0xff);
      end.write('PK\x05\x06', 'latin1');
      end.writeUInt32LE(0, 4);
      end.writeUInt16LE(0, 20);
      return Buffer.concat([...locals, ...centrals, record, locator, end]);
    }

    for (const entries of [65_536, 100_000])
      it(`${String(entries)}: refused, before they are looked at`, async () => {
        assert.equal(await each(zipOf(entries)), 'unsupported: members');
      });

    it('65,535: listed and read in little memory', async () => {
      const path = folders.put('x.zip', zipOf(65_535));
      await withZip(path, async (zip) => {
        assert.equal(zip.members.length, 65_535);
        assert.equal((await textOf(zip, zip.members[65_534]!)).length, 0);
      });
      const { results, peak } = measured([path]);
      assert.deepEqual(results, [0]);
      assert.ok(peak < 200 * MB, `${String(Math.round(peak / MB))} MB`);
    });

    it('fewer than there are', async () => {
      const zip = aesZip(
        ['a', 'b', 'c'].map((name) => ({ name, text: short })),
        { password: 'x' },
      );
      for (const entries of [0, 1, 2]) {
        zip.writeUInt16LE(entries, zip.length - 12);
        assert.equal(await each(zip), 'damaged: directory');
      }
    });
  });

  describe('a file that changes while it is open', () => {
    async function during(change: (path: string) => void, text: string | Buffer = short): Promise<string> {
      const path = folders.put('x.zip', aesZip([{ name: 'a', text }], { password: 'x' }));
      return withZip(
        path,
        async (zip) => {
          change(path);
          return (await textOf(zip, zip.members[0]!)).toString();
        },
        opening,
      ).catch(reasonOf);
    }
    const other = (): Buffer => aesZip([{ name: 'a', text: 'other' }], { password: 'x' });
    const changes: [what: string, change: (path: string) => void, result: string][] = [
      [
        'cut',
        (path) => {
          truncateSync(path, 60);
        },
        'damaged: cut',
      ],
      [
        'emptied',
        (path) => {
          truncateSync(path);
        },
        'damaged: cut',
      ],
      [
        'growing',
        (path) => {
          appendFileSync(path, Buffer.alloc(MB));
        },
        short,
      ],
      [
        'replaced',
        (path) => {
          renameSync(folders.put('other.zip', other()), path);
        },
        short,
      ],
    ];
    for (const [what, change, result] of changes)
      it(what, async () => {
        assert.equal(await during(change), result);
      });

    it('written over: nothing that is not proven', async () => {
      assert.match(
        await during((path) => {
          writeFileSync(path, other());
        }),
        /^(?:other|damaged: .+)$/,
      );
    });
  });

  describe('a text too large to be held', () => {
    const log = logOf(25 * MB, '2026-01-01T00:00:00Z');
    const first = async (zip: OpenZip): Promise<unknown> => {
      const pieces = zip.read(zip.members[0]!)[Symbol.asyncIterator]();
      return (await pieces.next()).value as unknown;
    };

    it('is handed out whole, and again', async () => {
      const path = folders.put('x.zip', aesZip([{ name: 'a', text: log }], { password: 'x', version: 1 }));
      await withZip(
        path,
        async (zip) => {
          for (let time = 0; time < 2; time += 1) assert.ok((await textOf(zip, zip.members[0]!)).equals(log));
        },
        opening,
      );
    });

    it('is checked to its end before its first piece', async () => {
      const zip = aesZip([{ name: 'a', text: log }], { password: 'x', version: 1 });
      const [at] = directoryOf(zip) as [number];
      for (const [field, reason] of [
        [16, 'damaged: crc-32'],
        [24, 'damaged: longer'],
      ] as const) {
        const changed = Buffer.from(zip);
        changed.writeUInt32LE(changed.readUInt32LE(at + field) - 1, at + field);
        const path = folders.put('x.zip', changed);
        await assert.rejects(withZip(path, first, opening), (error) => reasonOf(error) === reason);
      }
    });

    it('and that is written over after it was checked, is not handed out', async () => {
      const options = { password: 'x', version: 1 as const };
      const path = folders.put('x.zip', aesZip([{ name: 'a', text: log }], options));
      const other = aesZip([{ name: 'a', text: log }], options);
      // As long, with its own salt; what is proven of the one says nothing about the other.
      assert.equal(other.length, readFileSync(path).length);
      let asked = 0;
      const passwords = {
        candidates: () => {
          asked += 1;
          if (asked === 2) writeFileSync(path, other);
          return knowing('x').candidates();
        },
      };
      await assert.rejects(
        withZip(path, first, { passwords }),
        (error) => reasonOf(error) === 'damaged: content',
      );
    });

    it('and that is said to be packed in another way later, is checked anew', async () => {
      const zip = aesZip([{ name: 'a', text: log }], { password: 'x' });
      await withZip(folders.put('x.zip', zip), first, opening);
      const field = Buffer.from([0x01, 0x99, 7, 0, 2, 0, 0x41, 0x45]);
      // Stored, says the local header as well as the directory.
      for (let at = zip.indexOf(field); at !== -1; at = zip.indexOf(field, at + 1))
        zip.writeUInt16LE(0, at + 9);
      const path = folders.put('x.zip', zip);
      await assert.rejects(withZip(path, first, opening), (error) => reasonOf(error) === 'damaged: shorter');
    });

    it('is called off, before and while it is read', async () => {
      const path = folders.put('x.zip', aesZip([{ name: 'a', text: log }], { password: 'x' }));
      const cancelled = (error: unknown): boolean => reasonOf(error) === 'cancelled';
      await assert.rejects(withZip(path, first, { ...opening, signal: AbortSignal.abort() }), cancelled);
      const controller = new AbortController();
      const reading = withZip(
        path,
        async (zip) => {
          setImmediate(() => {
            controller.abort();
          });
          await first(zip);
        },
        { ...opening, signal: controller.signal },
      );
      await assert.rejects(reading, cancelled);
    });

    it('many passwords are called off', async () => {
      const path = folders.put('x.zip', aesZip([{ name: 'a', text: short }], { password: 'x' }));
      const { signal, asked } = cancelledAt(100);
      const wrong = Array.from({ length: 10_000 }, (_, at) => `wrong ${String(at)}`);
      const reading = withZip(path, first, { passwords: knowing(...wrong), signal });
      await assert.rejects(reading, cancelledReason);
      assert.ok(asked() < 110, String(asked()));
    });
  });
});

function cancelledReason(error: unknown): boolean {
  return reasonOf(error) === 'cancelled';
}
