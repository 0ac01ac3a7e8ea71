import { compress, type Compressing } from '../codec/compress.ts';
import { encryptInPlace, newAesField } from '../aes/encryptedMember.ts';
import { joinZip, dosTime, type PackedMember } from './zipHeaders.ts';
import { LZMA_END } from './memberPacking.ts';
import { methodNumbers } from './unpack.ts';
import { AES_METHOD } from '../aes/winZipAes.ts';

export interface NewMember {
  readonly name: string;
  /** The caller gives it away: if it fills its memory alone, that memory is reused or lost. */
  readonly text: Buffer;
}

export interface Sealing extends Compressing {
  /** The password as it was typed, in UTF-8. */
  readonly password: Uint8Array;
  /** The time of the members, in ms since 1970. */
  readonly modified: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The bytes of a zip of encrypted members (AE-2, AES-256), in the given order. The whole zip is in memory.
 * @throws Failure `codec-missing`, `cancelled`, `worker-lost`
 */
export async function encryptedZip(members: readonly NewMember[], sealing: Sealing): Promise<Buffer[]> {
  const packed: PackedMember[] = [];
  for (const member of members) packed.push(await packedMember(member, sealing));
  return joinZip(packed, Buffer.alloc(0));
}

const UNIX = 3;
/** Version 6.3 of the format, which has AES and LZMA. */
const VERSION = 63;
const REGULAR_PRIVATE = 0o100600;

/** Bits of a member's flags. */
const ENCRYPTED = 1;
const UTF8 = 1 << 11;

async function packedMember({ name, text }: NewMember, sealing: Sealing): Promise<PackedMember> {
  const { method, password, modified, signal } = sealing;
  const encodedName = Buffer.from(name);
  // A name that is not ASCII has more bytes than characters.
  const isAscii = encodedName.length === name.length;
  const bytes = text.length;
  const data = await encryptInPlace(await compress(text, sealing, signal), password, signal);
  const extra = newAesField(methodNumbers[method]);
  return {
    name: encodedName,
    versionMadeBy: (UNIX << 8) | VERSION,
    versionNeeded: VERSION,
    flags: ENCRYPTED | (method === 'lzma' ? LZMA_END : 0) | (isAscii ? 0 : UTF8),
    method: AES_METHOD,
    time: dosTime(modified),
    // AE-2 uses no CRC-32.
    crc32: 0,
    bytes,
    localExtra: extra,
    centralExtra: extra,
    data,
    internalAttributes: 0,
    externalAttributes: REGULAR_PRIVATE * 0x1_0000,
    comment: Buffer.alloc(0),
  };
}
