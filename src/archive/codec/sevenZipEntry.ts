import { joinedAlone } from './ownMemory.ts';

const LOCAL_HEADER_BYTES = 30;
const END_BYTES = 22;

/** The data of the one entry of a zip that 7-Zip wrote to its standard output, in memory of its own. */
export function payloadIn(pieces: readonly Buffer[]): Buffer<ArrayBuffer> {
  const zip = joinedAlone(pieces);
  // What could not seek tells the size behind the data alone, and in the directory.
  const bytes = zip.readUInt32LE(zip.readUInt32LE(zip.length - END_BYTES + 16) + 20);
  const start = LOCAL_HEADER_BYTES + zip.readUInt16LE(26) + zip.readUInt16LE(28);
  zip.copyWithin(0, start, start + bytes);
  return zip.subarray(0, bytes);
}
