import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  formatVerifier,
  openNote,
  parseVerifier,
  signCheckpoint,
  type Verifier,
} from '../../../src/audit/checkpoint.ts';
import { leafHash } from '../../../src/audit/tree.ts';

const origin = 'workspace-logs/0123456789abcdef';
const checkpoint = { origin, size: 1200, root: leafHash(Buffer.from('x')) };

function newKey(): { sign: () => string; verifier: Verifier } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { sign: () => signCheckpoint(checkpoint, privateKey, key), verifier: { name: origin, key } };
}

describe('a checkpoint', () => {
  const { sign, verifier } = newKey();

  it('is a signed note of three lines', () => {
    const note = sign();
    assert.match(
      note,
      /^workspace-logs\/[0-9a-f]{16}\n1200\n[A-Za-z0-9+/]{43}=\n\n— workspace-logs\/[0-9a-f]{16} \S{92}\n$/,
    );
    assert.deepEqual(openNote(note, [verifier]), { checkpoint, signature: 'known' });
  });

  it('is unknown to another key, and forged to the same key under another name', () => {
    assert.deepEqual(openNote(sign(), [newKey().verifier]), { checkpoint, signature: 'unknown' });
    const renamed = { ...verifier, name: 'workspace-logs/other' };
    assert.deepEqual(openNote(sign(), [renamed]), { checkpoint, signature: 'forged' });
  });

  it('counts with signatures of others beside it', () => {
    const other = newKey();
    const both = sign() + other.sign().slice(other.sign().indexOf('\n\n') + 2);
    assert.equal(openNote(both, [verifier])?.signature, 'known');
    assert.equal(openNote(both, [other.verifier])?.signature, 'known');
  });

  it('does not count with any byte changed', () => {
    const note = Buffer.from(sign());
    for (let at = 0; at < note.length; at += 1)
      for (const bit of [1, 32, 128]) {
        const changed = Buffer.from(note);
        changed[at]! ^= bit;
        const opened = openNote(changed.toString(), [verifier]);
        assert.ok(opened === undefined || opened.signature === 'forged', `byte ${String(at)}`);
      }
  });

  it('has a verifier key that is read back, and refused with any character changed', () => {
    const text = formatVerifier(verifier);
    assert.match(text, /^workspace-logs\/[0-9a-f]{16}\+[0-9a-f]{8}\+\S{44}$/);
    assert.deepEqual(parseVerifier(text), { ...verifier, key: Buffer.from(verifier.key) });
    for (let at = 0; at < text.length; at += 1)
      for (const character of '+/0aZ= ') {
        if (text[at] === character) continue;
        assert.equal(parseVerifier(text.slice(0, at) + character + text.slice(at + 1)), undefined);
      }
  });

  // The example key of golang.org/x/mod/sumdb/note's documentation.
  it('reads Go’s verifier keys', () => {
    const text = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    assert.equal(parseVerifier(text)?.name, 'PeterNeumann');
    assert.equal(formatVerifier(parseVerifier(text)!), text);
  });
});
