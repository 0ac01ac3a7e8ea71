import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../base/job.ts';
import { Failure, fromSystemError, isFailure } from '../base/failure.ts';
import { replaceFile, writeAtomically } from '../files/durable.ts';
import { giveName } from '../files/newFile.ts';
import { whileOpen } from '../files/safeOpen.ts';
import { makeStateFolder, stateBase } from '../workspace/stateFolder.ts';
import { openNote, originOf, parseVerifier, type Verifier } from './checkpoint.ts';

/** This person's key on this machine. */
export interface TrailKey {
  readonly privateKey: KeyObject;
  /** 32 bytes */
  readonly publicKey: Uint8Array;
}

/**
 * One person's key for the checkpoints of all trails on this machine, and the newest checkpoint seen of each trail. Both
 * lie in the state folder, so a person who changes a trail cannot change them, too.
 */
export interface TrailKeys {
  /** @returns undefined if there is none @throws Failure `audit-key-unusable`, `no-permission` … */
  key(): TrailKey | undefined;
  /** Makes the key if there is none. @throws Failure as `key`, `disk-full`, `state-unwritable` */
  ownKey(): TrailKey;
  /** The note last remembered for a trail. @throws Failure `no-permission` … */
  lastSeen(trailId: string): string | undefined;
  /** Remembers a note unless a newer one is. @throws Failure `disk-full` … */
  remember(trailId: string, note: string): void;
  /** The note by which this person accepted a trail that another key had signed before. */
  accepted(trailId: string): string | undefined;
  /** Accepts what other keys signed before. @param note one by this person's key @throws Failure `disk-full` … */
  accept(trailId: string, note: string): void;
}

/** The endings of the two files of a trail. */
type NoteKind = 'note' | 'accepted';

const KEY_FILE = 'key.json';
const TRAIL_ID = /^[0-9a-f]{16}$/;

export function openTrailKeys(environment: Environment): TrailKeys {
  const folder = join(stateBase(environment), 'audit');
  const keyPath = join(folder, KEY_FILE);
  const key = (): TrailKey | undefined => (existsSync(keyPath) ? readKey(keyPath) : undefined);

  function read(trailId: string, kind: NoteKind): string | undefined {
    if (!TRAIL_ID.test(trailId)) return undefined;
    try {
      return whileOpen(join(folder, `${trailId}.${kind}`), (descriptor) => readFileSync(descriptor, 'utf8'));
    } catch (error) {
      if (isFailure(error, 'file-missing')) return undefined;
      throw error;
    }
  }
  function write(trailId: string, kind: NoteKind, note: string): void {
    if (!TRAIL_ID.test(trailId)) return;
    makeStateFolder(folder);
    replaceFile(join(folder, `${trailId}.${kind}`), note, 0o600);
  }

  return {
    key,
    ownKey() {
      const known = key();
      if (known !== undefined) return known;
      makeStateFolder(folder);
      const text = newKey();
      // Another process may be first; then its key counts.
      writeAtomically(keyPath, [Buffer.from(text)], (temporary) => giveName(temporary, keyPath));
      return readKey(keyPath);
    },
    lastSeen: (trailId) => read(trailId, 'note'),
    remember(trailId, note) {
      const sizeOf = (text: string | undefined): number =>
        (text === undefined ? undefined : openNote(text, [])?.checkpoint.size) ?? -1;
      const seen = read(trailId, 'note');
      if (seen !== note && sizeOf(seen) <= sizeOf(note)) write(trailId, 'note', note);
    },
    accepted: (trailId) => read(trailId, 'accepted'),
    accept(trailId, note) {
      write(trailId, 'accepted', note);
    },
  };
}

/** The key as RFC 8037 writes it in JSON. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x, d } = privateKey.export({ format: 'jwk' });
  return `${JSON.stringify({ kty, crv, x, d })}\n`;
}

function readKey(path: string): TrailKey {
  try {
    const text = whileOpen(path, (descriptor) => readFileSync(descriptor, 'utf8'));
    const jwk = JSON.parse(text) as { x?: unknown };
    const privateKey = createPrivateKey({ key: jwk as never, format: 'jwk' });
    const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
    // A changed private key would only be another key.
    if (jwk.x !== x) throw new Error('its two parts do not belong together');
    return { privateKey, publicKey: Buffer.from(x, 'base64url') };
  } catch (error) {
    if (isFailure(error, 'no-permission')) throw error;
    const { message } = fromSystemError(error, path);
    const detail = isFailure(error, 'not-a-regular-file') ? message : 'it holds no Ed25519 key';
    throw new Failure('audit-key-unusable', { path, detail }, error);
  }
}

/** The verifier of this person's key for one trail. */
export function verifierOf(key: TrailKey, trailId: string): Verifier {
  return { name: originOf(trailId), key: key.publicKey };
}

/** @throws Failure `audit-verifier-invalid` */
export function requireVerifier(text: string): Verifier {
  const verifier = parseVerifier(text.trim());
  if (verifier === undefined) throw new Failure('audit-verifier-invalid', {});
  return verifier;
}
