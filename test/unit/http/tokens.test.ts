import assert from 'node:assert/strict';
import { chmodSync, lstatSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { roleOfToken, tokensAt } from '../../../src/http/tokens.ts';
import { freshFolders } from '../freshFolders.ts';

describe('the tokens of the HTTP API', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.root, 'tokens.json');

  it('are made once, are long and different, and only their owner reads them', () => {
    const made = tokensAt(path());
    assert.deepEqual(tokensAt(path()), made);
    const all = Object.values(made).map(String);
    assert.equal(new Set(all).size, 3);
    for (const token of all) assert.equal(Buffer.from(token, 'base64url').length, 32);
    assert.equal(lstatSync(path()).mode & 0o777, 0o600);
  });

  for (const mode of [0o640, 0o604, 0o660])
    it(`are refused in a file of mode ${mode.toString(8)}`, () => {
      tokensAt(path());
      chmodSync(path(), mode);
      assert.throws(() => tokensAt(path()), {
        code: 'tokens-unusable',
        data: { path: path(), why: 'readable' },
      });
    });

  it('are refused where one is short, missing or unknown, and behind a link', () => {
    const long = 'x'.repeat(32);
    for (const content of [
      { administrator: long, auditor: long, user: 'short' },
      { administrator: long, auditor: long },
      { administrator: long, auditor: long, user: long, other: long },
    ]) {
      chmodSync(folders.put('tokens.json', JSON.stringify(content)), 0o600);
      assert.throws(() => tokensAt(path()), { code: 'tokens-unusable' });
    }
    symlinkSync('tokens.json', join(folders.root, 'link.json'));
    assert.throws(() => tokensAt(join(folders.root, 'link.json')));
  });

  it('give their role, and an auditor the categories beside the token', () => {
    const [administrator, auditor, user] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [
      string,
      string,
      string,
    ];
    const tokens = { administrator, auditor: { token: auditor, categories: ['models'] }, user };
    assert.deepEqual(roleOfToken(tokens, auditor), { role: 'auditor', categories: ['models'] });
    assert.equal(roleOfToken(tokens, administrator)?.role, 'administrator');
    assert.equal(roleOfToken(tokens, user)?.role, 'user');
    for (const wrong of ['', user.slice(1), `${user}c`]) assert.equal(roleOfToken(tokens, wrong), undefined);
  });
});
