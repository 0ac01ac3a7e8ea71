/** The records of a zip without zip64 (APPNOTE 4.3), as bytes. */

/**
 * The fields that the local and the central header share; a field without a name of ours has its name in the APPNOTE.
 */
interface ZipHeader {
  readonly name: Buffer;
  readonly versionNeeded: number;
  readonly flags: number;
  readonly method: number;
  readonly time: DosTime;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly extra: Buffer;
}

/** The fields of the central header only. */
interface CentralFields {
  readonly versionMadeBy: number;
  readonly internalAttributes: number;
  readonly externalAttributes: number;
  readonly comment: Buffer;
  /** The position of the local header. */
  readonly offset: number;
}

export interface DosTime {
  readonly date: number;
  readonly time: number;
}

/** A time in a zip: local time without its zone, in steps of two seconds, from 1980 to 2107. */
export function dosTime(ms: number): DosTime {
  const given = new Date(ms);
  const year = given.getFullYear();
  if (year < 1980) return { date: (1 << 5) | 1, time: 0 };
  if (year > 2107) return { date: (127 << 9) | (12 << 5) | 31, time: (23 << 11) | (59 << 5) | 29 };
  return {
    date: ((year - 1980) << 9) | ((given.getMonth() + 1) << 5) | given.getDate(),
    time: (given.getHours() << 11) | (given.getMinutes() << 5) | (given.getSeconds() >> 1),
  };
}

function localHeader(header: ZipHeader): Buffer {
  const start = Buffer.alloc(4 + COMMON_BYTES);
  start.write('PK\x03\x04', 'latin1');
  writeCommon(start, 4, header);
  return Buffer.concat([start, header.name, header.extra]);
}

function centralHeader(header: ZipHeader, central: CentralFields): Buffer {
  const { versionMadeBy, internalAttributes, externalAttributes, comment, offset } = central;
  const start = Buffer.alloc(46);
  start.write('PK\x01\x02', 'latin1');
  start.writeUInt16LE(versionMadeBy, 4);
  writeCommon(start, 6, header);
  start.writeUInt16LE(comment.length, 32);
  start.writeUInt16LE(internalAttributes, 36);
  start.writeUInt32LE(externalAttributes, 38);
  start.writeUInt32LE(offset, 42);
  return Buffer.concat([start, header.name, header.extra, comment]);
}

interface Directory {
  readonly entries: number;
  readonly bytes: number;
  readonly offset: number;
}

function endRecord({ entries, bytes, offset }: Directory, comment: Buffer): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, comment]);
}

const COMMON_BYTES = 26;

function writeCommon(buffer: Buffer, at: number, header: ZipHeader): void {
  buffer.writeUInt16LE(header.versionNeeded, at);
  buffer.writeUInt16LE(header.flags, at + 2);
  buffer.writeUInt16LE(header.method, at + 4);
  buffer.writeUInt16LE(header.time.time, at + 6);
  buffer.writeUInt16LE(header.time.date, at + 8);
  buffer.writeUInt32LE(header.crc32, at + 10);
  buffer.writeUInt32LE(header.compressedBytes, at + 14);
  buffer.writeUInt32LE(header.bytes, at + 18);
  buffer.writeUInt16LE(header.name.length, at + 22);
  buffer.writeUInt16LE(header.extra.length, at + 24);
}

/** A member of a zip that is to be written. */
export interface PackedMember
  extends Omit<ZipHeader, 'compressedBytes' | 'extra'>, Omit<CentralFields, 'offset'> {
  readonly localExtra: Buffer;
  readonly centralExtra: Buffer;
  /** Its data, as it is written to the zip. */
  readonly data: readonly Buffer[];
}

/** The bytes of a zip. The members' data is not copied. */
export function joinZip(members: readonly PackedMember[], comment: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { localExtra, centralExtra, data, ...member } of members) {
    const header = { ...member, compressedBytes: bytesOf(data) };
    directory.push(centralHeader({ ...header, extra: centralExtra }, { ...member, offset }));
    const local = [localHeader({ ...header, extra: localExtra }), ...data];
    pieces.push(...local);
    offset += bytesOf(local);
  }
  const end = endRecord({ entries: members.length, bytes: bytesOf(directory), offset }, comment);
  return [...pieces, ...directory, end];
}

function bytesOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
