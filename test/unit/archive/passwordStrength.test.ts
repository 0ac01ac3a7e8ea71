import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passwordDoubt } from '../../../src/archive/passwordStrength.ts';
import { aesZip } from './aesZip.ts';

/** Neither repeats nor continues anything. */
const mixed = 'k7#Xq2$Zw9!Mb4%Tp6&Hd8';

describe('passwordDoubt', () => {
  const long = randomBytes(50).toString('hex').slice(0, 99);
  const doubts: [what: string, password: string, doubt?: 'password-weak' | 'password-long'][] = [
    ['nothing', '', 'password-weak'],
    ['15 characters of all kinds', mixed.slice(0, 15), 'password-weak'],
    ['16 characters of all kinds', mixed.slice(0, 16)],
    ['a season and a year', 'Sommer2024!', 'password-weak'],
    ['four words', 'turnip oblige copper vessel'],
    ['four words without spaces', 'turnipobligecoppervessel'],
    ['7 different characters again and again', mixed.slice(0, 7).repeat(4), 'password-weak'],
    ['8 different characters, twice', mixed.slice(0, 8).repeat(2)],
    ['9 of another script, in 18 bytes', 'крокодилы', 'password-weak'],
    ['7 different ones of another script', 'пароль-пароль-пароль', 'password-weak'],
    ['16 of another script', 'лепка-зебру-туча'],
    ['16 emoji', '🍎🚲🎻🐙🌵🧊🪁🧲🛶🥁🦉🧭🍎🚲🎻🐙'],
    ['four emoji, in 16 bytes', '🍎🚲🎻🐙', 'password-weak'],
    ['99 bytes', long],
    ['100 bytes', `${long}x`, 'password-long'],
    // Bytes count, not characters.
    ['99 characters in 100 bytes', `${long.slice(0, 98)}é`, 'password-long'],
    ['one character again and again', 'x'.repeat(100), 'password-weak'],
  ];
  for (const [what, password, doubt] of doubts)
    it(`of ${what}: ${doubt ?? 'none'}`, () => {
      assert.equal(passwordDoubt(password), doubt);
      assert.equal(passwordDoubt(Buffer.from(password)), doubt);
    });

  it('is none about what programs make', () => {
    for (let times = 0; times < 500; times += 1) {
      assert.equal(passwordDoubt(randomBytes(16).toString('hex')), undefined);
      assert.equal(passwordDoubt(randomBytes(18).toString('base64url')), undefined);
    }
  });

  it('takes bytes that are no text, and changes nothing of them', () => {
    const bytes = Uint8Array.of(0xff, 0x80, 0xc3, 0x28, 0xa0, 0xed, 0x9f, 0xfe, 0x81, 0x03, 0x11, 0x92);
    const before = Uint8Array.from(bytes);
    assert.equal(passwordDoubt(bytes), 'password-weak');
    assert.deepEqual(bytes, before);
  });

  it('is quick about what is as long as standard input may be', function () {
    this.timeout(20_000);
    assert.equal(passwordDoubt('x'.repeat(1_048_576)), 'password-weak');
  });

  it('is that 7-Zip does not open what is longer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wl-'));
    try {
      for (const password of [long, `${long}x`]) {
        const path = join(folder, 'x.zip');
        writeFileSync(path, aesZip([{ name: 'a', text: 'b' }], { password }));
        const isOpened = spawnSync('7zz', ['t', `-p${password}`, path]).status === 0;
        assert.equal(isOpened, passwordDoubt(password) === undefined);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
