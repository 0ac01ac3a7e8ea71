import { Failure } from '../../base/failure.ts';
import { countPasswords, type Passwords } from './passwords.ts';
import { type FileRange, readRange, type Unpacking } from '../zip/unpack.ts';
import {
  aesField,
  type AesHeader,
  type AesKeys,
  CODE_BYTES,
  codeOf,
  cryptInPlace,
  deriveKeys,
  isAuthentic,
  saltBytesOf,
  VERIFIER_BYTES,
} from './winZipAes.ts';
import { damaged, throwIfCancelled } from '../zip/zipFailure.ts';
import { randomBytes } from 'node:crypto';

/** The place of an encrypted member's data, including its salt and its HMAC. */
export interface EncryptedMember {
  readonly range: FileRange;
  readonly aes: AesHeader;
}

export interface Decrypted {
  readonly data: Buffer;
  /** The HMAC, which was found to match. */
  readonly code: string;
}

/**
 * Decrypts a member after its HMAC was found to match.
 * @throws Failure `password-needed`, `password-wrong`; `archive-damaged` (`hmac`) if a password seems to fit
 */
export async function decrypt(
  member: EncryptedMember,
  passwords: Passwords | undefined,
  unpacking: Unpacking,
): Promise<Decrypted> {
  let sealed: Sealed | undefined;
  for await (const { form, keys } of fittingKeys(member, passwords, unpacking)) {
    sealed ??= await readSealed(member, unpacking);
    if (!(await isAuthentic(sealed, keys, unpacking.signal))) continue;
    passwords?.opened?.(form);
    await cryptInPlace(sealed.data, keys, unpacking.signal);
    return { data: sealed.data, code: sealed.code.toString('hex') };
  }
  if (sealed !== undefined) throw damaged(unpacking.place, 'hmac');
  const { name } = unpacking.place;
  const forms = passwords?.candidates() ?? [];
  throw forms.length === 0
    ? new Failure('password-needed', { name })
    : new Failure('password-wrong', { name, tried: countPasswords(forms) });
}

/** Up to this size `isOpenedBy` checks the HMAC, which is quick enough. */
export const PROVEN_BYTES = 1024 * 1024;

/** Whether a password fits: by the HMAC for a short member, only by the verifier for a longer one. */
export async function isOpenedBy(
  member: EncryptedMember,
  passwords: Passwords | undefined,
  unpacking: Unpacking,
): Promise<boolean> {
  let sealed: Sealed | undefined;
  for await (const { form, keys } of fittingKeys(member, passwords, unpacking)) {
    if (member.range.bytes > PROVEN_BYTES) return true;
    sealed ??= await readSealed(member, unpacking);
    if (!(await isAuthentic(sealed, keys, unpacking.signal))) continue;
    passwords?.opened?.(form);
    return true;
  }
  return false;
}

/**
 * How many passwords are tried at once: one per thread of Node's pool. The first one is tried alone: it mostly fits.
 */
const PARALLEL = 4;

/** The keys of each password that passes the verifier; they are wiped when the caller asks for the next ones. */
async function* fittingKeys(
  { range, aes }: EncryptedMember,
  passwords: Passwords | undefined,
  unpacking: Unpacking,
): AsyncGenerator<{ readonly form: Uint8Array; readonly keys: AesKeys }> {
  const forms = passwords?.candidates() ?? [];
  if (forms.length === 0) return;
  const saltBytes = saltBytesOf(aes);
  if (range.bytes < saltBytes + VERIFIER_BYTES + CODE_BYTES)
    throw damaged(unpacking.place, 'encryption-header');
  const head = await readRange({ ...range, bytes: saltBytes + VERIFIER_BYTES }, unpacking);
  for (let at = 0, count = 1; at < forms.length; at += count, count = PARALLEL) {
    throwIfCancelled(unpacking.signal);
    const several = await Promise.all(
      forms.slice(at, at + count).map(async (form) => ({
        form,
        keys: await deriveKeys(form, head.subarray(0, saltBytes), aes.keyBytes),
      })),
    );
    try {
      for (const each of several) if (each.keys.verifier.equals(head.subarray(saltBytes))) yield each;
    } finally {
      for (const { keys } of several) keys.wipe();
    }
  }
}

interface Sealed {
  readonly data: Buffer;
  readonly code: Buffer;
}

async function readSealed({ range, aes }: EncryptedMember, unpacking: Unpacking): Promise<Sealed> {
  const { file, start } = range;
  const head = saltBytesOf(aes) + VERIFIER_BYTES;
  const end = start + range.bytes;
  const bytes = range.bytes - head - CODE_BYTES;
  const data = await readRange({ file, start: start + head, bytes }, unpacking);
  const code = await readRange({ file, start: end - CODE_BYTES, bytes: CODE_BYTES }, unpacking);
  return { data, code };
}

/** The key size that we write, for all members. */
const KEY_BYTES = 32;

/** The extra field of a member that is encrypted by `encryptInPlace`. */
export function newAesField(method: number): Buffer {
  return aesField({ version: 2, keyBytes: KEY_BYTES, method });
}

/**
 * Encrypts a member's packed bytes in place, under a new salt. `data` begins at a multiple of 8 in its memory.
 * @returns the bytes in the zip: salt and verifier, the ciphertext, its HMAC
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
