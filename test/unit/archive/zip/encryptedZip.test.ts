import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mock } from 'node:test';
import fc from 'fast-check';
import { keepThread, takeThread } from '../../../../src/archive/codec/codecThreads.ts';
import { encryptedZip, type NewMember, type Sealing } from '../../../../src/archive/zip/encryptedZip.ts';
import { withZip } from '../../../../src/archive/zip/readZip.ts';
import { parseAesField } from '../../../../src/archive/aes/winZipAes.ts';
import { sample, size, soak } from '../../../chance.ts';
import { cancelledAt } from '../../cancelledAt.ts';
import { logOf } from '../../entryLines.ts';
import { freshFolders } from '../../freshFolders.ts';
import { randomContent } from '../../randomContent.ts';
import { knowing, reasonOf, textOf } from '../readWhole.ts';
import { refusalOf } from '../refusalOf.ts';
import { zipRecords } from '../zipRecords.ts';

const methods = ['stored', 'deflated', 'bzip2', 'lzma'] as const;
type Method = (typeof methods)[number];
const numbers: Readonly<Record<Method, number>> = { stored: 0, deflated: 8, bzip2: 12, lzma: 14 };
const MB = 1_048_576;
const modified = new Date(2026, 1, 3, 4, 5, 6).getTime();

const passwords: [what: string, password: string][] = [
  ['ASCII', 'of the test'],
  ['not ASCII', 'pässwörd ñ 漢字'],
  ['emoji', '🔑🗝️ x'],
  ['of 99 bytes', 'ä1x'.repeat(24) + 'xyz'],
  ['of 1,000 characters', 'ä1'.repeat(500)],
];

/** More than one piece. */
const LONG = size(2, 5) * MB;
const log = logOf(LONG, '2026-01-01T00:00:00Z');
const shortTexts: Readonly<Record<string, Buffer>> = {
  'meta.json': Buffer.from('{}\n'),
  one: Buffer.from('x'),
  'fifteen é.txt': randomContent(15, 'encryptedZip'),
  sixteen: randomContent(16, 'encryptedZip'),
  seventeen: randomContent(17, 'encryptedZip'),
  'random 100 KB': randomContent(100_000, 'encryptedZip'),
  'log 100 KB': log.subarray(0, 100_000),
};
const texts: typeof shortTexts = {
  ...shortTexts,
  'random, long': randomContent(LONG, 'encryptedZip'),
  'log, long': log,
};

/** With texts of their own, since they are given away. */
async function zipOf(
  members: Readonly<Record<string, Uint8Array>>,
  sealing: Partial<Sealing>,
): Promise<Buffer> {
  const given: NewMember[] = Object.entries(members).map(([name, text]) => ({
    name,
    text: Buffer.from(text),
  }));
  const whole: Sealing = { method: 'lzma', level: null, password: Buffer.from('x'), modified, ...sealing };
  return Buffer.concat(await encryptedZip(given, whole));
}

describe('encryptedZip', () => {
  const folders = freshFolders();

  async function requireSame(path: string, password: string, expected: typeof texts): Promise<void> {
    await withZip(
      path,
      async (zip) => {
        assert.deepEqual(
          zip.members.map(({ name }) => name),
          Object.keys(expected),
        );
        for (const member of zip.members) {
          assert.ok((await textOf(zip, member)).equals(expected[member.name]!), member.name);
          assert.equal(member.modified, modified);
        }
      },
      { passwords: knowing(password) },
    );
  }

  for (const method of methods) {
    // The password and the length of the texts have separate effects, so only one password is tried with long texts.
    const [withLongTexts] = sample(passwords, 1, `encryptedZip ${method}`);
    for (const [what, password] of passwords)
      it(`${method}, a password ${what}: other tools and we read it`, async () => {
        const isLong = soak || what === withLongTexts?.[0];
        const members = isLong ? texts : shortTexts;
        const [name, text] = isLong ? ['log, long', log] : ['log 100 KB', members['log 100 KB']!];
        const path = folders.put('x.zip', await zipOf(members, { method, password: Buffer.from(password) }));
        // 7-Zip knows none that is longer, neither to write nor to read.
        if (Buffer.byteLength(password) <= 99)
          assert.match(run('7zz', 't', `-p${password}`, path), /Everything is Ok/);
        assert.notEqual(spawnSync('7zz', ['t', '-pwrong', path]).status, 0);
        if (method === 'stored' || method === 'deflated') {
          const read = execFileSync('bsdtar', ['-xOf', path, '--passphrase', password, name], {
            maxBuffer: 1 << 30,
          });
          assert.ok(read.equals(text));
        }
        await requireSame(path, password, members);
      }).timeout(120_000);

    it(`${method}: any bytes come back`, async () => {
      const bytes = fc.uint8Array({ maxLength: 3000 });
      const property = fc.asyncProperty(fc.array(bytes, { maxLength: 3 }), async (contents) => {
        const members = Object.fromEntries(
          contents.map((text, index) => [`m${String(index)}`, Buffer.from(text)]),
        );
        const path = folders.put('x.zip', await zipOf(members, { method, password: Buffer.from('x') }));
        await requireSame(path, 'x', members);
      });
      await fc.assert(property, { numRuns: size(25, 60) });
    }).timeout(120_000);

    it(`${method}: headers`, async () => {
      const zip = await zipOf({ 'meta.json': Buffer.from('a'), 'é.txt': Buffer.from('a') }, { method });
      const { entries, comment } = zipRecords(zip);
      assert.equal(comment.length, 0);
      const end = method === 'lzma' ? 2 : 0;
      assert.deepEqual(
        entries.map(({ central }) => central.flags),
        [1 | end, 0x801 | end],
      );
      for (const { local, central } of entries) {
        const { versionMadeBy, internalAttributes, externalAttributes, ...common } = central;
        assert.deepEqual(local, common);
        assert.deepEqual([versionMadeBy, internalAttributes], [0x033f, 0]);
        assert.equal(externalAttributes, 0o100600 * 0x1_0000);
        assert.deepEqual([local.method, local.crc32, local.bytes], [99, 0, 1]);
        assert.equal(local.extra.toString('hex', 0, 4), '01990700');
        const aes = parseAesField(local.extra.subarray(4));
        assert.deepEqual(aes, { version: 2, keyBytes: 32, method: numbers[method] });
      }
    });

    it(`${method}: what was changed anywhere is refused`, async () => {
      const zip = await zipOf({ a: log.subarray(0, 300) }, { method });
      const { entries } = zipRecords(zip);
      const { start, bytes } = entries[0]!.data;
      // Salt, check of the password and code of authentication whole; the text between is of one kind.
      const places = Array.from({ length: bytes }, (_, index) => index);
      const [first, behind] = [18, bytes - 10];
      const between = sample(places.slice(first, behind), 50, `encryptedZip changed ${method}`);
      for (const place of [...places.slice(0, first), ...between, ...places.slice(behind)]) {
        const at = start + place;
        const changed = Buffer.from(zip);
        changed[at]! ^= 1;
        const path = folders.put('x.zip', changed);
        const reading = withZip(path, (opened) => textOf(opened, opened.members[0]!), {
          passwords: knowing('x'),
        });
        assert.equal(await reading.then(String, reasonOf), refusalOf(changed, 'x'), String(at));
      }
    }).timeout(120_000);

    it(`${method}: called off, before and while it is made`, async () => {
      const cancelled = (error: unknown): boolean => reasonOf(error) === 'cancelled';
      await assert.rejects(zipOf(texts, { method, signal: AbortSignal.abort() }), cancelled);
      const long = { a: Buffer.alloc(8 * MB) };
      if (method === 'stored' || method === 'deflated') {
        const { signal, asked } = cancelledAt(5);
        const text = Buffer.alloc(8 * MB);
        const sealing = { method, level: null, password: Buffer.from('x'), modified, signal };
        await assert.rejects(encryptedZip([{ name: 'a', text }], sealing), cancelled);
        // It is encrypted in place: its end is not, yet.
        assert.ok(text.subarray(-MB).every((byte) => byte === 0));
        assert.equal(asked(), 5, 'nothing is done behind it');
        return;
      }
      const controller = new AbortController();
      const thread = await takeThread(method, undefined);
      keepThread(thread);
      const { worker } = thread;
      const ended = once(worker, 'exit');
      const messages = mock.fn();
      worker.on('message', messages);
      const post = worker.postMessage.bind(worker);
      mock.method(worker, 'postMessage', (...given: Parameters<typeof post>) => {
        post(...given);
        controller.abort();
      });
      await assert.rejects(zipOf(long, { method, signal: controller.signal }), cancelled);
      await ended;
      assert.equal(messages.mock.callCount(), 0);
    });
  }

  it('each member has a salt of its own, each time', async () => {
    const salts = new Set<string>();
    for (let turn = 0; turn < 3; turn += 1) {
      const zip = await zipOf({ a: Buffer.from('x'), b: Buffer.from('x') }, { method: 'stored' });
      for (const { data } of zipRecords(zip).entries)
        salts.add(zip.toString('hex', data.start, data.start + 16));
    }
    assert.equal(salts.size, 6);
  });

  it('the level decides', async () => {
    const sizes = async (method: Method, levels: (number | null)[]): Promise<number[]> =>
      Promise.all(
        levels.map(async (level) => (await zipOf({ a: log.subarray(0, MB) }, { method, level })).length),
      );
    const [none = 0, fastest = 0, usual = 0, six = 0, best = 0] = await sizes('deflated', [0, 1, null, 6, 9]);
    assert.ok(none > MB);
    assert.ok(fastest > usual && usual > best && best > 0);
    assert.equal(usual, six);
    const [zero = 0, one = 0, nine = 0, unset = 0] = await sizes('bzip2', [0, 1, 9, null]);
    assert.deepEqual([zero, nine], [one, unset]);
    assert.ok(one > nine);
    const header = run(
      '7zz',
      'l',
      '-slt',
      folders.put('x.zip', await zipOf({ a: log }, { method: 'bzip2', level: 3 })),
    );
    assert.match(header, /BZip2/);
  }).timeout(120_000);

  it('an empty zip is one', async () => {
    const path = folders.put('x.zip', await zipOf({}, {}));
    await requireSame(path, 'x', {});
    assert.match(run('7zz', 't', path), /Everything is Ok/);
  });

  it('times before 1980 and after 2107 are the nearest that a zip can tell', async () => {
    for (const [given, told] of [
      [new Date(1970, 5, 1), new Date(1980, 0, 1)],
      [new Date(2200, 5, 1), new Date(2107, 11, 31, 23, 59, 58)],
    ] as const) {
      const path = folders.put('x.zip', await zipOf({ a: Buffer.from('x') }, { modified: given.getTime() }));
      const members = await withZip(path, (zip) => Promise.resolve(zip.members));
      assert.equal(members[0]?.modified, told.getTime());
    }
  });

  it('leaves what shares memory with others as it is', async () => {
    const shared = Buffer.from('before TEXT behind');
    for (const method of methods) {
      const member = { name: 'a', text: shared.subarray(7, 11) };
      const sealing = { method, level: null, password: Buffer.from('x'), modified };
      const path = folders.put('x.zip', Buffer.concat(await encryptedZip([member], sealing)));
      await requireSame(path, 'x', { a: Buffer.from('TEXT') });
      assert.equal(shared.toString(), 'before TEXT behind');
    }
  });

  it('keeps the password, and wipes the keys', async () => {
    const fill = Object.getOwnPropertyDescriptor(Buffer.prototype, 'fill')!;
    const wiped = new Set<Buffer>();
    Object.defineProperty(Buffer.prototype, 'fill', {
      ...fill,
      value(this: Buffer, ...values: Parameters<Buffer['fill']>) {
        if (this.length === 66 && values[0] === 0) wiped.add(this);
        return (fill.value as Buffer['fill']).apply(this, values);
      },
    });
    const password = Buffer.from('of the test');
    try {
      await zipOf({ a: log, b: log }, { method: 'stored', password });
      await assert.rejects(
        zipOf({ a: Buffer.alloc(8 * MB) }, { method: 'stored', password, signal: cancelledAt(5).signal }),
        (error) => reasonOf(error) === 'cancelled',
      );
    } finally {
      Object.defineProperty(Buffer.prototype, 'fill', fill);
    }
    assert.equal(wiped.size, 3);
    for (const keys of wiped) assert.ok(keys.every((byte) => byte === 0));
    assert.equal(password.toString(), 'of the test');
  });
});

function run(tool: string, ...words: readonly string[]): string {
  return execFileSync(tool, words, { encoding: 'utf8' });
}
