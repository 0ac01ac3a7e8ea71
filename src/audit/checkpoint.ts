/**
 * Checkpoints of the trail: the C2SP formats `tlog-checkpoint` and `signed-note` with Ed25519. A checkpoint's text is
 * the origin, the number of records and the root hash, a line each; the note adds an empty line and signatures.
 */
import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

export interface Checkpoint {
  readonly origin: string;
  /** How many records it covers. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** Checks the signatures of one key under one name. */
export interface Verifier {
  /** The name of the key in notes: the origin of the trail. */
  readonly name: string;
  /** The public key, 32 bytes. */
  readonly key: Uint8Array;
}

/** The first byte of an Ed25519 key in a verifier key, and of what its id is the hash of. */
const ED25519 = 1;
const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
const ID_BYTES = 4;
const SIGNED = /^— (\S+) (\S+)$/;

export function originOf(trailId: string): string {
  return `workspace-logs/${trailId}`;
}

function textOf({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${String(size)}\n${Buffer.from(root).toString('base64')}\n`;
}

function keyId({ name, key }: Verifier): Buffer {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), key]);
  return hash('sha256', named, 'buffer').subarray(0, ID_BYTES);
}

/** The signed note of a checkpoint. The key's name is the origin. */
export function signCheckpoint(checkpoint: Checkpoint, privateKey: KeyObject, publicKey: Uint8Array): string {
  const text = textOf(checkpoint);
  const id = keyId({ name: checkpoint.origin, key: publicKey });
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString('base64');
  return `${text}\n— ${checkpoint.origin} ${signature}\n`;
}

/** What a note says, and whether one of the given keys signed it. */
export interface OpenedNote {
  readonly checkpoint: Checkpoint;
  /**
   * `known`: one of the keys signed it. `unknown`: no signature is by one of them. `forged`: a signature claims to be by
   * one of them and is not.
   */
  readonly signature: 'known' | 'unknown' | 'forged';
}

/**
 * Reads a signed note. Signatures of other keys are ignored.
 * @returns undefined for a text that is no note of a checkpoint, as this module would write it
 */
export function openNote(note: string, verifiers: readonly Verifier[]): OpenedNote | undefined {
  const end = note.lastIndexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, end + 1);
  const checkpoint = checkpointOf(text);
  if (checkpoint === undefined) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  let signature: OpenedNote['signature'] = 'unknown';
  for (const line of lines) {
    const [, name, base64 = ''] = SIGNED.exec(line) ?? [];
    const bytes = bytesOf(base64);
    if (name === undefined || bytes === undefined || bytes.length <= ID_BYTES) return undefined;
    const [id, signed] = [bytes.subarray(0, ID_BYTES), bytes.subarray(ID_BYTES)];
    // A changed character of the note may change the last byte of the id and the first one of the signature.
    const claimed = verifiers.find((known) => keyId(known).subarray(0, -1).equals(id.subarray(0, -1)));
    const signer = verifiers.find((known) => isSignedBy(known, text, signed));
    if (claimed === undefined && signer === undefined) continue;
    // The id of a key holds its name, so all three belong together.
    const isWhole = claimed?.name === name && keyId(claimed).equals(id) && isEqual(claimed.key, signer?.key);
    if (!isWhole) return { checkpoint, signature: 'forged' };
    signature = 'known';
  }
  return { checkpoint, signature };
}

function isEqual(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(one, other) === 0;
}

function checkpointOf(text: string): Checkpoint | undefined {
  const [origin = '', number = '', base64 = '', rest, ...more] = text.split('\n');
  const root = bytesOf(base64);
  const size = Number(number);
  if (origin === '' || rest !== '' || more.length > 0 || root?.length !== 32) return undefined;
  return Number.isSafeInteger(size) && String(size) === number ? { origin, size, root } : undefined;
}

function isSignedBy({ key }: Verifier, text: string, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const x = Buffer.from(key).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(text), publicKey, signature);
}

/** A verifier key as text: `NAME+KEYID+BASE64`. */
export function formatVerifier(verifier: Verifier): string {
  const key = Buffer.concat([Buffer.of(ED25519), verifier.key]).toString('base64');
  return `${verifier.name}+${keyId(verifier).toString('hex')}+${key}`;
}

/** @returns undefined for a text that is no Ed25519 verifier key */
export function parseVerifier(text: string): Verifier | undefined {
  const [, name = '', id = '', base64 = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const bytes = bytesOf(base64);
  if (bytes?.length !== KEY_BYTES + 1 || bytes[0] !== ED25519) return undefined;
  const verifier = { name, key: bytes.subarray(1) };
  return keyId(verifier).toString('hex') === id ? verifier : undefined;
}

/** The bytes of a base64 text; undefined if the text is not how those bytes are written. */
export function bytesOf(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}
