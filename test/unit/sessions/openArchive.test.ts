import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { OpenedArchive } from '../../../src/sessions/openArchive.ts';
import { aesZip } from '../archive/aesZip.ts';
import { freshFolders } from '../freshFolders.ts';
import { bytesOf, digested, sessionZip, type SampleSession } from './sessionSamples.ts';

const samples = join(import.meta.dirname, '../../fixtures');

describe('openArchive', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const know = (...passwords: string[]): Promise<void> =>
    app.run('usePasswords', { passwords: passwords.map(bytesOf) });
  const open = (content: Buffer | string): Promise<OpenedArchive> =>
    app.run('openArchive', { path: folders.put('x.zip', content) });
  const codes = ({ refused }: OpenedArchive): (readonly [string, string])[] =>
    refused.map(({ name, failure }) => [name, failure.code] as const);

  beforeEach(() => know('right'));
  afterEach(() => app.run('forgetPasswords', {}));

  it('answers all there is', async () => {
    const ids = { user_id: 'u', request_id: 'r' };
    const { meta, members, bound, refused } = await open(sessionZip({ password: 'right', ids }));
    assert.deepEqual(meta, { ids: { user_id: 'u' }, request_id: 'r', log_format: 'jsonl' });
    assert.deepEqual(Object.keys(members), ['meta.json', 'logs.jsonl']);
    assert.deepEqual([members['logs.jsonl'], bound, refused], ['log\n', null, []]);
  });

  it('replaces what is no UTF-8', async () => {
    const more = [{ name: '__proto__', text: Buffer.from([0x61, 0xff, 0x62]) }];
    const { members } = await open(sessionZip({ password: 'right', more }));
    assert.deepEqual(Object.entries(members).at(-1), ['__proto__', 'a\ufffdb']);
  });

  const log = { name: 'logs.jsonl', text: 'log\n' };
  const added = { name: 'added', text: 'x' };
  const archives: [
    what: string,
    sample: Omit<SampleSession, 'password'>,
    bound: boolean | null,
    refused: string[],
  ][] = [
    ['lists nothing', {}, null, []],
    ['lists what there is', { bound: true }, true, []],
    ['lists several', { bound: true, more: [added] }, true, []],
    [
      'lists another text',
      { listed: Object.fromEntries([digested({ ...log, text: 'LOG\n' })]) },
      false,
      ['logs.jsonl'],
    ],
    [
      'lists one that is missing',
      { listed: Object.fromEntries([log, added].map((each) => digested(each))) },
      false,
      [],
    ],
    [
      'does not list one that is there',
      { listed: Object.fromEntries([digested(log)]), more: [added] },
      false,
      ['added'],
    ],
  ];
  for (const [what, sample, bound, names] of archives)
    it(`of an archive whose meta.json ${what}: bound is ${String(bound)}`, async () => {
      const opened = await open(sessionZip({ password: 'right', ...sample }));
      assert.equal(opened.bound, bound);
      assert.deepEqual(
        codes(opened),
        names.map((name) => [name, 'archive-damaged']),
      );
      assert.ok(opened.meta !== null);
    });

  it('believes no list that is not encrypted', async () => {
    const zip = folders.put('plain.zip', '');
    const list = folders.put(
      'meta.json',
      JSON.stringify({ member_digests: { x: { sha256: '', bytes: 1, method: '' } } }),
    );
    const other = folders.put('other.txt', 'text');
    execFileSync('rm', [zip]);
    execFileSync('7zz', ['a', '-tzip', zip, list, other], { stdio: 'ignore' });
    const { meta, members, bound, refused } = await app.run('openArchive', { path: zip });
    assert.deepEqual([bound, refused, members['other.txt']], [null, [], 'text']);
    assert.ok(meta && 'member_digests' in meta);
  });

  for (const [what, more, bound] of [
    ['has members of another kind: they are no digests', { members: ['anna', 'ben'] }, null],
    ['has digests that are none: nothing is as they say', { member_digests: ['logs.jsonl'] }, false],
  ] as const)
    it(`reads a meta.json that ${what}`, async () => {
      const texts = [
        { name: 'meta.json', text: JSON.stringify({ ids: {}, ...more }) },
        { name: 'logs.jsonl', text: 'log\n' },
      ];
      const opened = await open(aesZip(texts, { password: 'right' }));
      assert.equal(opened.bound, bound);
      assert.equal(opened.members['logs.jsonl'], bound === null ? 'log\n' : undefined);
    });

  it('shows what is sound beside what is not', async () => {
    const sound = sessionZip({ password: 'right', bound: true, log: 'x'.repeat(1000) });
    const atLog = sound.lastIndexOf('PK\x03\x04') + 30 + 'logs.jsonl'.length + 11 + 18;
    const logDamaged = Buffer.from(sound);
    logDamaged[atLog] = (sound[atLog] ?? 0) ^ 0x80;
    const opened = await open(logDamaged);
    assert.deepEqual([codes(opened), opened.bound], [[['logs.jsonl', 'archive-damaged']], false]);
    assert.deepEqual(Object.keys(opened.members), ['meta.json']);

    const atMeta = 30 + 'meta.json'.length + 11 + 18;
    const metaDamaged = Buffer.from(sound);
    metaDamaged[atMeta] = (sound[atMeta] ?? 0) ^ 0x80;
    const other = await open(metaDamaged);
    assert.deepEqual(
      [codes(other), other.bound, other.meta],
      [[['meta.json', 'archive-damaged']], false, null],
    );
    assert.deepEqual(Object.keys(other.members), ['logs.jsonl']);
  });

  it('says of each file that its password is missing', async () => {
    const opened = await open(sessionZip({ password: 'other', bound: true }));
    assert.deepEqual([opened.meta, opened.members, opened.bound], [null, {}, null]);
    assert.deepEqual(codes(opened), [
      ['meta.json', 'password-wrong'],
      ['logs.jsonl', 'password-wrong'],
    ]);
    await app.run('forgetPasswords', {});
    const without = await open(sessionZip({ password: 'other' }));
    assert.deepEqual(
      without.refused.map(({ failure }) => failure.code),
      ['password-needed', 'password-needed'],
    );
  });

  it('answers null for a meta.json that is no object', async () => {
    copyFileSync(join(samples, 'zips/yauzl/success/linux-info-zip.zip'), folders.put('x.zip', ''));
    const opened = await app.run('openArchive', { path: join(folders.root, 'x.zip') });
    assert.equal(opened.meta, null);
    assert.deepEqual(Object.keys(opened.members), ['a.txt', 'b.txt']);
  });

  it('answers null for a meta.json that is nested too deeply to be passed on', async () => {
    const text = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000);
    const { meta, members } = await open(aesZip([{ name: 'meta.json', text }], { password: 'right' }));
    assert.deepEqual([meta, members], [null, { 'meta.json': text }]);
  });

  it('leaves folders out', async () => {
    copyFileSync(join(samples, 'zips/yauzl/success/directories.zip'), folders.put('x.zip', ''));
    const { members, refused } = await app.run('openArchive', { path: join(folders.root, 'x.zip') });
    assert.deepEqual([Object.keys(members), refused], [['a/a.txt'], []]);
  });

  it('refuses what is no zip in a file', async () => {
    await assert.rejects(open('no zip'), { code: 'archive-damaged' });
    const at = (name: string): string => join(folders.root, name);
    mkdirSync(at('folder.zip'));
    symlinkSync('x.zip', at('link.zip'));
    execFileSync('mkfifo', [at('pipe.zip')]);
    for (const name of ['folder.zip', 'link.zip', 'pipe.zip'])
      await assert.rejects(app.run('openArchive', { path: at(name) }), { code: 'not-a-regular-file' });
    await assert.rejects(app.run('openArchive', { path: at('none.zip') }), { code: 'file-missing' });
    await assert.rejects(app.run('openArchive', { path: at('\0.zip') }), { code: 'machine-error' });
  });

  it('can be called off', async () => {
    const path = folders.put('x.zip', sessionZip({ password: 'right' }));
    await assert.rejects(app.run('openArchive', { path }, { signal: AbortSignal.abort() }), {
      code: 'cancelled',
    });
  });
});
