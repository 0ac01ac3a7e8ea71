import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withZip } from '../../../../src/archive/zip/readZip.ts';
import { parseSessionMeta } from '../../../../src/archive/sessionMeta.ts';
import { freshFolders } from '../../freshFolders.ts';
import { aesZip } from '../aesZip.ts';
import { knowing, readWhole, reasonOf, textOf } from '../readWhole.ts';

const samples = join(import.meta.dirname, '../../../fixtures/session-archives');
const password = 'correct horse battery staple';
const expected = (name: string): string => readFileSync(join(samples, 'expected', name), 'utf8');

const archives: [name: string, members: string[], method: string][] = [
  ['aes128-deflated.zip', ['meta.json', 'logs.jsonl'], 'deflated'],
  ['both-bzip2.zip', ['meta.json', 'logs.txt', 'logs.jsonl'], 'bzip2'],
  ['both-lzma.zip', ['meta.json', 'logs.txt', 'logs.jsonl'], 'lzma'],
  ['both-stored.zip', ['meta.json', 'logs.txt', 'logs.jsonl'], 'stored'],
  ['jsonl-deflated-ae2.zip', ['meta.json', 'logs.jsonl'], 'deflated'],
  ['jsonl-lzma.zip', ['meta.json', 'logs.jsonl'], 'lzma'],
  ['stream-datadesc-lzma.zip', ['meta.json', 'logs.jsonl'], 'lzma'],
  ['v1-text-lzma.zip', ['meta.json', 'logs.txt'], 'lzma'],
];

describe('a session archive', () => {
  const folders = freshFolders();

  it('the table is whole', () => {
    const zips = readdirSync(samples).filter((name) => name.endsWith('.zip'));
    assert.deepEqual(zips.sort(), archives.map(([name]) => name).sort());
  });

  for (const [name, names, method] of archives)
    it(`${name} opens, with the texts that 7-Zip finds in it`, async () => {
      const path = join(samples, name);
      const texts = await readWhole(path, { passwords: knowing('a wrong one', password, 'another') });
      assert.deepEqual(Object.keys(texts), names);
      for (const member of names) {
        const options = ['x', '-so', `-p${password}`, path, member];
        assert.equal(texts[member], execFileSync('7zz', options, { encoding: 'utf8' }), member);
        if (name.startsWith('both-')) assert.equal(texts[member], expected(member), member);
      }
      const meta = parseSessionMeta(texts['meta.json'] ?? '');
      assert.ok(meta?.ids.user_id !== undefined);
      const members = await withZip(path, ({ members: listed }) => Promise.resolve(listed));
      const facts = members.map(({ encrypted, method: told }) => [encrypted, told]);
      assert.deepEqual(
        facts,
        names.map(() => [true, method]),
      );
    });

  it('tells time and sizes without the password', async () => {
    const [meta] = await withZip(join(samples, 'both-stored.zip'), ({ members }) => Promise.resolve(members));
    assert.equal(meta?.bytes, Buffer.byteLength(expected('meta.json')));
    assert.equal(meta.compressedBytes, meta.bytes + 28);
    assert.equal(new Date(meta.modified).getFullYear(), 2026);
  });

  const openings: [what: string, passwords: string[] | undefined, reason: string][] = [
    ['no passwords', undefined, 'password-needed'],
    ['no password', [], 'password-needed'],
    ['the empty password', [''], 'password-wrong'],
    ['several wrong ones', ['a', 'b', password.toUpperCase()], 'password-wrong'],
  ];
  for (const [what, passwords, reason] of openings)
    it(`with ${what}: ${reason}`, async () => {
      for (const [name] of archives) {
        const opening = { passwords: passwords && knowing(...passwords) };
        await withZip(
          join(samples, name),
          async (zip) => {
            const member = zip.members[0]!;
            assert.equal(await textOf(zip, member).then(String, reasonOf), reason);
            assert.equal(await zip.opens(member), false);
            const needs = (): void => {
              zip.requireReadable(member);
            };
            if (reason === 'password-needed')
              assert.throws(needs, (error) => reasonOf(error) === 'password-needed');
            else needs();
          },
          opening,
        );
      }
    });

  describe('with digests', () => {
    const text = 'a log\n'.repeat(1000);
    const digest = (content: string): { sha256: string; bytes: number; method: string } => ({
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: content.length,
      method: 'deflated',
    });
    const exchanged = text.replace('a log', 'a lie');
    const cases: [what: string, content: string, given: object, result: string][] = [
      ['that fits', text, digest(text), text],
      ['in capitals', text, { ...digest(text), sha256: digest(text).sha256.toUpperCase() }, text],
      ['of another text', exchanged, digest(text), 'damaged: digest'],
      ['that is none', text, { ...digest(text), sha256: '' }, 'damaged: digest'],
    ];
    for (const [what, content, given, result] of cases)
      it(what, async () => {
        const path = folders.put('x.zip', aesZip([{ name: 'logs.txt', text: content }], { password }));
        await withZip(
          path,
          async (zip) => {
            let pieces = 0;
            const reading = async (): Promise<string> => {
              let read = '';
              for await (const piece of zip.read(zip.members[0]!, given as never)) {
                pieces += 1;
                read += piece.toString();
              }
              return read;
            };
            assert.equal(await reading().catch(reasonOf), result);
            if (result.startsWith('damaged')) assert.equal(pieces, 0, 'nothing is handed out');
          },
          { passwords: knowing(password) },
        );
      });
  });
});
