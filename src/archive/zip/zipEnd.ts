import type { FileReader } from './openFile.ts';
import { damaged, throwIfCancelled, unsupported } from './zipFailure.ts';

/** Where a zip ends, and where its central directory lies. All positions are those in the file. */
export interface ZipEnd {
  /** The number of entries in the directory. */
  readonly entries: number;
  readonly directory: number;
  /** Where the directory must end: at its end record, or at that of zip64 before it. */
  readonly directoryEnd: number;
  /** How many bytes stand before the zip without being counted by its offsets. */
  readonly shift: number;
  /** The zip's comment, as bytes. */
  readonly comment: Buffer;
  /** Where the zip ends; what the file has behind that is not part of it. */
  readonly end: number;
}

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const MAX_COMMENT_BYTES = 0xffff;

/** How much of the file's end is searched: what a zip may have there, and then, for a tail of other bytes, more. */
const SEARCHED_BYTES = [LOCATOR_BYTES + END_BYTES + MAX_COMMENT_BYTES, 1024 * 1024];

/**
 * Finds the end record. Bytes behind it don't matter (a pipe or a device adds zeros, an editor a line end), nor do
 * bytes before the zip that its offsets don't count (a program that unpacks itself). The record is the real one if its
 * directory begins and ends where it says. A record whose comment ends the file is used even if it is not, so that the
 * failure can say what is wrong with the directory.
 * @throws Failure `archive-damaged` (`end`), `archive-unsupported` (`multi-disk`), `cancelled`
 */
export async function findEnd(reader: FileReader, signal: AbortSignal | undefined): Promise<ZipEnd> {
  const { name, bytes } = reader.file;
  const end = await withoutZeros(reader, signal);
  let last: Candidate | undefined;
  let searched = 0;
  for (const length of SEARCHED_BYTES) {
    if (searched >= end) break;
    searched = Math.min(length, end);
    const start = end - searched;
    const tail = await reader.read(start, searched);
    for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
      at = tail.lastIndexOf('PK\x05\x06', at, 'latin1');
      if (at === -1) break;
      throwIfCancelled(signal);
      const record = await parseRecord(reader, start + at);
      if (record === undefined) continue;
      const found = await locate(reader, record);
      if (found !== undefined) return withoutOtherDisks(found, record, name);
      if (record.end === bytes) last ??= record;
    }
  }
  if (last === undefined) throw damaged({ name }, 'end');
  const { entries, offset, at, comment } = last;
  const parts = { entries, directory: offset, directoryEnd: at, shift: 0, comment, end: bytes };
  return withoutOtherDisks(parts, last, name);
}

function withoutOtherDisks(end: ZipEnd, { disk }: Candidate, name: string): ZipEnd {
  if (disk !== 0) throw unsupported({ name }, 'multi-disk');
  return end;
}

const PIECE_BYTES = 64 * 1024;
const MAX_ZEROS = 1024;

/** Where the zeros at the file's end may begin. The last fields of an end record may be zero, too. */
async function withoutZeros(reader: FileReader, signal: AbortSignal | undefined): Promise<number> {
  const { bytes } = reader.file;
  let end = bytes;
  for (let count = 0; count < MAX_ZEROS && end > 0; count += 1) {
    throwIfCancelled(signal);
    const start = Math.max(0, end - PIECE_BYTES);
    const piece = await reader.read(start, end - start);
    const index = piece.findLastIndex((byte) => byte !== 0);
    if (index !== -1) return Math.min(bytes, start + index + 1 + END_BYTES);
    end = start;
  }
  return bytes;
}

/** What an end record says, with that of zip64 where there is one. */
interface Candidate {
  /** The position of the record that follows the directory. */
  readonly at: number;
  readonly disk: number;
  readonly entries: number;
  readonly bytes: number;
  /** Where the directory begins, as the record says. */
  readonly offset: number;
  readonly comment: Buffer;
  readonly end: number;
  /** Absent without zip64: the shift that its locator shows. */
  readonly shift?: number;
}

async function parseRecord(reader: FileReader, at: number): Promise<Candidate | undefined> {
  const record = await reader.read(at, END_BYTES);
  const comment = await reader.read(at + END_BYTES, record.readUInt16LE(20));
  // Otherwise the file is cut.
  if (comment.length < record.readUInt16LE(20)) return undefined;
  const plain = {
    at,
    disk: record.readUInt16LE(4),
    entries: record.readUInt16LE(10),
    bytes: record.readUInt32LE(12),
    offset: record.readUInt32LE(16),
    comment,
    end: at + END_BYTES + comment.length,
  };
  const locator = at < LOCATOR_BYTES ? undefined : await reader.read(at - LOCATOR_BYTES, LOCATOR_BYTES);
  if (locator?.toString('latin1', 0, 4) !== 'PK\x06\x07') return plain;
  const stated = Number(locator.readBigUInt64LE(8));
  // The record lies where the locator says, or, where bytes stand before the zip, right before the locator.
  for (const place of [stated, at - LOCATOR_BYTES - ZIP64_END_BYTES]) {
    const zip64 = place < 0 ? Buffer.alloc(0) : await reader.read(place, ZIP64_END_BYTES);
    if (zip64.length < ZIP64_END_BYTES || zip64.toString('latin1', 0, 4) !== 'PK\x06\x06') continue;
    return {
      ...plain,
      at: place,
      disk: zip64.readUInt32LE(16),
      entries: Number(zip64.readBigUInt64LE(32)),
      bytes: Number(zip64.readBigUInt64LE(40)),
      offset: Number(zip64.readBigUInt64LE(48)),
      shift: place - stated,
    };
  }
  return undefined;
}

async function locate(reader: FileReader, record: Candidate): Promise<ZipEnd | undefined> {
  const { at, entries, bytes, offset, comment, end } = record;
  const directory = at - bytes;
  const shift = directory - offset;
  if (shift < 0 || (record.shift !== undefined && shift !== record.shift)) return undefined;
  const start = await reader.read(directory, 4);
  const isDirectory = bytes === 0 ? entries === 0 : start.toString('latin1') === 'PK\x01\x02';
  if (!isDirectory || (await hidesAnother(reader, shift, end))) return undefined;
  return { entries, directory, directoryEnd: at, shift, comment, end };
}

/**
 * Whether the bytes around the zip belong to another one. A zip that holds a zip and lost its own end must not be read
 * as the one that it holds.
 */
async function hidesAnother(reader: FileReader, shift: number, end: number): Promise<boolean> {
  const head = shift === 0 ? Buffer.alloc(0) : await reader.read(0, 2);
  if (head.toString('latin1') === 'PK') return true;
  const tail = await reader.read(end, SEARCHED_BYTES.at(-1) ?? 0);
  return tail.includes('PK\x03\x04', 0, 'latin1');
}
