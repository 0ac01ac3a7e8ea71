import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { countPasswords, formsOf } from '../../../../src/archive/aes/passwords.ts';
import { withZip } from '../../../../src/archive/zip/readZip.ts';
import { cryptInPlace, deriveKeys, parseAesField } from '../../../../src/archive/aes/winZipAes.ts';
import { hasCode } from '../../../../src/base/failure.ts';
import { size } from '../../../chance.ts';
import { freshFolders } from '../../freshFolders.ts';
import { aesZip } from '../aesZip.ts';
import { knowing, readWhole, reasonOf, textOf } from '../readWhole.ts';
import { refusalOf } from '../refusalOf.ts';

const MB = 1_048_576;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('parseAesField', () => {
  const fields: [what: string, field: number[], result: object | undefined][] = [
    ['AE-2, 256 bits, LZMA', [2, 0, 65, 69, 3, 14, 0], { version: 2, keyBytes: 32, method: 14 }],
    ['AE-1, 128 bits, stored', [1, 0, 65, 69, 1, 0, 0], { version: 1, keyBytes: 16, method: 0 }],
    ['192 bits, deflated', [1, 0, 65, 69, 2, 8, 0], { version: 1, keyBytes: 24, method: 8 }],
    ['an unknown version', [3, 0, 65, 69, 3, 8, 0], undefined],
    ['an unknown strength', [2, 0, 65, 69, 4, 8, 0], undefined],
    ['no strength', [2, 0, 65, 69, 0, 8, 0], undefined],
    ['another vendor', [2, 0, 65, 70, 3, 8, 0], undefined],
    ['too short', [2, 0, 65, 69, 3, 8], undefined],
    ['too long', [2, 0, 65, 69, 3, 8, 0, 0], undefined],
  ];
  for (const [what, field, result] of fields)
    it(what, () => {
      assert.deepEqual(parseAesField(Buffer.from(field)), result);
    });
});

describe('cryptInPlace', () => {
  for (const bits of [128, 192, 256])
    it(`gives what one call a block gives, for any length (${String(bits)} bits)`, async () => {
      const keys = await deriveKeys(bytes('x'), randomBytes(16), bits / 8);
      for (const length of [0, 1, 7, 8, 15, 16, 17, 4095, 262_144, 262_145, 5 * MB + 3]) {
        const data = Buffer.from(randomBytes(length).buffer);
        const original = Buffer.from(data);
        await cryptInPlace(data, keys, undefined);
        const cipher = createCipheriv(`aes-${String(bits)}-ecb`, keys.encryption, null);
        for (let at = 0; at < length; at += 16) {
          const counter = Buffer.alloc(16);
          counter.writeUInt32LE(at / 16 + 1);
          const stream = cipher.update(counter);
          // Of the longest, the first blocks and the last one.
          if (at > 64 && at < length - 16 && at % 65_536 !== 0) continue;
          for (let index = at; index < Math.min(at + 16, length); index += 1)
            assert.equal(data[index], original[index]! ^ stream[index - at]!, String(index));
        }
      }
    });
});

describe('formsOf', () => {
  const folders = freshFolders();
  // Of Python: 'päss'.encode('cp1252'), …
  const [ansi, oem] = [Uint8Array.of(0x70, 0xe4, 0x73, 0x73), Uint8Array.of(0x70, 0x84, 0x73, 0x73)];
  const forms: [what: string, password: Uint8Array, result: Uint8Array[]][] = [
    ['ASCII', bytes('a b'), [bytes('a b')]],
    ['nothing', bytes(''), [bytes('')]],
    ['composed', bytes('p\u00e4ss'), [bytes('p\u00e4ss'), bytes('pa\u0308ss'), ansi, oem]],
    ['decomposed', bytes('pa\u0308ss'), [bytes('pa\u0308ss'), bytes('p\u00e4ss'), ansi, oem]],
    ['no UTF-8', Uint8Array.of(0xff, 0x41), [Uint8Array.of(0xff, 0x41)]],
    ['in no code page', bytes('\u{1f600}'), [bytes('\u{1f600}')]],
  ];
  for (const [what, password, result] of forms)
    it(what, () => {
      assert.deepEqual(formsOf(password), result);
    });

  // Of Python: "…".encode("cp1252").hex(), and so on.
  const pages: [page: string, text: string, hex: string][] = [
    ['CP1252', '€uro ÿ', '8075726f20ff'],
    ['CP437', 'Ωmega£ ü', 'ea6d6567619c2081'],
    ['CP850', 'Ølø ß×', '9d6c9b20e19e'],
    ['CP1250', 'žluťoučký', '9e6c759d6f75e86bfd'],
    ['GBK', '密码 a', 'c3dcc2eb2061'],
  ];
  for (const [page, typed, hex] of pages)
    it(`${page}: an archive whose program used its bytes opens`, async () => {
      const password = Buffer.from(hex, 'hex');
      assert.ok(formsOf(bytes(typed)).some((form) => password.equals(form)));
      const zip = aesZip([{ name: 'a', text: 'text' }], { password });
      const path = folders.put('x.zip', zip);
      const opened = await readWhole(path, { passwords: knowing(typed) });
      assert.deepEqual(opened, { a: 'text' });
    });

  it('are counted as one password, in any order', () => {
    const several = ['a', 'pa\u0308ss', '\u00f6', ''].flatMap((password) => formsOf(bytes(password)));
    assert.equal(countPasswords(several), 4);
    assert.equal(countPasswords(several.toReversed()), 4);
  });
});

describe('withZip, on what is encrypted', () => {
  const folders = freshFolders();
  const text = 'a line of a log\n'.repeat(1000);

  for (const bits of [128, 192, 256] as const)
    for (const version of [1, 2] as const)
      it(`reads AE-${String(version)} of ${String(bits)} bits, stored and deflated`, async () => {
        const members = [
          { name: 'a', text, method: 'stored' as const },
          { name: 'b', text },
          { name: 'c', text: '' },
        ];
        const path = folders.put('x.zip', aesZip(members, { password: 'x', bits, version }));
        assert.deepEqual(await readWhole(path, { passwords: knowing('x') }), { a: text, b: text, c: '' });
      });

  for (const method of ['Copy', 'Deflate', 'BZip2', 'LZMA'])
    for (const bits of [128, 192, 256])
      it(`reads what 7-Zip writes: ${method}, ${String(bits)} bits`, async () => {
        folders.put('log', text);
        const options = ['-tzip', `-mm=${method}`, `-mem=AES${String(bits)}`, '-px'];
        execFileSync('7zz', ['a', ...options, 'x.zip', 'log'], { cwd: folders.root, stdio: 'ignore' });
        assert.deepEqual(await readWhole(join(folders.root, 'x.zip'), { passwords: knowing('x') }), {
          log: text,
        });
      });

  const passwords: [what: string, password: Uint8Array, typed: Uint8Array][] = [
    ['empty', bytes(''), bytes('')],
    ['of 1,000 characters', bytes('x'.repeat(1000)), bytes('x'.repeat(1000))],
    ['composed, typed so', bytes('p\u00e4ss'), bytes('p\u00e4ss')],
    ['composed, typed decomposed', bytes('p\u00e4ss'), bytes('pa\u0308ss')],
    ['decomposed, typed so', bytes('pa\u0308ss'), bytes('pa\u0308ss')],
    ['of bytes that are no text', Uint8Array.of(0xff, 0, 0xc3), Uint8Array.of(0xff, 0, 0xc3)],
  ];
  for (const [what, password, typed] of passwords)
    it(`with a password ${what}`, async () => {
      const zip = aesZip([{ name: 'a', text }], { password: Buffer.from(password) });
      const path = folders.put('x.zip', zip);
      assert.deepEqual(await readWhole(path, { passwords: knowing(typed) }), { a: text });
      // One more, one fewer, and in other capitals.
      for (const wrong of [`${Buffer.from(password).toString('latin1')}x`, 'x'.repeat(999), 'PÄSS'])
        await assert.rejects(readWhole(path, { passwords: knowing(wrong) }), isReason(refusalOf(zip, wrong)));
    });

  it('tells how many passwords were tried, not how many forms', async () => {
    const wrong = ['pa\u0308ss', 'o\u0308', 'y'];
    let zip: Buffer;
    do zip = aesZip([{ name: 'a', text }], { password: 'x' });
    while (refusalOf(zip, ...wrong) !== 'password-wrong');
    const path = folders.put('x.zip', zip);
    await assert.rejects(readWhole(path, { passwords: knowing(...wrong) }), (error) => {
      assert.ok(hasCode(error));
      assert.deepEqual(error.data, { name: 'x.zip', tried: 3 });
      return true;
    });
  });

  it('tells its owner which form has opened a member', async () => {
    const path = folders.put('x.zip', aesZip([{ name: 'a', text }], { password: 'p\u00e4ss' }));
    const forms = ['y', 'z', 'pa\u0308ss', 'w', 'v'].flatMap((password) => formsOf(bytes(password)));
    const opened: unknown[] = [];
    const ring = {
      candidates: () => forms,
      opened(form: Uint8Array) {
        opened.push(form);
      },
    };
    await withZip(
      path,
      async (zip) => {
        await textOf(zip, zip.members[0]!);
        assert.equal(await zip.opens(zip.members[0]!), true);
      },
      { passwords: ring },
    );
    const composed = forms.find((form) => Buffer.from('p\u00e4ss').equals(form));
    assert.deepEqual(opened, [composed, composed]);
    assert.equal(opened[0], composed, 'the very bytes of the owner');
  });

  it('tells by the verifier alone whether a password fits what is long, and by the HMAC otherwise', async () => {
    for (const [length, fits] of [
      [MB - 100, false],
      [MB + 100, true],
    ] as const) {
      const member = { name: 'a', text: Buffer.alloc(length), method: 'stored' as const };
      const zip = aesZip([member], { password: 'x' });
      zip[1000]! ^= 1;
      const path = folders.put('x.zip', zip);
      const opens = await withZip(path, (opened) => opened.opens(opened.members[0]!), {
        passwords: knowing('x'),
      });
      assert.equal(opens, fits);
      await assert.rejects(readWhole(path, { passwords: knowing('x') }), isReason('damaged: hmac'));
    }
  });

  it('wipes the keys of each password', async () => {
    const path = folders.put('x.zip', aesZip([{ name: 'a', text }], { password: 'x', bits: 192 }));
    const fill = Object.getOwnPropertyDescriptor(Buffer.prototype, 'fill')!;
    const wiped: Buffer[] = [];
    Object.defineProperty(Buffer.prototype, 'fill', {
      ...fill,
      value(this: Buffer, ...values: Parameters<Buffer['fill']>) {
        if (this.length === 50 && values[0] === 0) wiped.push(this);
        return (fill.value as Buffer['fill']).apply(this, values);
      },
    });
    try {
      await readWhole(path, { passwords: knowing('a', 'b', 'c', 'd', 'e', 'x', 'f') });
    } finally {
      Object.defineProperty(Buffer.prototype, 'fill', fill);
    }
    assert.equal(new Set(wiped).size, 7);
    for (const keys of wiped) assert.ok(keys.every((byte) => byte === 0));
  });

  describe('what says of its encryption', () => {
    const zip = aesZip([{ name: 'name', text }], { password: 'x' });
    const directory = zip.readUInt32LE(zip.length - 6);
    const changes: [what: string, places: [at: number, mask: number][], reason: string][] = [
      [
        'that there is none',
        [
          [6, 1],
          [directory + 8, 1],
        ],
        'damaged: encryption-header',
      ],
      ['nothing', [[directory + 50, 1]], 'damaged: encryption-header'],
      ['an unknown strength', [[directory + 58, 4]], 'damaged: encryption-header'],
      [
        'that it is the old one',
        [
          [8, 99],
          [directory + 10, 99],
        ],
        'unsupported: zipcrypto',
      ],
      [
        'that the text beneath is compressed in an unknown way',
        [
          [43, 1],
          [directory + 59, 1],
        ],
        'unsupported: method',
      ],
    ];
    for (const [what, places, reason] of changes)
      it(`${what}: ${reason}`, async () => {
        const changed = Buffer.from(zip);
        for (const [at, mask] of places) changed[at]! ^= mask;
        const path = folders.put('x.zip', changed);
        await assert.rejects(readWhole(path, { passwords: knowing('x') }), isReason(reason));
        await withZip(path, (opened) => {
          const needs = (): void => {
            opened.requireReadable(opened.members[0]!);
          };
          assert.throws(needs, isReason(reason));
          return Promise.resolve();
        });
      });
  });

  describe('a local header that does not agree', () => {
    const zip = aesZip([{ name: 'name', text }], { password: 'x' });
    const extra = 34;
    const changes: [what: string, at: number, mask: number, result: string | undefined][] = [
      ['that it is encrypted', 6, 0x01, 'damaged: local-header'],
      ['on the method', 8, 0x01, 'damaged: local-header'],
      ['on the name', 30, 0x01, undefined],
      ['on the length of the name', 26, 0x01, 'damaged: local-header'],
      ['on the version of the encryption', extra + 4, 0x03, 'damaged: local-header'],
      ['on the vendor', extra + 6, 0x01, 'damaged: local-header'],
      ['on the strength', extra + 8, 0x01, 'damaged: local-header'],
      ['on the method beneath', extra + 9, 0x08, 'damaged: local-header'],
      ['on the size of the extra field', extra + 2, 0x80, 'damaged: local-header'],
      ['and has another extra field instead', extra, 0x01, undefined],
      ['on the time', 10, 0x01, undefined],
      ['on the CRC', 14, 0x01, undefined],
      ['on the size', 22, 0x01, undefined],
    ];
    for (const [what, at, mask, reason] of changes)
      it(`${what}: ${reason ?? 'read'}`, async () => {
        const changed = Buffer.from(zip);
        changed[at]! ^= mask;
        const path = folders.put('x.zip', changed);
        const result = await readWhole(path, { passwords: knowing('x') }).catch(reasonOf);
        assert.deepEqual(result, reason ?? { name: text });
      });
  });

  describe('a wrong password that the verifier lets through', () => {
    // Made by `aesZip` of “text”, with the password “right” and 128 bits; found among 204,278 tries, in 92 s.
    const zip =
      'UEsDBDMAAQhjAAAAIVwAAAAAGQAAAAUAAAABAAsAYQGZBwACAEFFAQAALHU3vcoT2ylMo8hiI59h5fu33s1WM2Y/QFBLAQIz' +
      'AzMAAQhjAAAAIVwAAAAAGQAAAAUAAAABAAsAAAAAAAAAAAAAAAAAAABhAZkHAAIAQUUBAABQSwUGAAAAAAEAAQA6AAAAQwAA' +
      'AAAA';
    const wrong = 'wrong 204277';
    let path = '';
    beforeEach(() => {
      path = folders.put('x.zip', Buffer.from(zip, 'base64'));
    });

    it('is refused by the HMAC', async () => {
      await assert.rejects(readWhole(path, { passwords: knowing(wrong) }), isReason('damaged: hmac'));
      await withZip(
        path,
        async (zip) => {
          assert.equal(await zip.opens(zip.members[0]!), false);
        },
        { passwords: knowing(wrong) },
      );
    });

    // All 65,536 take half a minute; tried once, this was the one that passed.
    const tried = size(256, 4096);
    it(`is the only one of ${String(tried)} that gets this far, and none opens it`, async () => {
      const all = Array.from({ length: tried }, (_, at) => `wrong ${String(204_277 - at)}`);
      await assert.rejects(
        readWhole(path, { passwords: knowing(...all.slice(1)) }),
        isReason('password-wrong'),
      );
      await assert.rejects(readWhole(path, { passwords: knowing(...all) }), isReason('damaged: hmac'));
    }).timeout(60_000);

    it('does not keep the right one from being tried', async () => {
      for (const ring of [knowing(wrong, 'right'), knowing(wrong, 'a', 'b', 'c', 'd', 'right')])
        assert.deepEqual(await readWhole(path, { passwords: ring }), { a: 'text\n' });
    });
  });
});

function isReason(reason: string) {
  return (error: unknown): boolean => {
    assert.equal(reasonOf(error), reason);
    return true;
  };
}
