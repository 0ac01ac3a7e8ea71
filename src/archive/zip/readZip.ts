import type { Entry } from 'yauzl';
import { Failure } from '../../base/failure.ts';
import type { MemberDigest } from '../sessionMeta.ts';
import { decrypt, isOpenedBy, type EncryptedMember } from '../aes/encryptedMember.ts';
import { aesHeaderOf, packingOf, type MemberPacking } from './memberPacking.ts';
import { withOpenFile, type OpenFile } from './openFile.ts';
import type { Passwords } from '../aes/passwords.ts';
import { checkedText, provenText, type Decoding } from './provenText.ts';
import { methodOf, unpack, type Packing, type Unpacking } from './unpack.ts';
import { readDirectory, type ZipEntry } from './zipEntries.ts';
import { damaged, throwIfCancelled, toZipFailure } from './zipFailure.ts';

/** A file inside a zip, as its central directory describes it; none of this is checked before the file is read. */
export interface ZipMember {
  readonly name: string;
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly crc32: number;
  readonly comment: string;
  readonly encrypted: boolean;
  /**
   * A method that we read (see `Method`), or its number in zips; for an encrypted member, the method of its plaintext.
   */
  readonly method: string;
  /** In ms since 1970; most zips hold local time, without its zone. */
  readonly modified: number;
}

export interface OpenZip {
  readonly members: readonly ZipMember[];
  /**
   * @throws Failure `password-needed`, `archive-unsupported`, `archive-damaged` (`encryption-header`) if the headers
   *   already show that the member cannot be read
   */
  requireReadable(member: ZipMember): void;
  /**
   * The plaintext of a member in pieces. An encrypted member is checked before the first piece: by its HMAC, its size,
   * its digest if one is given, and its CRC-32 if the format has it. For any other member, only a caller that reads to
   * the end knows that the text is intact.
   * @throws Failure `archive-damaged`, `archive-unsupported`, `password-needed`, `password-wrong`, `cancelled`
   */
  read(member: ZipMember, digest?: MemberDigest): AsyncIterable<Buffer>;
  /**
   * Whether a password fits; this is certain for a member of up to 1 MB, and very likely for a longer one. True for a
   * member that is not encrypted.
   * @throws Failure as `read` does, other than for passwords
   */
  opens(member: ZipMember): Promise<boolean>;
}

interface Opening {
  readonly passwords?: Passwords | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the zip at `path` while `use` runs; links are not followed.
 * @throws Failure `archive-damaged` with the check that failed, `archive-unsupported`, or that of the file system
 */
export async function withZip<T>(
  path: string,
  use: (zip: OpenZip) => Promise<T>,
  opening: Opening = {},
): Promise<T> {
  return withOpenFile(path, async (file) => use(await openZip(file, opening)));
}

async function openZip(file: OpenFile, { passwords, signal }: Opening): Promise<OpenZip> {
  const { name } = file;
  const entries = new Map<ZipMember, ZipEntry>();
  const directory = await readDirectory(file, signal);
  for (const entry of directory.entries) entries.set(toMember(entry.entry), entry);
  const reading = (member: ZipMember): Reading => {
    const entry = entries.get(member);
    if (entry === undefined) throw new Failure('no-such-member', { name, members: [] });
    const place = { name, member: member.name };
    return { member, entry, passwords, place, signal };
  };
  return {
    members: [...entries.keys()],
    requireReadable(member) {
      const { aes } = packed(reading(member));
      const isLocked = aes !== undefined && (passwords?.candidates() ?? []).length === 0;
      if (isLocked) throw new Failure('password-needed', { name });
    },
    read: (member, digest) => readMember(reading(member), digest),
    opens: (member) => opens(reading(member)),
  };
}

function toMember(entry: Entry): ZipMember {
  const number = aesHeaderOf(entry)?.method ?? entry.compressionMethod;
  const modified = entry.getLastModDate().getTime();
  return {
    name: entry.fileName,
    bytes: entry.uncompressedSize,
    compressedBytes: entry.compressedSize,
    crc32: entry.crc32,
    comment: entry.fileComment,
    encrypted: entry.isEncrypted(),
    method: methodOf(number) ?? String(number),
    modified: Number.isNaN(modified) ? 0 : modified,
  };
}

interface Reading extends Unpacking {
  readonly member: ZipMember;
  readonly entry: ZipEntry;
  readonly passwords: Passwords | undefined;
}

function packed({ entry, place }: Reading): MemberPacking {
  if (entry.problem !== undefined) throw entry.problem;
  return packingOf(entry.entry, place);
}

async function* readMember(reading: Reading, digest: MemberDigest | undefined): AsyncGenerator<Buffer> {
  const { member, entry, place, signal } = reading;
  const refuse = (check: string): Failure => damaged(place, check);
  try {
    throwIfCancelled(signal);
    const packing = packed(reading);
    const range = await entry.data();
    const { aes } = packing;
    const told = {
      bytes: member.bytes,
      crc32: aes?.version === 2 ? undefined : member.crc32,
      sha256: digest?.sha256.toLowerCase(),
    };
    if (aes === undefined) yield* checkedText(unpack(packing, range, reading), told, refuse);
    else yield* provenText(() => openEncrypted({ range, aes }, packing, reading), told, refuse);
  } catch (error) {
    throw toZipFailure(error, place);
  }
}

/** Decrypts the member in memory and decodes it from there, so the checked bytes are used even if the file changes. */
async function openEncrypted(
  encrypted: EncryptedMember,
  packing: Packing,
  reading: Reading,
): Promise<Decoding> {
  const { data, code } = await decrypt(encrypted, reading.passwords, reading);
  // The headers say how the member is compressed, and no HMAC covers them.
  const { method, bytesOfText } = packing;
  return { text: unpack(packing, { data }, reading), code: [method, bytesOfText, code].join() };
}

async function opens(reading: Reading): Promise<boolean> {
  const { aes } = packed(reading);
  if (aes === undefined) return true;
  return isOpenedBy({ range: await reading.entry.data(), aes }, reading.passwords, reading);
}
