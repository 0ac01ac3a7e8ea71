import { Entry, getFileNameLowLevel, parseExtraFields, validateFileName, type ExtraField } from 'yauzl';
import type { Failure } from '../../base/failure.ts';
import { FileReader, type OpenFile } from './openFile.ts';
import type { FileRange } from './unpack.ts';
import { AES_FIELD } from '../aes/winZipAes.ts';
import { findEnd, type ZipEnd } from './zipEnd.ts';
import { damaged, throwIfCancelled, toZipFailure, unsupported } from './zipFailure.ts';

/** An entry of a zip's central directory. */
export interface ZipEntry {
  readonly entry: Entry;
  /**
   * Why this entry must not be read, although the directory is sound. The others may be: nothing is unpacked to disk,
   * so an odd name of one is no danger to them.
   */
  readonly problem: Failure | undefined;
  /**
   * Finds its data by its local header, which must agree with the entry about the data.
   * @throws Failure `archive-damaged` (`local-header`, `overlap`, `cut`), or the entry's `problem`
   */
  data(): Promise<EntryData>;
}

interface EntryData extends FileRange {
  /** The extra field of the local header. */
  readonly extraField: Buffer;
}

/** A zip's central directory. */
export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  readonly end: ZipEnd;
}

/** The most entries in the directory of a zip without zip64. */
const MAX_ENTRIES = 65_535;

/**
 * Reads the central directory.
 * @throws Failure `archive-damaged`, `archive-unsupported`, `cancelled`, or that of the file system
 */
export async function readDirectory(file: OpenFile, signal: AbortSignal | undefined): Promise<ZipDirectory> {
  const place = { name: file.name };
  try {
    const reader = new FileReader(file);
    const end = await findEnd(reader, signal);
    if (end.entries > MAX_ENTRIES) throw unsupported(place, 'members');
    const parsed: Parsed[] = [];
    let position = end.directory;
    while (parsed.length < end.entries) {
      throwIfCancelled(signal);
      const { bytes, ...next } = await parseEntry(reader, position, end.shift);
      parsed.push(next);
      position += bytes;
    }
    if (!isBehindDirectory(await reader.read(position, 4))) throw damaged(place, 'directory');
    const problems = problemsOf(parsed, file);
    const rooms = roomsOf(
      parsed.map(({ entry }) => entry),
      end.directory,
    );
    const entries = parsed.map(({ entry }, index): ZipEntry => {
      const problem = problems[index];
      const data = async (): Promise<EntryData> => {
        if (problem !== undefined) throw problem;
        return findData(reader, entry, rooms[index] ?? NO_ROOM);
      };
      return { entry, problem, data };
    });
    return { entries, end };
  } catch (error) {
    throw toZipFailure(error, place);
  }
}

interface Parsed {
  readonly entry: Entry;
  readonly problem: Failure | undefined;
}

const CENTRAL_BYTES = 46;

/** Reads one entry of the directory (APPNOTE 4.3.12). `bytes` is its length there. */
async function parseEntry(
  reader: FileReader,
  position: number,
  shift: number,
): Promise<Parsed & { readonly bytes: number }> {
  const { name } = reader.file;
  const head = await reader.read(position, CENTRAL_BYTES);
  if (head.length < CENTRAL_BYTES) throw damaged({ name }, 'cut');
  if (head.toString('latin1', 0, 4) !== 'PK\x01\x02') throw damaged({ name }, 'directory');
  const entry = new Entry();
  entry.versionMadeBy = head.readUInt16LE(4);
  entry.versionNeededToExtract = head.readUInt16LE(6);
  entry.generalPurposeBitFlag = head.readUInt16LE(8);
  entry.compressionMethod = head.readUInt16LE(10);
  entry.lastModFileTime = head.readUInt16LE(12);
  entry.lastModFileDate = head.readUInt16LE(14);
  entry.crc32 = head.readUInt32LE(16);
  entry.compressedSize = head.readUInt32LE(20);
  entry.uncompressedSize = head.readUInt32LE(24);
  entry.fileNameLength = head.readUInt16LE(28);
  entry.extraFieldLength = head.readUInt16LE(30);
  entry.fileCommentLength = head.readUInt16LE(32);
  entry.internalFileAttributes = head.readUInt16LE(36);
  entry.externalFileAttributes = head.readUInt32LE(38);
  entry.relativeOffsetOfLocalHeader = head.readUInt32LE(42);
  const commentStart = entry.fileNameLength + entry.extraFieldLength;
  const length = commentStart + entry.fileCommentLength;
  // A copy, because an entry must not keep the whole window of the reader in memory.
  const rest = Buffer.from(await reader.read(position + CENTRAL_BYTES, length));
  if (rest.length < length) throw damaged({ name }, 'cut');
  entry.fileNameRaw = rest.subarray(0, entry.fileNameLength);
  entry.extraFieldRaw = rest.subarray(entry.fileNameLength, commentStart);
  entry.fileCommentRaw = rest.subarray(commentStart);
  const fields = fieldsOf(entry.extraFieldRaw);
  entry.extraFields = fields ?? [];
  const flags = entry.generalPurposeBitFlag;
  entry.fileName = getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false);
  entry.fileComment = getFileNameLowLevel(flags, entry.fileCommentRaw, [], true);
  entry.comment = entry.fileComment;
  const place = { name, member: entry.fileName };
  let problem: Failure | undefined;
  if (fields === undefined || !useZip64(entry)) problem = damaged(place, 'directory');
  else if ((flags & STRONG_ENCRYPTION) !== 0) problem = unsupported(place, 'strong-encryption');
  else if (isOddName(entry.fileName)) problem = damaged(place, 'path');
  entry.relativeOffsetOfLocalHeader += shift;
  return { entry, problem, bytes: CENTRAL_BYTES + length };
}

const STRONG_ENCRYPTION = 1 << 6;

/** Whether a name leads out of a folder, or has a character that ends names elsewhere. */
function isOddName(name: string): boolean {
  return validateFileName(name) !== null || name.includes('\0');
}

/** @returns undefined if the fields are broken */
function fieldsOf(raw: Buffer): ExtraField[] | undefined {
  try {
    return parseExtraFields(raw);
  } catch {
    return undefined;
  }
}

const ZIP64_FIELD = 1;
const IN_ZIP64 = 0xffff_ffff;

/** Takes the numbers that are in the zip64 field. @returns false if one is missing there */
function useZip64(entry: Entry): boolean {
  const field = entry.extraFields.find(({ id }) => id === ZIP64_FIELD)?.data;
  if (field === undefined) return true;
  let at = 0;
  for (const key of ['uncompressedSize', 'compressedSize', 'relativeOffsetOfLocalHeader'] as const) {
    if (entry[key] !== IN_ZIP64) continue;
    if (at + 8 > field.length) return false;
    entry[key] = Number(field.readBigUInt64LE(at));
    at += 8;
  }
  return true;
}

/**
 * The problem of each entry, if it has one. Of two files with the same name it is unclear which one is meant, so both
 * are refused. A folder has no content, so it may be named again.
 */
function problemsOf(parsed: readonly Parsed[], { name }: OpenFile): (Failure | undefined)[] {
  const count = new Map<string, number>();
  for (const { entry } of parsed) count.set(entry.fileName, (count.get(entry.fileName) ?? 0) + 1);
  return parsed.map(({ entry: { fileName }, problem }) => {
    const isTwice = !fileName.endsWith('/') && (count.get(fileName) ?? 0) > 1;
    return problem ?? (isTwice ? damaged({ name, member: fileName }, 'duplicate') : undefined);
  });
}

/**
 * Whether the signature is one that follows the directory: of a digital signature, the end record, or its zip64 form.
 * Otherwise the directory has more entries than the zip says.
 */
function isBehindDirectory(signature: Buffer): boolean {
  return /^PK(?:\x05\x05|\x05\x06|\x06\x06)$/.test(signature.toString('latin1'));
}

/** Where an entry may lie in the file: after the entries before it, up to the next one or to the directory. */
interface Room {
  readonly from: number;
  readonly to: number;
}

const NO_ROOM: Room = { from: Infinity, to: 0 };
const LOCAL_HEADER_BYTES = 30;

function roomsOf(entries: readonly Entry[], directory: number): Room[] {
  const rooms: Room[] = entries.map(() => NO_ROOM);
  const order = [...entries.keys()].sort((a, b) => offset(entries[a]) - offset(entries[b]));
  let from = 0;
  for (const [at, index] of order.entries()) {
    const entry = entries[index];
    if (entry === undefined) continue;
    const next = order[at + 1];
    rooms[index] = { from, to: next === undefined ? directory : Math.min(directory, offset(entries[next])) };
    // The entry ends here or later: only its local header has the lengths of its name and of its extra field there.
    const end = offset(entry) + LOCAL_HEADER_BYTES + entry.compressedSize;
    // An entry that lies outside the file does not limit the others.
    if (end <= directory) from = Math.max(from, end);
  }
  return rooms;
}

function offset(entry: Entry | undefined): number {
  return entry?.relativeOffsetOfLocalHeader ?? 0;
}

const ENCRYPTED = 1;

/**
 * The local header may have another name: programs write it in another encoding, with the other slash, or not at all.
 * The central name is used, and the data's place, method and encryption are what must agree.
 */
async function findData(reader: FileReader, entry: Entry, room: Room): Promise<EntryData> {
  const { file } = reader;
  const place = { name: file.name, member: entry.fileName };
  const head = await reader.read(offset(entry), LOCAL_HEADER_BYTES);
  if (head.length < LOCAL_HEADER_BYTES) throw damaged(place, 'cut');
  if (head.toString('latin1', 0, 4) !== 'PK\x03\x04') throw damaged(place, 'local-header');
  const nameBytes = head.readUInt16LE(26);
  const extraBytes = head.readUInt16LE(28);
  const start = offset(entry) + LOCAL_HEADER_BYTES + nameBytes + extraBytes;
  const bytes = entry.compressedSize;
  if (start + bytes > file.bytes) throw damaged(place, 'cut');
  const extraField = await reader.read(start - extraBytes, extraBytes);
  const flags = head.readUInt16LE(6) ^ entry.generalPurposeBitFlag;
  const agrees =
    head.readUInt16LE(8) === entry.compressionMethod &&
    (flags & ENCRYPTED) === 0 &&
    agreesAboutAes(extraField, entry);
  if (!agrees) throw damaged(place, 'local-header');
  if (offset(entry) < room.from || start + bytes > room.to) throw damaged(place, 'overlap');
  return { file, start, bytes, extraField };
}

function agreesAboutAes(extraField: Buffer, entry: Entry): boolean {
  if (aesFieldIn(entry.extraFields) === undefined) return true;
  const fields = fieldsOf(extraField);
  if (fields === undefined) return false;
  const local = aesFieldIn(fields);
  return local === undefined || aesFieldIn(entry.extraFields)?.equals(local) === true;
}

export function aesFieldIn(fields: readonly ExtraField[]): Buffer | undefined {
  return fields.find(({ id }) => id === AES_FIELD)?.data;
}
