/** The fields that both headers of a zip's entry have. */
interface CommonFields {
  readonly versionNeeded: number;
  readonly flags: number;
  readonly method: number;
  readonly time: number;
  readonly date: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly name: Buffer;
  readonly extra: Buffer;
}

export interface ZipRecords {
  readonly entries: readonly {
    readonly local: CommonFields;
    readonly central: CommonFields & {
      readonly versionMadeBy: number;
      readonly internalAttributes: number;
      readonly externalAttributes: number;
    };
    readonly comment: Buffer;
    readonly data: { readonly start: number; readonly bytes: number };
  }[];
  readonly comment: Buffer;
}

/** Takes a zip apart, as plainly as can be: one without zip64, and whose comment is shorter than 100 bytes. */
export function zipRecords(zip: Buffer): ZipRecords {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const count = zip.readUInt16LE(end + 10);
  const entries: ZipRecords['entries'][number][] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    const central = commonFields(zip, at + 6, at + 46);
    const behind = at + 46 + central.name.length + central.extra.length;
    const comment = zip.subarray(behind, behind + zip.readUInt16LE(at + 32));
    const offset = zip.readUInt32LE(at + 42);
    const local = commonFields(zip, offset + 4, offset + 30);
    entries.push({
      local,
      central: {
        ...central,
        versionMadeBy: zip.readUInt16LE(at + 4),
        internalAttributes: zip.readUInt16LE(at + 36),
        externalAttributes: zip.readUInt32LE(at + 38),
      },
      comment,
      data: { start: offset + 30 + local.name.length + local.extra.length, bytes: central.compressedBytes },
    });
    at = behind + comment.length;
  }
  return { entries, comment: zip.subarray(end + 22) };
}

function commonFields(zip: Buffer, at: number, nameAt: number): CommonFields {
  const extraAt = nameAt + zip.readUInt16LE(at + 22);
  return {
    versionNeeded: zip.readUInt16LE(at),
    flags: zip.readUInt16LE(at + 2),
    method: zip.readUInt16LE(at + 4),
    time: zip.readUInt16LE(at + 6),
    date: zip.readUInt16LE(at + 8),
    crc32: zip.readUInt32LE(at + 10),
    compressedBytes: zip.readUInt32LE(at + 14),
    bytes: zip.readUInt32LE(at + 18),
    name: zip.subarray(nameAt, extraAt),
    extra: zip.subarray(extraAt, extraAt + zip.readUInt16LE(at + 24)),
  };
}
