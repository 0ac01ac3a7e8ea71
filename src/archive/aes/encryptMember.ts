import { randomBytes } from 'node:crypto';
import { aesField, codeOf, cryptInPlace, deriveKeys, saltBytesOf } from './winZipAes.ts';

/** What we write, whatever the packed bytes are. */
const KEY_BYTES = 32;

/** The extra field of a member that is encrypted by `encryptInPlace`. */
export function newAesField(method: number): Buffer {
  return aesField({ version: 2, keyBytes: KEY_BYTES, method });
}

/**
 * Encrypts a member's packed bytes in place, under a salt of their own. `data` begins at a multiple of 8 in its memory.
 * @returns what stands in the zip: salt and verifier, the ciphertext, its HMAC
 */
export async function encryptInPlace(
  data: Buffer,
  password: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Buffer[]> {
  const salt = randomBytes(saltBytesOf({ keyBytes: KEY_BYTES }));
  const keys = await deriveKeys(password, salt, KEY_BYTES);
  try {
    await cryptInPlace(data, keys, signal);
    return [Buffer.concat([salt, keys.verifier]), data, await codeOf(data, keys, signal)];
  } finally {
    keys.wipe();
  }
}
