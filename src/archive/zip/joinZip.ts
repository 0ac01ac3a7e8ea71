import { centralHeader, endRecord, localHeader } from './zipHeaders.ts';
import type { CentralFields, ZipHeader } from './zipHeaders.ts';

/** A member of a zip to be written. */
export interface PackedMember
  extends Omit<ZipHeader, 'compressedBytes' | 'extra'>, Omit<CentralFields, 'offset'> {
  readonly localExtra: Buffer;
  readonly centralExtra: Buffer;
  /** Its data, as it stands in the zip. */
  readonly data: readonly Buffer[];
}

/** The bytes of a zip, without a copy of the members' data. */
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
