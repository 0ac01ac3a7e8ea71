import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWeakPassword, passwordDoubt } from '../../../src/archive/passwordStrength.ts';
import { aesZip } from './aesZip.ts';

const alphabet = (length: number): string => 'kxqzjvwpmtbhgdfy'.repeat(4).slice(0, length);
/** Neither repeats nor continues anything. */
const mixed = 'k7#Xq2$Zw9!Mb4%Tp6&Hd8';

describe('isWeakPassword', () => {
  const weak: [what: string, password: string][] = [
    ['nothing', ''],
    ['one character', 'x'],
    ['10 of all kinds', mixed.slice(0, 10)],
    ['14 letters', alphabet(14)],
    ['20 digits', '19374628503918472605'],
    ['one character again and again', 'x'.repeat(60)],
    ['two in turn', 'kx'.repeat(20)],
    ['a piece that is repeated', mixed.slice(0, 6).repeat(4)],
    ['a piece that is repeated with other cases', 'kxqzjvKXQZJVKxQzJvkXqZjV'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz'],
    ['the alphabet backwards', 'zyxwvutsrqponmlkjihgfedcba'],
    ['all digits, twice', '12345678901234567890'],
    ['a row of keys', 'qwertyuiopasdfghjklzxcvbnm'],
    ['a row of keys on a German keyboard', 'QWERTZUIOPasdfghjklyxcvbnm'],
    ['rows of keys downwards', '1qaz2wsx3edc4rfv5tgb'],
    ['the digits with Shift', '!@#$%^&*()!@#$%^&*()'],
    ['a common word with what people add', 'Password123!'],
    ['a common word in disguise', 'P@$$w0rd-4dm1n1str@t0r'],
    ['common words', 'Administrator-Password'],
    ['a season and a year', 'Sommer2024!'],
    ['a season and a long year', 'Winter-1999-2024!'],
    ['six of another script', 'пароль'],
  ];
  for (const [what, password] of weak)
    it(`is true for ${what}`, () => {
      assert.equal(isWeakPassword(password), true);
      assert.equal(isWeakPassword(new TextEncoder().encode(password)), true);
    });

  const strong: [what: string, password: string][] = [
    ['12 of all kinds', mixed.slice(0, 12)],
    ['16 letters', alphabet(16)],
    ['22 digits', '3746285039184726057392'],
    ['four words', 'turnip oblige copper vessel'],
    ['four words without spaces', 'turnipobligecoppervessel'],
    ['four short words with a common one', 'moss lamp hello brick kite'],
    ['12 of another script', 'лепка-зебру!'],
    ['12 emoji', '🍎🚲🎻🐙🌵🧊🪁🧲🛶🥁🦉🧭'],
  ];
  for (const [what, password] of strong)
    it(`is false for ${what}`, () => {
      assert.equal(isWeakPassword(password), false);
      assert.equal(isWeakPassword(new TextEncoder().encode(password)), false);
    });

  it('is false for what programs make', () => {
    for (let times = 0; times < 500; times += 1) {
      assert.equal(isWeakPassword(randomBytes(16).toString('hex')), false);
      assert.equal(isWeakPassword(randomBytes(18).toString('base64url')), false);
    }
  });

  it('takes bytes that are no text, and changes nothing of them', () => {
    const bytes = Uint8Array.of(0xff, 0x80, 0xc3, 0x28, 0xa0, 0xed, 0x9f, 0xfe, 0x81, 0x03, 0x11, 0x92);
    const before = Uint8Array.from(bytes);
    assert.equal(isWeakPassword(bytes), true);
    assert.deepEqual(bytes, before);
  });

  it('is quick about what is as long as standard input may be', function () {
    // If each character were held against all before it, it would take an hour.
    this.timeout(20_000);
    assert.equal(isWeakPassword('x'.repeat(1_048_576)), true);
  });
});

describe('passwordDoubt', () => {
  const long = randomBytes(50).toString('hex').slice(0, 99);
  const doubts: [password: string, doubt: string | undefined][] = [
    [long, undefined],
    [`${long}x`, 'password-long'],
    // Bytes count, not characters.
    [`${long.slice(0, 98)}é`, 'password-long'],
    ['Sommer2024!', 'password-weak'],
    ['x'.repeat(100), 'password-weak'],
  ];
  for (const [password, doubt] of doubts)
    it(`of ${String(Buffer.byteLength(password))} bytes: ${doubt ?? 'none'}`, () => {
      assert.equal(passwordDoubt(password), doubt);
      assert.equal(passwordDoubt(Buffer.from(password)), doubt);
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
