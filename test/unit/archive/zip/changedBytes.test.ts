import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { withZip } from '../../../../src/archive/zip/readZip.ts';
import { freshFolders } from '../../freshFolders.ts';
import { aesZip } from '../aesZip.ts';
import { knowing, reasonOf, textOf } from '../readWhole.ts';

const text = 'a line of a log, and one more line of a log\n';
const passwords = knowing('x');

/** A field of a zip, by its first byte and its length. */
type Field = readonly [name: string, bytes: number];

const local: readonly Field[] = [
  ['local signature', 4],
  ['local version needed', 2],
  ['local flags', 2],
  ['local method', 2],
  ['local time', 4],
  ['local CRC', 4],
  ['local sizes', 8],
  ['local name length', 2],
  ['local extra length', 2],
];
const central: readonly Field[] = [
  ['signature', 4],
  ['version made by', 2],
  ['version needed', 2],
  ['flags', 2],
  ['method', 2],
  ['time', 4],
  ['CRC', 4],
  ['compressed size', 4],
  ['size', 4],
  ['name length', 2],
  ['extra length', 2],
  ['comment length', 2],
  ['disk', 2],
  ['attributes', 6],
  ['offset', 4],
];
const end: readonly Field[] = [
  ['end signature', 4],
  ['end disk', 2],
  ['end directory disk', 2],
  ['end entries on disk', 2],
  ['end entries', 2],
  ['end directory size', 4],
  ['end directory offset', 4],
  ['end comment length', 2],
];
const aesField = (where: string): readonly Field[] => [
  [`${where}extra id`, 2],
  [`${where}extra size`, 2],
  [`${where}AE version`, 2],
  [`${where}AE vendor`, 2],
  [`${where}AE strength`, 1],
  [`${where}AE method`, 2],
];

/** The name of the field that each byte belongs to, for a zip of one member without other extra fields. */
function fieldsOf(zip: Buffer): string[] {
  const directory = zip.readUInt32LE(zip.length - 6);
  const extra = zip.readUInt16LE(28);
  const name = zip.readUInt16LE(26);
  const data = directory - 30 - name - extra;
  const fields: Field[] = [
    ...local,
    ['local name', name],
    ...aesField('local '),
    ['salt, verifier, ciphertext, HMAC', data],
    ...central,
    ['name', name],
    ...aesField(''),
    ...end,
  ];
  const names = fields.flatMap(([field, bytes]) => Array.from({ length: bytes }, () => field));
  assert.equal(names.length, zip.length);
  return names;
}

/** The same member as AE-1 or AE-2: nothing authenticates which one it is. */
function asVersion(zip: Buffer, version: 1 | 2): Buffer {
  const result = Buffer.from(zip);
  const directory = result.readUInt32LE(result.length - 6);
  // Behind the name in both headers; what is encrypted may hold anything.
  for (const at of [30 + result.readUInt16LE(26), directory + 46 + result.readUInt16LE(directory + 28)])
    result.writeUInt16LE(version, at + 4);
  for (const at of [14, directory + 16]) result.writeUInt32LE(version === 1 ? crc32(text) : 0, at);
  return result;
}

/**
 * The bytes of a zip that are not authenticated: a change there is neither refused nor seen in the text. The name, the
 * method and the size of AE-2 are only compared with other places of the same file. A change of all these places is
 * found only by the digests in `meta.json`, not by the zip alone.
 */
const unnoticed: readonly string[] = [
  'version made by',
  'version needed',
  'name',
  'flags',
  'time',
  'disk',
  'attributes',
  'local version needed',
  'local flags',
  'local time',
  'local CRC',
  'local sizes',
  'local name',
  'local extra id',
  'end directory disk',
  'end entries on disk',
  'end directory size',
];

describe('each byte of an encrypted archive, changed', function () {
  this.timeout(120_000);
  const folders = freshFolders();

  function made(method: string): Buffer {
    if (method === 'stored' || method === 'deflated')
      return aesZip([{ name: 'log', text, method }], { password: 'x' });
    folders.put('log', text);
    const options = ['-tzip', `-mm=${method}`, '-mem=AES256', '-px', '-mtc=off', '-mta=off', '-mtm=off'];
    execFileSync('7zz', ['a', ...options, 'x.zip', 'log'], { cwd: folders.root, stdio: 'ignore' });
    return readFileSync(join(folders.root, 'x.zip'));
  }

  async function outcome(zip: Buffer): Promise<string> {
    const path = join(folders.root, 'changed.zip');
    writeFileSync(path, zip);
    return withZip(
      path,
      async (opened) => {
        const [member] = opened.members;
        return member === undefined ? 'no member' : (await textOf(opened, member)).toString();
      },
      { passwords },
    ).catch((error: unknown) => `refused: ${reasonOf(error)}`);
  }

  for (const method of ['stored', 'deflated', 'BZip2', 'LZMA'])
    for (const version of [1, 2] as const)
      it(`${method}, AE-${String(version)}: is refused, or the text is the same`, async () => {
        const zip = asVersion(made(method), version);
        const fields = fieldsOf(zip);
        assert.equal(await outcome(zip), text);
        const same = new Set<string>();
        for (let at = 0; at < zip.length; at += 1)
          for (const mask of [0x01, 0x80, 0xff]) {
            const changed = Buffer.from(zip);
            changed[at]! ^= mask;
            const result = await outcome(changed);
            const where = `${fields[at] ?? ''}, byte ${String(at)} ^ ${String(mask)}`;
            if (result === text) same.add(fields[at] ?? '');
            else assert.match(result, /^refused: (?:damaged|unsupported|password-wrong)/, where);
          }
        assert.deepEqual([...same].sort(), [...unnoticed, ...(version === 2 ? ['CRC'] : [])].sort());
      });
});
