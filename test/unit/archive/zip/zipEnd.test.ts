import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reencrypt } from '../../../../src/archive/zip/reencrypt.ts';
import { freshFolders } from '../../freshFolders.ts';
import { aesZip } from '../aesZip.ts';
import { knowing, readWhole, reasonOf } from '../readWhole.ts';

const members = [
  { name: 'meta.json', text: '{}' },
  { name: 'logs.txt', text: 'a line of a log\n'.repeat(10) },
];
const texts = Object.fromEntries(members.map(({ name, text }) => [name, text]));

describe('the end of a zip', () => {
  const folders = freshFolders();
  const zip = aesZip(members, { password: 'old' });
  const opening = { passwords: knowing('old', 'new') };
  const read = (bytes: Buffer): Promise<unknown> =>
    readWhole(folders.put('x.zip', bytes), opening).catch(reasonOf);

  function commented(comment: Buffer): Buffer {
    const bytes = Buffer.concat([zip, comment]);
    bytes.writeUInt16LE(comment.length, zip.length - 2);
    return bytes;
  }

  const empty = Buffer.alloc(0);
  const sound: [what: string, before: Buffer, bytes: Buffer, behind: Buffer][] = [
    ['CR LF behind it', empty, zip, Buffer.from('\r\n')],
    ['one zero behind it', empty, zip, Buffer.alloc(1)],
    ['the zeros of a block', empty, zip, Buffer.alloc(512)],
    ['the zeros of a device', empty, zip, Buffer.alloc(3_000_000)],
    ['a page of text behind it', empty, zip, Buffer.alloc(200_000, '<p>no zip</p>\n')],
    ['a comment and zeros behind it', empty, commented(Buffer.from('a\0comment')), Buffer.alloc(100_000)],
    [
      'a comment with the signature',
      empty,
      commented(Buffer.from('see PK\x05\x06, which ends a zip')),
      empty,
    ],
    ['a comment with an end record', empty, commented(zip.subarray(-22)), empty],
    ['a prefix that the offsets do not count', Buffer.from('#!/bin/sh\nexit\n'), zip, empty],
    ['a long prefix, and zeros behind it', Buffer.alloc(300_000, 7), zip, Buffer.alloc(1000)],
  ];
  for (const [what, before, bytes, behind] of sound) {
    it(`${what}: it is read`, async () => {
      assert.deepEqual(await read(Buffer.concat([before, bytes, behind])), texts);
    });

    it(`${what}: its password is changed, and all around it stays`, async () => {
      const path = folders.put('x.zip', Buffer.concat([before, bytes, behind]));
      const pieces = await reencrypt(path, { passwords: knowing('old'), password: Buffer.from('new') });
      const changed = Buffer.concat(pieces ?? []);
      assert.deepEqual(await readWhole(folders.put('y.zip', changed), { passwords: knowing('new') }), texts);
      const tail = Buffer.concat([bytes.subarray(zip.length), behind]);
      assert.ok(changed.subarray(0, before.length).equals(before));
      assert.ok(changed.subarray(changed.length - tail.length).equals(tail));
    });
  }

  it('an empty zip with zeros behind it', async () => {
    assert.deepEqual(await read(Buffer.concat([aesZip([], { password: 'x' }), Buffer.alloc(5000)])), {});
  });

  it('zip64, behind a prefix and before zeros', async () => {
    const options = { cwd: folders.root, input: 'text\n' };
    const path = join(folders.root, 'zip64.zip');
    execFileSync('zip', ['-q', '-fz', path, '-'], options);
    const bytes = readFileSync(path);
    assert.ok(bytes.includes('PK\x06\x06', 0, 'latin1'));
    for (const parts of [
      [bytes],
      [bytes, Buffer.alloc(99)],
      [Buffer.from('prefix'), bytes, Buffer.alloc(99)],
    ])
      assert.deepEqual(await read(Buffer.concat(parts)), { '-': 'text\n' });
  });

  const holding = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), zip, Buffer.alloc(9)]);
  const damaged: [what: string, bytes: Buffer][] = [
    ['zeros alone', Buffer.alloc(100_000)],
    ['nothing', empty],
    ['a cut comment', commented(Buffer.from('a comment')).subarray(0, -1)],
    ['a zip that holds one, and whose own end is cut', holding],
    ['a zip, and the beginning of another', Buffer.concat([zip, zip.subarray(0, -40)])],
  ];
  for (const [what, bytes] of damaged)
    it(`${what}: damaged`, async () => {
      assert.equal(await read(bytes), 'damaged: end');
    });
});
