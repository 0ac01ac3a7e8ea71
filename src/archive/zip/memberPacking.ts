import type { Entry } from 'yauzl';
import { methodOf, type Packing } from './unpack.ts';
import { AES_METHOD, parseAesField, type AesHeader } from '../aes/winZipAes.ts';
import { aesFieldIn } from './zipEntries.ts';
import { damaged, unsupported, type ZipPlace } from './zipFailure.ts';

/** How a member is compressed and encrypted, as its entry in the directory says. */
export interface MemberPacking extends Packing {
  /** Absent if the member is not encrypted. */
  readonly aes: AesHeader | undefined;
}

/** The flag that an LZMA stream ends with an end marker. */
export const LZMA_END = 2;

/**
 * How a member is compressed and encrypted, if we can read it.
 * @throws Failure `archive-unsupported`, `archive-damaged` (`encryption-header`)
 */
export function packingOf(entry: Entry, place: ZipPlace): MemberPacking {
  const isAes = entry.compressionMethod === AES_METHOD;
  if (entry.isEncrypted() && !isAes) throw unsupported(place, 'zipcrypto');
  const aes = aesHeaderOf(entry);
  if (isAes && (aes === undefined || !entry.isEncrypted())) throw damaged(place, 'encryption-header');
  const method = methodOf(aes?.method ?? entry.compressionMethod);
  if (method === undefined) throw unsupported(place, 'method');
  if (isAes && entry.compressedSize > MAX_HELD_BYTES) throw unsupported(place, 'compressed-size');
  const hasEnd = (entry.generalPurposeBitFlag & LZMA_END) !== 0;
  return { method, bytesOfText: method === 'lzma' && !hasEnd ? entry.uncompressedSize : undefined, aes };
}

/** The largest encrypted member that we read: it is held in memory while its HMAC is checked. */
const MAX_HELD_BYTES = 1024 ** 3;

/** @returns undefined if the member is not encrypted in this way */
export function aesHeaderOf(entry: Entry): AesHeader | undefined {
  const field = entry.compressionMethod === AES_METHOD ? aesFieldIn(entry.extraFields) : undefined;
  return field === undefined ? undefined : parseAesField(field);
}
