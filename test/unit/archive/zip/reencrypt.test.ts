import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { encryptedZip } from '../../../../src/archive/zip/encryptedZip.ts';
import { proveOpens, reencrypt } from '../../../../src/archive/zip/reencrypt.ts';
import { parseAesField } from '../../../../src/archive/aes/winZipAes.ts';
import { freshFolders } from '../../freshFolders.ts';
import { aesZip } from '../aesZip.ts';
import { knowing, readWhole, reasonOf } from '../readWhole.ts';
import { refusalOf } from '../refusalOf.ts';
import { zipRecords } from '../zipRecords.ts';
import { zipOf } from '../../../e2e/zipOf.ts';
import { bytesOf } from '../../sessions/sessionSamples.ts';

const samples = join(import.meta.dirname, '../../../fixtures/session-archives');
const old = 'correct horse battery staple';
const fresh = 'ein neues Pässwort 🔑';
const text = 'a line of a log\n'.repeat(1000);

describe('reencrypt', () => {
  const folders = freshFolders();

  /** What it makes of a file, as a new one. */
  async function renewed(path: string, known: string, password = fresh): Promise<string | undefined> {
    const pieces = await reencrypt(path, { passwords: knowing(known), password: Buffer.from(password) });
    return pieces && folders.put('renewed.zip', Buffer.concat(pieces));
  }

  async function refused(zip: Buffer, ...known: string[]): Promise<string> {
    const path = folders.put('x.zip', zip);
    const making = reencrypt(path, { passwords: knowing(...known), password: Buffer.from(fresh) });
    return making.then(() => 'made', reasonOf);
  }

  for (const name of readdirSync(samples).filter((each) => each.endsWith('.zip')))
    it(name, async () => {
      const path = join(samples, name);
      const before = zipRecords(readFileSync(path));
      const texts = await readWhole(path, { passwords: knowing(old) });
      const made = (await renewed(path, old))!;
      assert.deepEqual(await readWhole(made, { passwords: knowing(fresh) }), texts);
      const refusal = refusalOf(readFileSync(made), old);
      await assert.rejects(
        readWhole(made, { passwords: knowing(old) }),
        (error) => reasonOf(error) === refusal,
      );
      assert.match(execFileSync('7zz', ['t', `-p${fresh}`, made], { encoding: 'utf8' }), /Everything is Ok/);
      assert.notEqual(spawnSync('7zz', ['t', `-p${old}`, made]).status, 0);
      const { entries } = zipRecords(readFileSync(made));
      assert.deepEqual(
        entries.map(({ central }) => central.name.toString()),
        Object.keys(texts),
      );
      for (const [index, { local, central }] of entries.entries()) {
        const was = before.entries[index]!.central;
        const { versionMadeBy, internalAttributes, externalAttributes, ...common } = central;
        assert.deepEqual(local, common);
        assert.deepEqual(
          [versionMadeBy, internalAttributes, externalAttributes, common.time, common.date],
          [was.versionMadeBy, was.internalAttributes, was.externalAttributes, was.time, was.date],
        );
        assert.deepEqual([common.crc32, common.bytes], [0, was.bytes]);
        assert.equal(common.flags & ~8, was.flags & ~8);
        assert.equal(common.flags & 8, 0);
        const { method } = parseAesField(was.extra.subarray(-7))!;
        assert.deepEqual(parseAesField(central.extra.subarray(-7)), { version: 2, keyBytes: 32, method });
      }
      assert.equal(await renewed(made, fresh), undefined);
      assert.equal(await renewed(made, old), undefined, 'whether it is known or not');
    });

  it('keeps comments, and extra fields other than those of the encryption and of large zips', async () => {
    // At the end of each header: a time of Unix, zip64 with nothing of use, and what is too short for a field.
    const fields = {
      local: '555409000300000000ffffff7f',
      central: '5554050003000000000100080000000000000000000001',
    };
    const zip = withMore(aesZip([{ name: 'ä', text }], { password: old, version: 1, bits: 192 }), fields);
    const path = folders.put('x.zip', zip);
    assert.deepEqual(await readWhole(path, { passwords: knowing(old) }), { ä: text });
    const made = (await renewed(path, old))!;
    assert.deepEqual(await readWhole(made, { passwords: knowing(fresh) }), { ä: text });
    const { entries, comment } = zipRecords(readFileSync(made));
    assert.equal(comment.toString('latin1'), 'of the zip \xff');
    const { local, central, comment: ofMember } = entries[0]!;
    assert.equal(ofMember.toString('latin1'), 'of the member \xff');
    const ofAes = '0199070002004145030800';
    assert.equal(local.extra.toString('hex'), `555409000300000000ffffff7f${ofAes}`);
    assert.equal(central.extra.toString('hex'), `555405000300000000${ofAes}`);
  });

  it('is done wherever the new password does not open every member', async () => {
    const [one, other] = [
      aesZip([{ name: 'a', text }], { password: fresh }),
      aesZip([{ name: 'b', text }], { password: old }),
    ];
    const mixed = folders.put('x.zip', joined(one, other));
    const made = (await renewed(mixed, old))!;
    assert.deepEqual(await readWhole(made, { passwords: knowing(fresh) }), { a: text, b: text });
  });

  it('tells the owner of the passwords which one has opened it, but not of the new one', async () => {
    const opened: Uint8Array[] = [];
    const [wrong, right] = [Buffer.from('wrong'), Buffer.from(old)];
    const passwords = {
      candidates: () => [wrong, right],
      opened: (form: Uint8Array) => {
        opened.push(form);
      },
    };
    const path = folders.put('x.zip', aesZip([{ name: 'a', text }], { password: old }));
    assert.ok(await reencrypt(path, { passwords, password: Buffer.from(fresh) }));
    assert.equal(opened[0], right);
    assert.equal(await reencrypt(path, { passwords, password: Buffer.from(old) }), undefined);
    assert.equal(opened.length, 1);
  });

  describe('makes nothing of', () => {
    it('what no known password opens', async () => {
      const zip = aesZip([{ name: 'a', text }], { password: old });
      assert.equal(await refused(zip), 'password-wrong');
      assert.equal(await refused(zip, 'a', 'b'), refusalOf(zip, 'a', 'b'));
    });

    it('what is damaged: one byte of the data, and the CRC-32 of AE-1', async () => {
      const zip = aesZip([{ name: 'a', text }], { password: old, version: 1 });
      const { data } = zipRecords(zip).entries[0]!;
      assert.equal(await refused(flipped(zip, data.start + 30), old), 'damaged: hmac');
      const directory = zip.readUInt32LE(zip.length - 6);
      assert.equal(await refused(flipped(zip, directory + 16), old), 'damaged: crc-32');
      assert.equal(await refused(flipped(zip, directory + 24), old), 'damaged: shorter');
    });

    it('what is not encrypted, or in the old way, or as nobody knows', async () => {
      const zip = aesZip([{ name: 'a', text }], { password: old });
      const directory = zip.readUInt32LE(zip.length - 6);
      const plain = folders.put('log', text);
      const made = join(folders.root, 'plain.zip');
      execFileSync('7zz', ['a', '-tzip', made, plain], { stdio: 'ignore' });
      assert.equal(await refused(readFileSync(made), old), 'not-a-session-archive');
      const crypto = join(folders.root, 'crypto.zip');
      execFileSync('7zz', ['a', '-tzip', '-mem=ZipCrypto', '-px', crypto, plain], { stdio: 'ignore' });
      assert.equal(await refused(readFileSync(crypto), 'x'), 'unsupported: zipcrypto');
      const odd = flipped(flipped(zip, 31 + 9), directory + 47 + 9);
      assert.equal(await refused(odd, old), 'unsupported: method');
      assert.equal(await refused(Buffer.from('no zip'), old), 'damaged: end');
    });

    it('more than 1 GB, or a text of 4 GB', async () => {
      const zip = aesZip([{ name: 'a', text }], { password: old });
      const directory = zip.readUInt32LE(zip.length - 6);
      const behind = Buffer.from(zip.subarray(directory));
      behind.writeUInt32LE(2 ** 30, behind.length - 6);
      const path = folders.put('x.zip', zip.subarray(0, directory));
      truncateSync(path, 2 ** 30);
      appendFileSync(path, behind);
      await assert.rejects(renewed(path, old), (error) => reasonOf(error) === 'unsupported: compressed-size');
      // Where the size does not fit, it stands in the field of large zips.
      for (const bytes of ['0000000001000000', 'ffffffff00000000']) {
        const large = withMore(zip, { local: '', central: `01000800${bytes}` });
        large.writeUInt32LE(0xffff_ffff, directory + 24);
        assert.equal(await refused(large, old), 'unsupported: large-text');
      }
    });

    it('a link', async () => {
      const path = join(folders.root, 'link.zip');
      symlinkSync(folders.put('x.zip', aesZip([{ name: 'a', text }], { password: old })), path);
      await assert.rejects(renewed(path, old), (error) => reasonOf(error) === 'machine-error');
    });

    it('what was called off', async () => {
      const zip = await encryptedZip([{ name: 'a', text: Buffer.from(text) }], {
        method: 'lzma',
        level: null,
        password: Buffer.from(old),
        modified: 0,
      });
      const path = folders.put('x.zip', Buffer.concat(zip));
      const signal = AbortSignal.abort();
      const making = reencrypt(path, { passwords: knowing(old), password: Buffer.from(fresh), signal });
      await assert.rejects(making, (error) => reasonOf(error) === 'cancelled');
    });
  });
});

function flipped(zip: Buffer, at: number): Buffer {
  const changed = Buffer.from(zip);
  changed[at]! ^= 1;
  return changed;
}

/** The zip of one member with more behind its extra fields, and with comments. */
function withMore(zip: Buffer, fields: { readonly local: string; readonly central: string }): Buffer {
  const { data, local, central } = zipRecords(zip).entries[0]!;
  const [ofMember, ofZip] = [
    Buffer.from('of the member \xff', 'latin1'),
    Buffer.from('of the zip \xff', 'latin1'),
  ];
  const [inLocal, inCentral] = [Buffer.from(fields.local, 'hex'), Buffer.from(fields.central, 'hex')];
  const end = Buffer.from(zip.subarray(-22));
  const directory = zip.readUInt32LE(zip.length - 6);
  const localHeader = Buffer.from(zip.subarray(0, data.start));
  localHeader.writeUInt16LE(local.extra.length + inLocal.length, 28);
  const centralHeader = Buffer.from(zip.subarray(directory, -22));
  centralHeader.writeUInt16LE(central.extra.length + inCentral.length, 30);
  centralHeader.writeUInt16LE(ofMember.length, 32);
  end.writeUInt32LE(centralHeader.length + inCentral.length + ofMember.length, 12);
  end.writeUInt32LE(directory + inLocal.length, 16);
  end.writeUInt16LE(ofZip.length, 20);
  const body = zip.subarray(data.start, directory);
  return Buffer.concat([localHeader, inLocal, body, centralHeader, inCentral, ofMember, end, ofZip]);
}

/** Two zips of one member each as one. */
function joined(one: Buffer, other: Buffer): Buffer {
  const directories = [one, other].map((zip) => zip.readUInt32LE(zip.length - 6));
  const [first = 0, second = 0] = directories;
  const moved = Buffer.from(other.subarray(second, -22));
  moved.writeUInt32LE(first, 42);
  const headers = Buffer.concat([one.subarray(first, -22), moved]);
  const end = Buffer.from(one.subarray(-22));
  end.writeUInt16LE(2, 8);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(headers.length, 12);
  end.writeUInt32LE(first + second, 16);
  return Buffer.concat([one.subarray(0, first), other.subarray(0, second), headers, end]);
}

const members = [
  { name: 'meta.json', text: '{}' },
  { name: 'logs.jsonl', text: 'x'.repeat(1000) },
  { name: 'empty', text: '' },
];

describe('proveOpens', () => {
  const zip = aesZip(members, { password: 'right' });
  const inPieces = (bytes: Buffer, length: number): Buffer[] =>
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
      bytes.subarray(index * length, (index + 1) * length),
    );
  const refused = { code: 'unexpected', data: { detail: 'm.zip would not open with the new password' } };

  for (const length of [1, 7, 100, 100_000])
    it(`is content with a zip in pieces of ${String(length)} bytes`, async () => {
      await proveOpens('m.zip', inPieces(zip, length), bytesOf('right'));
    });

  it('refuses another password', async () => {
    await assert.rejects(proveOpens('m.zip', [zip], bytesOf('wrong')), refused);
  });

  it('refuses every changed byte of what is encrypted', async () => {
    const last = zip.indexOf('PK\x01\x02');
    const first = 30 + 'meta.json'.length + 11;
    for (const at of [first, first + 16, first + 18, last - 1, last - 11, last - 28]) {
      const changed = Buffer.from(zip);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await assert.rejects(proveOpens('m.zip', [changed], bytesOf('right')), refused, String(at));
    }
  });

  it('refuses a zip that ends too early, or is not encrypted', async () => {
    await assert.rejects(proveOpens('m.zip', [zip.subarray(0, -1)], bytesOf('right')), refused);
    await assert.rejects(proveOpens('m.zip', [await zipOf('a', 'b')], bytesOf('right')), refused);
  });

  it('can be cancelled', async () => {
    await assert.rejects(proveOpens('m.zip', [zip], bytesOf('right'), AbortSignal.abort()), {
      code: 'cancelled',
    });
  });
});
