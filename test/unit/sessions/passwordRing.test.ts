import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  knowPassword,
  countKnown,
  forgetKnown,
  knownPasswords,
  passwordsVersion,
  tryPassword,
  usePasswords,
} from '../../../src/sessions/passwordRing.ts';
import { aesZip } from '../archive/aesZip.ts';
import { freshFolders } from '../freshFolders.ts';
import { unrecorded } from '../recording.ts';
import { bytesOf, sessionZip } from './sessionSamples.ts';

const PLACE = { folder: 'session_logs/u/c', name: 'm.zip' };

describe('known passwords', () => {
  const folders = freshFolders();
  const known = (): string[] => knownPasswords.candidates().map((form) => Buffer.from(form).toString());
  const attempt = (password: string | Uint8Array, place: { name: string; folder?: string } = PLACE) => {
    const bytes = typeof password === 'string' ? bytesOf(password) : password;
    const { signal } = new AbortController();
    const context = { signal, report: () => undefined, environment: folders.environment, ...unrecorded };
    return tryPassword({ root: folders.root, ...place, password: bytes }, context);
  };
  const put = (zip: Buffer): string => folders.put('session_logs/u/c/m.zip', zip);

  beforeEach(() => {
    forgetKnown();
  });
  after(() => {
    forgetKnown();
  });

  it('are tried newest first, the remembered ones behind those that were typed, each once', () => {
    knowPassword(bytesOf('typed'));
    usePasswords({ passwords: ['newest', 'typed', 'oldest'].map(bytesOf) });
    assert.deepEqual(known(), ['typed', 'newest', 'oldest']);
    knowPassword(bytesOf('again'));
    knowPassword(bytesOf('newest'));
    usePasswords({ passwords: ['newest', 'oldest'].map(bytesOf) });
    assert.deepEqual(known(), ['newest', 'again', 'typed', 'oldest']);
    assert.equal(countKnown(), 4);
  });

  it('are tried as typed and composed, and that is one password', () => {
    knowPassword(bytesOf('u\u0308'));
    // Then come its bytes in CP1252, CP437 and GBK.
    const [typed, composed, ...others] = knownPasswords.candidates();
    assert.deepEqual([typed, composed], [bytesOf('u\u0308'), bytesOf('\u00fc')]);
    assert.deepEqual(
      others.map((form) => Buffer.from(form).toString('hex')),
      ['fc', '81', 'a8b9'],
    );
    assert.equal(countKnown(), 1);
  });

  it('begin with the forms that opened something, the last one first', () => {
    usePasswords({ passwords: ['one', 'two', 'three'].map(bytesOf) });
    const [, two] = knownPasswords.candidates();
    assert.ok(two);
    knownPasswords.opened?.(two);
    assert.deepEqual(known(), ['two', 'one', 'three']);
    knownPasswords.opened?.(bytesOf('stranger'));
    assert.deepEqual(known(), ['two', 'one', 'three']);
    const three = knownPasswords.candidates()[2];
    assert.ok(three);
    knownPasswords.opened?.(three);
    assert.deepEqual(known(), ['three', 'two', 'one']);
    knownPasswords.opened?.(two);
    assert.deepEqual(known(), ['two', 'three', 'one']);
    // A new password comes after those that have opened an archive.
    knowPassword(bytesOf('new'));
    knowPassword(bytesOf('three'));
    assert.deepEqual(known(), ['two', 'three', 'new', 'one']);
  });

  it('are at most a hundred: the oldest is wiped', () => {
    usePasswords({ passwords: Array.from({ length: 150 }, (_, index) => bytesOf(`p${String(index)}`)) });
    assert.equal(countKnown(), 100);
    const last = knownPasswords.candidates().at(-1);
    assert.ok(last);
    assert.equal(Buffer.from(last).toString(), 'p99');
    knowPassword(bytesOf('new'));
    assert.deepEqual([countKnown(), known()[0], known().at(-1)], [100, 'new', 'p98']);
    assert.deepEqual(last, new Uint8Array(3));
  });

  it('are wiped when they are forgotten, in every form', () => {
    knowPassword(bytesOf('u\u0308'));
    knowPassword(bytesOf('typed'));
    const forms = knownPasswords.candidates();
    const before = passwordsVersion();
    forgetKnown();
    assert.deepEqual([known(), countKnown()], [[], 0]);
    assert.ok(forms.length === 6 && forms.every((form) => form.every((byte) => byte === 0)));
    assert.notEqual(passwordsVersion(), before);
  });

  it('are not left with whoever gave them', async () => {
    put(sessionZip({ password: 'right' }));
    const given = ['added', 'used', 'right', 'wrong'].map(bytesOf);
    const [added, used, right, wrong] = given;
    assert.ok(added && used && right && wrong);
    knowPassword(added);
    usePasswords({ passwords: [used] });
    await attempt(right);
    await attempt(wrong);
    assert.ok(given.every((password) => password.every((byte) => byte === 0)));
    assert.deepEqual(known(), ['right', 'added', 'used']);
  });

  describe('are tried on an archive', () => {
    it('and kept, first, where they fit', async () => {
      put(sessionZip({ password: 'right' }));
      knowPassword(bytesOf('other'));
      const [other] = knownPasswords.candidates();
      assert.ok(other);
      knownPasswords.opened?.(other);
      assert.deepEqual(await attempt('right'), { fits: true });
      assert.deepEqual(known(), ['right', 'other']);
    });

    it('and not kept where all were forgotten meanwhile', async () => {
      put(sessionZip({ password: 'right' }));
      const right = bytesOf('right');
      const trying = attempt(right);
      forgetKnown();
      assert.deepEqual(await trying, { fits: true });
      assert.deepEqual([known(), right], [[], new Uint8Array(5)]);
    });

    it('and are not kept where they do not', async () => {
      put(sessionZip({ password: 'right' }));
      assert.deepEqual(await attempt('wrong'), { fits: false });
      assert.deepEqual(await attempt(''), { fits: false });
      assert.deepEqual(known(), []);
    });

    it('also by their composed form, and of any bytes', async () => {
      put(sessionZip({ password: 'Gr\u00fc\u00dfe' }));
      assert.deepEqual(await attempt('Gru\u0308\u00dfe'), { fits: true });
      const raw = Buffer.from([0xff, 0x00, 0xfe]);
      put(aesZip([{ name: 'meta.json', text: '{}' }], { password: raw }));
      assert.deepEqual(await attempt(Uint8Array.from(raw)), { fits: true });
    });

    it('of which one file is damaged', async () => {
      const zip = sessionZip({ password: 'right', log: 'x'.repeat(2000) });
      // The first ciphertext is that of meta.json: behind its local header, name, extra field, salt and verifier.
      const at = 30 + 'meta.json'.length + 11 + 16 + 2;
      zip[at] = (zip[at] ?? 0) ^ 1;
      put(zip);
      assert.deepEqual(await attempt('wrong'), { fits: false });
      assert.deepEqual(await attempt('right'), { fits: true });
    });

    it('of which every file is damaged: that is said', async () => {
      const zip = aesZip([{ name: 'x', text: 'text' }], { password: 'right' });
      const at = 30 + 1 + 11 + 16 + 2;
      zip[at] = (zip[at] ?? 0) ^ 1;
      put(zip);
      await assert.rejects(attempt('right'), { code: 'archive-damaged' });
      assert.deepEqual(known(), []);
    });

    it('of which the smallest file is large', async () => {
      const text = Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => (index * 7919) >> 3));
      put(aesZip([{ name: 'x', text, method: 'stored' }], { password: 'right' }));
      assert.deepEqual(await attempt('wrong'), { fits: false });
      assert.deepEqual(await attempt('right'), { fits: true });
      forgetKnown();
      const zip = aesZip([{ name: 'x', text, method: 'stored' }], { password: 'right' });
      zip[1000] = (zip[1000] ?? 0) ^ 1;
      put(zip);
      await assert.rejects(attempt('right'), { code: 'archive-damaged' });
      assert.deepEqual(known(), []);
    });

    it('that is none, or is not there', async () => {
      put(Buffer.from('no zip'));
      await assert.rejects(attempt('right'), { code: 'archive-damaged' });
      await assert.rejects(attempt('right', { ...PLACE, name: 'none.zip' }), { code: 'file-missing' });
      mkdirSync(join(folders.root, 'session_logs/u/c/folder.zip'));
      await assert.rejects(attempt('right', { ...PLACE, name: 'folder.zip' }), {
        code: 'not-a-regular-file',
      });
      assert.deepEqual(known(), []);
    });
  });
});
