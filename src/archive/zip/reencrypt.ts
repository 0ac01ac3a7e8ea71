import { type Entry, type ExtraField, parseExtraFields } from 'yauzl';
import { Failure, isFailure } from '../../base/failure.ts';
import { discard } from '../codec/memory.ts';
import { decrypt, encryptInPlace, newAesField } from '../aes/encryptedMember.ts';
import { joinZip, type PackedMember } from './zipHeaders.ts';
import { type MemberPacking, packingOf } from './memberPacking.ts';
import { type OpenFile, withOpenFile } from './openFile.ts';
import type { Passwords } from '../aes/passwords.ts';
import { checkedText } from './provenText.ts';
import { methodNumbers, readRange, unpack, type Unpacking } from './unpack.ts';
import { AES_FIELD } from '../aes/winZipAes.ts';
import { readDirectory, type ZipEntry } from './zipEntries.ts';
import { damaged, toZipFailure, unsupported } from './zipFailure.ts';

interface Reencrypting {
  /** The passwords that may open the zip now. */
  readonly passwords: Passwords;
  /** The new password as it was typed, in UTF-8. */
  readonly password: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** The largest zip: the whole zip is held in memory. */
const MAX_BYTES = 1024 ** 3;
/** The largest text: one byte more would mean that the size is in the zip64 field. */
const MAX_TEXT_BYTES = 0xffff_fffe;

/**
 * The bytes of the zip at `path` with all its members encrypted under another password (AE-2, AES-256). The texts,
 * names, times, attributes and comments stay. Undefined if the new password, which is tried first, already opens all
 * members. Each text is decoded once as a check: AE-2 has no CRC-32, so the CRC-32 of AE-1 is checked before it is
 * dropped, and a member that cannot be read is not written again as if it were intact.
 * @throws Failure `password-wrong`, `archive-damaged`, `archive-unsupported`, `not-a-session-archive` if a member is
 *   not encrypted, `codec-missing`, `cancelled`, or that of the file system
 */
export async function reencrypt(path: string, reencrypting: Reencrypting): Promise<Buffer[] | undefined> {
  return withOpenFile(path, async (file) => {
    const { name } = file;
    const { entries, end } = await readDirectory(file, reencrypting.signal);
    if (file.bytes > MAX_BYTES) throw unsupported({ name }, 'compressed-size');
    const opened: OpenedMember[] = [];
    for (const entry of entries) opened.push(await openMember(entry, file, reencrypting));
    if (opened.every(({ isOpenedByNew }) => isOpenedByNew)) return undefined;
    const members: PackedMember[] = [];
    for (const member of opened) members.push(await resealed(member, reencrypting));
    // What stands before and behind the zip is not ours to drop.
    const unpacking = { place: { name }, signal: reencrypting.signal };
    const before = await readRange({ file, start: 0, bytes: end.shift }, unpacking);
    const behind = await readRange({ file, start: end.end, bytes: file.bytes - end.end }, unpacking);
    return [before, ...joinZip(members, end.comment), behind];
  });
}

interface OpenedMember {
  readonly entry: Entry;
  readonly packing: MemberPacking;
  readonly localExtra: Buffer;
  readonly isOpenedByNew: boolean;
  /** Decrypted, and still compressed. */
  readonly data: Buffer;
  readonly unpacking: Unpacking;
}

async function openMember(
  zipEntry: ZipEntry,
  file: OpenFile,
  { passwords, password, signal }: Reencrypting,
): Promise<OpenedMember> {
  const { entry } = zipEntry;
  const place = { name: file.name, member: entry.fileName };
  const unpacking = { place, signal };
  try {
    if (zipEntry.problem !== undefined) throw zipEntry.problem;
    const packing = packingOf(entry, place);
    const { aes } = packing;
    if (aes === undefined) throw new Failure('not-a-session-archive', { name: file.name });
    if (entry.uncompressedSize > MAX_TEXT_BYTES) throw unsupported(place, 'large-text');
    const { extraField: localExtra, ...range } = await zipEntry.data();
    let isOpenedByNew = false;
    const known: Passwords = {
      candidates: () => [password, ...passwords.candidates().filter((form) => !equal(form, password))],
      opened: (form) => {
        isOpenedByNew = form === password;
        if (!isOpenedByNew) passwords.opened?.(form);
      },
    };
    const decrypted = await decrypt({ range, aes }, known, unpacking);
    return { entry, packing, localExtra, isOpenedByNew, data: decrypted.data, unpacking };
  } catch (error) {
    throw toZipFailure(error, place);
  }
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

async function resealed(member: OpenedMember, { password, signal }: Reencrypting): Promise<PackedMember> {
  const { entry, packing, localExtra, data } = member;
  await requireSound(member);
  const field = newAesField(methodNumbers[packing.method]);
  return {
    name: entry.fileNameRaw,
    versionMadeBy: entry.versionMadeBy,
    versionNeeded: entry.versionNeededToExtract,
    flags: entry.generalPurposeBitFlag & ~DATA_DESCRIPTOR,
    method: entry.compressionMethod,
    time: { date: entry.lastModFileDate, time: entry.lastModFileTime },
    crc32: 0,
    bytes: entry.uncompressedSize,
    localExtra: withField(parseExtraFields(localExtra), field),
    centralExtra: withField(entry.extraFields, field),
    data: await encryptInPlace(data, password, signal),
    internalAttributes: entry.internalFileAttributes,
    externalAttributes: entry.externalFileAttributes,
    comment: entry.fileCommentRaw,
  };
}

/** The flag that the sizes come after the data. */
const DATA_DESCRIPTOR = 8;

/** Checks the text of a copy, because some codecs take their input's memory. */
async function requireSound({ entry, packing, data, unpacking }: OpenedMember): Promise<void> {
  const { place } = unpacking;
  const told = {
    bytes: entry.uncompressedSize,
    crc32: packing.aes?.version === 1 ? entry.crc32 : undefined,
    sha256: undefined,
  };
  const text = unpack(packing, { data: Buffer.from(data) }, unpacking);
  try {
    for await (const piece of checkedText(text, told, (check) => damaged(place, check))) discard(piece);
  } catch (error) {
    throw toZipFailure(error, place);
  }
}

/** The zip64 field, which is dropped: the sizes now fit into the headers. */
const ZIP64_FIELD = 1;

function withField(fields: readonly ExtraField[], field: Buffer): Buffer {
  const kept = fields.filter(({ id }) => id !== AES_FIELD && id !== ZIP64_FIELD);
  return Buffer.concat([...kept.flatMap(({ id, data }) => [twoNumbers(id, data.length), data]), field]);
}

function twoNumbers(one: number, other: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(one, 0);
  bytes.writeUInt16LE(other, 2);
  return bytes;
}

/**
 * Proves that a password opens every member of a zip that is still in memory: by the members' HMACs, which are found as
 * any reader finds them.
 * @throws Failure `unexpected` if the password does not open all; `cancelled`
 */
export async function proveOpens(
  name: string,
  pieces: readonly Uint8Array[],
  password: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const passwords: Passwords = { candidates: () => [password] };
  try {
    const { entries } = await readDirectory(inMemory(name, pieces), signal);
    for (const found of entries) {
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
