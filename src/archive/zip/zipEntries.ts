import {
  fromRandomAccessReaderPromise,
  parseExtraFields,
  RandomAccessReader,
  type Entry,
  type ExtraField,
  type ZipFile,
} from 'yauzl';
import { FileReader, type OpenFile } from './openFile.ts';
import type { FileRange } from './unpack.ts';
import { AES_FIELD } from '../aes/winZipAes.ts';
import { damaged, throwIfCancelled, toZipFailure, unsupported } from './zipFailure.ts';

/** An entry of a zip's central directory. */
export interface ZipEntry {
  readonly entry: Entry;
  /**
   * Finds its data by its local header, which must agree with the entry about the data.
   * @throws Failure `archive-damaged` (`local-header`, `overlap`, or yauzl's message)
   */
  data(): Promise<EntryData>;
}

interface EntryData extends FileRange {
  /** The extra field of the local header. */
  readonly extraField: Buffer;
}

/** The most entries in the directory of a zip without zip64. */
const MAX_ENTRIES = 65_535;

/**
 * Reads the central directory.
 * @throws Failure `archive-damaged`, `archive-unsupported`, `cancelled`, or that of the file system
 */
export async function readEntries(file: OpenFile, signal: AbortSignal | undefined): Promise<ZipEntry[]> {
  const place = { name: file.name };
  try {
    const reader = new WindowReader(file);
    const zip = await fromRandomAccessReaderPromise(reader, file.bytes, {
      lazyEntries: true,
      autoClose: false,
      // We check the sizes when a member is read, and can then name the member.
      validateEntrySizes: false,
    });
    if (zip.entryCount > MAX_ENTRIES) throw unsupported(place, 'members');
    const directory = cursorOf(zip);
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      throwIfCancelled(signal);
      entries.push(entry);
    }
    requireNames(entries, file);
    if (!isBehindDirectory(await reader.file.read(cursorOf(zip), 4))) throw damaged(place, 'directory');
    const rooms = roomsOf(entries, directory);
    return entries.map((entry, index) => ({
      entry,
      data: () => findData(zip, entry, rooms[index] ?? NO_ROOM, file),
    }));
  } catch (error) {
    throw toZipFailure(error, place);
  }
}

/** Makes yauzl read larger pieces than one header each. */
class WindowReader extends RandomAccessReader {
  readonly file: FileReader;

  constructor(file: OpenFile) {
    super();
    this.file = new FileReader(file);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    // yauzl uses any position that the zip gives, even one before the file's beginning.
    const isInside = position >= 0 && position + length <= this.file.file.bytes;
    this.file.read(isInside ? position : 0, isInside ? length : 0).then(
      (piece) => {
        piece.copy(buffer, offset);
        callback(piece.length < length ? new Error('unexpected EOF') : null);
      },
      (error: unknown) => {
        callback(error as Error);
      },
    );
  }
}

/** Where yauzl continues to read. Its types declare the position as a boolean. */
function cursorOf(zip: ZipFile): number {
  return Number(zip.readEntryCursor);
}

/**
 * Refuses two entries with the same name, because it is unclear which one is meant. yauzl refuses names that lead out
 * of a folder.
 */
function requireNames(entries: readonly Entry[], { name }: OpenFile): void {
  const names = new Set<string>();
  for (const { fileName } of entries) {
    if (names.has(fileName)) throw damaged({ name, member: fileName }, 'duplicate');
    if (fileName.includes('\0')) throw damaged({ name }, 'path');
    names.add(fileName);
  }
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
    // The entry ends here or later: only the local header has the length of its extra field.
    const end = offset(entry) + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize;
    // An entry that lies outside the file does not limit the others.
    if (end <= directory) from = Math.max(from, end);
  }
  return rooms;
}

function offset(entry: Entry | undefined): number {
  return entry?.relativeOffsetOfLocalHeader ?? 0;
}

const ENCRYPTED = 1;

async function findData(zip: ZipFile, entry: Entry, room: Room, file: OpenFile): Promise<EntryData> {
  const place = { name: file.name, member: entry.fileName };
  const header = await zip.readLocalFileHeaderPromise(entry).catch((error: unknown) => {
    throw toZipFailure(error, place);
  });
  const flags = header.generalPurposeBitFlag ^ entry.generalPurposeBitFlag;
  const agrees =
    header.fileName.equals(entry.fileNameRaw) &&
    header.compressionMethod === entry.compressionMethod &&
    (flags & ENCRYPTED) === 0 &&
    agreesAboutAes(header.extraField, entry);
  if (!agrees) throw damaged(place, 'local-header');
  const start = header.fileDataStart;
  const bytes = entry.compressedSize;
  if (offset(entry) < room.from || start + bytes > room.to) throw damaged(place, 'overlap');
  return { file, start, bytes, extraField: header.extraField };
}

function agreesAboutAes(extraField: Buffer, entry: Entry): boolean {
  if (aesFieldIn(entry.extraFields) === undefined) return true;
  let fields: ExtraField[];
  try {
    fields = parseExtraFields(extraField);
  } catch {
    return false;
  }
  const local = aesFieldIn(fields);
  return local === undefined || aesFieldIn(entry.extraFields)?.equals(local) === true;
}

export function aesFieldIn(fields: readonly ExtraField[]): Buffer | undefined {
  return fields.find(({ id }) => id === AES_FIELD)?.data;
}
