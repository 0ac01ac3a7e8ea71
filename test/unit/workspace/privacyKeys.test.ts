import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isFailure } from '../../../src/base/failure.ts';
import { describe as words } from '../../../src/words/failures.ts';
import { KEY_VARIABLE, openPrivacyKeys } from '../../../src/workspace/privacyKeys.ts';
import { freshFolders } from '../freshFolders.ts';

describe('openPrivacyKeys', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.state, 'workspace-logs', 'privacy', 'key');

  it('makes one key of 32 bytes, for its owner alone', () => {
    const made = openPrivacyKeys(folders.environment).own();
    assert.equal(made.key.length, 32);
    assert.match(made.keyId, /^[0-9a-f]{16}$/);
    assert.deepEqual(openPrivacyKeys(folders.environment).own(), made);
    assert.equal(statSync(path()).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(path())).mode & 0o777, 0o700);
  });

  it('makes no file before a key is needed', () => {
    openPrivacyKeys(folders.environment);
    assert.deepEqual(readdirSync(folders.state), []);
  });

  it('takes the key of the environment, except in VS Code', () => {
    const text = randomBytes(16).toString('hex');
    const environment = { ...folders.environment, [KEY_VARIABLE]: text };
    assert.equal(Buffer.from(openPrivacyKeys(environment).own().key).toString(), text);
    assert.notEqual(Buffer.from(openPrivacyKeys(environment, 'vscode').own().key).toString(), text);
  });

  it('gives targets keys of their own', () => {
    const keys = openPrivacyKeys(folders.environment);
    const ids = [keys.own(), keys.ofTarget('a'), keys.ofTarget('b'), keys.ofTarget('a')].map(
      ({ keyId }) => keyId,
    );
    assert.equal(new Set(ids).size, 3);
    assert.equal(ids[1], ids[3]);
  });

  it('rotates: a new key in the file, and the bytes of the old one overwritten', () => {
    const keys = openPrivacyKeys(folders.environment);
    const { keyId } = keys.own();
    const old = openSync(path(), 'r');
    const rotated = keys.rotate();
    assert.equal(rotated.oldKeyId, keyId);
    assert.equal(rotated.newKeyId, keys.own().keyId);
    assert.notEqual(rotated.newKeyId, keyId);
    assert.ok(readFileSync(old).every((byte) => byte === 0));
    closeSync(old);
    assert.equal(statSync(path()).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(dirname(path())), ['key']);
  });

  const unusable: [what: string, why: string, plant: () => Record<string, string>][] = [
    [
      'a file that others may read',
      'readable',
      () => {
        openPrivacyKeys(folders.environment).own();
        chmodSync(path(), 0o640);
        return {};
      },
    ],
    [
      'a short key',
      'content',
      () => {
        plant(randomBytes(12).toString('base64url'));
        return {};
      },
    ],
    [
      'another text',
      'content',
      () => {
        plant('not a key, and long enough to be one');
        return {};
      },
    ],
    [
      'a folder',
      'content',
      () => {
        mkdirSync(path(), { recursive: true });
        return {};
      },
    ],
    ['a short variable', 'content', () => ({ [KEY_VARIABLE]: 'short-key' })],
  ];
  function plant(text: string): void {
    mkdirSync(dirname(path()), { recursive: true });
    writeFileSync(path(), text, { mode: 0o600 });
  }
  for (const [what, why, make] of unusable)
    it(`refuses ${what}, without its content in the message`, () => {
      const environment = { ...folders.environment, ...make() };
      assert.throws(
        () => openPrivacyKeys(environment).own(),
        (error: unknown) => {
          assert.ok(isFailure(error, 'privacy-key-unusable'));
          assert.equal(error.data.why, why);
          assert.ok(!/short-key|long enough/.test(words(error) + JSON.stringify(error.data)));
          return true;
        },
      );
    });

  it('follows no link', () => {
    const other = folders.put('other', randomBytes(32).toString('base64url'));
    chmodSync(other, 0o600);
    mkdirSync(dirname(path()), { recursive: true });
    symlinkSync(other, path());
    assert.throws(() => openPrivacyKeys(folders.environment).own());
  });

  it('does not rotate a key of the environment', () => {
    const environment = { ...folders.environment, [KEY_VARIABLE]: randomBytes(16).toString('hex') };
    assert.throws(
      () => openPrivacyKeys(environment).rotate(),
      (error: unknown) => isFailure(error, 'privacy-key-unusable') && error.data.why === 'environment',
    );
  });
});
