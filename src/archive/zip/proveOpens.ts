import { Failure, isFailure } from '../../base/failure.ts';
import { decrypt } from '../aes/encryptedMember.ts';
import { packingOf } from './memberPacking.ts';
import type { OpenFile } from './openFile.ts';
import type { Passwords } from '../aes/passwords.ts';
import { readEntries } from './zipEntries.ts';
import { damaged } from './zipFailure.ts';

/**
 * Proves that a password opens every member of a zip that is still in memory: by their HMACs, found as any reader finds
 * them.
 * @throws Failure `unexpected` where it does not; `cancelled`
 */
export async function proveOpens(
  name: string,
  pieces: readonly Uint8Array[],
  password: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const passwords: Passwords = { candidates: () => [password] };
  try {
    for (const found of await readEntries(inMemory(name, pieces), signal)) {
      const { entry } = found;
      const place = { name, member: entry.fileName };
      const { aes } = packingOf(entry, place);
      if (aes === undefined) throw damaged(place, 'encryption-header');
      await decrypt({ range: await found.data(), aes }, passwords, { place, signal });
    }
  } catch (error) {
    if (isFailure(error, 'cancelled')) throw error;
    throw new Failure('unexpected', { detail: `${name} would not open with the new password` }, error);
  }
}

function inMemory(name: string, pieces: readonly Uint8Array[]): OpenFile {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  return { name, bytes, handle: { fd: -1, read } };

  function read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    let bytesRead = 0;
    let start = 0;
    for (const piece of pieces) {
      const from = position + bytesRead - start;
      if (bytesRead < length && from < piece.length) {
        const part = piece.subarray(from, from + length - bytesRead);
        buffer.set(part, offset + bytesRead);
        bytesRead += part.length;
      }
      start += piece.length;
    }
    return Promise.resolve({ bytesRead });
  }
}
