import type { SevenZipInput } from './sevenZipProgram.ts';

/**
 * The header in a zip: version and size of the properties (always 5). Then come the properties and the LZMA stream
 * (APPNOTE 5.8.8).
 */
const ZIP_HEADER_BYTES = 4;
const PROPERTIES_BYTES = 5;
const STREAM_START = ZIP_HEADER_BYTES + PROPERTIES_BYTES;
/** The header of a `.lzma` file: the properties and the size of the text. */
const FILE_HEADER_BYTES = PROPERTIES_BYTES + 8;
const UNKNOWN_SIZE = 0xffff_ffff_ffff_ffffn;

/**
 * A zip entry's LZMA payload as a `.lzma` file, the format that 7-Zip reads.
 * @param bytesOfText required if no end marker closes the stream, else undefined
 * @param maxDictionaryBytes a larger dictionary is refused
 */
export function lzmaFile(
  payload: SevenZipInput,
  bytesOfText: number | undefined,
  maxDictionaryBytes: number,
): SevenZipInput | { readonly check: string } | { readonly what: string } {
  if (payload.bytes < STREAM_START) return { check: 'header' };
  const start = Buffer.alloc(STREAM_START);
  payload.read(new Int8Array(start.buffer, start.byteOffset), 0, STREAM_START, 0);
  if (start.readUInt16LE(2) !== PROPERTIES_BYTES) return { check: 'header' };
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  start.copy(header, 0, ZIP_HEADER_BYTES);
  const dictionaryBytes = header.readUInt32LE(1);
  if (dictionaryBytes > maxDictionaryBytes) return { what: 'memory' };
  header.writeUInt32LE(roundedUp(dictionaryBytes), 1);
  header.writeBigUInt64LE(bytesOfText === undefined ? UNKNOWN_SIZE : BigInt(bytesOfText), PROPERTIES_BYTES);
  return {
    bytes: FILE_HEADER_BYTES + payload.bytes - STREAM_START,
    read: (buffer, offset, length, position) => {
      const ofHeader = new Int8Array(header.subarray(position, position + length));
      buffer.set(ofHeader, offset);
      const wanted = length - ofHeader.length;
      if (wanted === 0) return ofHeader.length;
      const at = position + ofHeader.length - FILE_HEADER_BYTES + STREAM_START;
      return ofHeader.length + payload.read(buffer, offset + ofHeader.length, wanted, at);
    },
  };
}

/** 7-Zip accepts a file as LZMA only if its dictionary has 2ⁿ or 3·2ⁿ bytes, but writes other sizes into zips. */
function roundedUp(bytes: number): number {
  let power = 4096;
  while (power * 1.5 < bytes) power *= 2;
  return power >= bytes ? power : power * 1.5;
}
