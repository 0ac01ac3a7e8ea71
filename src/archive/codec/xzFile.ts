import { crc32 } from 'node:zlib';
import type { SevenZipInput } from './sevenZipProgram.ts';

const HEADER_BYTES = 12;
const FOOTER_BYTES = 12;
const MAGIC = '\xfd7zXZ\0';
/** The ID of the filter LZMA2, whose only property is the size of the dictionary. */
const LZMA2 = 0x21;
/** The largest dictionary that xz uses by default, in bytes. */
const USUAL_BYTES = 64 * 1024 * 1024;
/** The largest index that is read, and how many streams, and pieces of what stands between them, are looked at. */
const MAX_INDEX_BYTES = 1024 * 1024;
const MAX_STEPS = 10_000;

/** Bytes that are read in place of those of the file. */
interface Patch {
  readonly at: number;
  readonly bytes: Buffer;
}

/**
 * An xz file (format 1.2) whose blocks say no larger dictionary than their text needs. A decoder makes room for the
 * whole dictionary first, so a few lines that were compressed for a machine with much memory would be refused. The size
 * of a block's text stands in the index; where a file is cut and has none, the usual dictionary has to do.
 */
export function xzFile(file: SevenZipInput): SevenZipInput {
  const patches = patchesOf(file);
  if (patches.length === 0) return file;
  return {
    bytes: file.bytes,
    read: (buffer, offset, length, position) => {
      const count = file.read(buffer, offset, length, position);
      for (const { at, bytes } of patches) {
        const from = Math.max(at, position);
        const to = Math.min(at + bytes.length, position + count);
        if (from < to) buffer.set(bytes.subarray(from - at, to - at), offset + from - position);
      }
      return count;
    },
  };
}

/** Walks over the streams from the last to the first: each ends with its index, and with the size of that. */
function patchesOf(file: SevenZipInput): readonly Patch[] {
  const patches: Patch[] = [];
  let end = file.bytes;
  for (let steps = 0; end > 0 && steps < MAX_STEPS; steps += 1) {
    const footer = bytesAt(file, end - FOOTER_BYTES, FOOTER_BYTES);
    if (footer.length === FOOTER_BYTES && footer.readUInt32LE(8) === 0) {
      // Behind a stream there may be zeros, by fours.
      end -= 4;
      continue;
    }
    const stream = streamBefore(file, end, footer);
    if (stream === undefined) return [...patches, ...patch(file, HEADER_BYTES, USUAL_BYTES)];
    for (const { at, textBytes } of stream.blocks) patches.push(...patch(file, at, textBytes));
    end = stream.start;
  }
  return patches;
}

interface Stream {
  readonly start: number;
  readonly blocks: readonly { readonly at: number; readonly textBytes: number }[];
}

/** @returns undefined if no stream ends here */
function streamBefore(file: SevenZipInput, end: number, footer: Buffer): Stream | undefined {
  if (footer.toString('latin1', 10) !== 'YZ') return undefined;
  const indexBytes = (footer.readUInt32LE(4) + 1) * 4;
  const indexStart = end - FOOTER_BYTES - indexBytes;
  // So many blocks are no small text.
  if (indexBytes > MAX_INDEX_BYTES) return { start: 0, blocks: [] };
  const { number } = fieldsOf(bytesAt(file, indexStart, indexBytes), 1);
  const count = number();
  // Each block has two numbers of at least one byte.
  if (!(count * 2 < indexBytes)) return undefined;
  const sizes = Array.from({ length: count }, () => ({
    bytes: Math.ceil(number() / 4) * 4,
    textBytes: number(),
  }));
  let at = indexStart - sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const start = at - HEADER_BYTES;
  if (!(start >= 0)) return undefined;
  if (bytesAt(file, start, MAGIC.length).toString('latin1') !== MAGIC) return undefined;
  const blocks = sizes.map(({ bytes, textBytes }) => {
    at += bytes;
    return { at: at - bytes, textBytes };
  });
  return { start, blocks };
}

/** The header of the block at a position with a smaller dictionary, if its own is larger than usual. */
function patch(file: SevenZipInput, at: number, textBytes: number): readonly Patch[] {
  const [size = 0] = bytesAt(file, at, 1);
  const header = bytesAt(file, at, (size + 1) * 4);
  const property = dictionaryIn(header);
  if (property === undefined || dictionaryBytes(header.readUInt8(property)) <= USUAL_BYTES) return [];
  let smaller = 0;
  while (dictionaryBytes(smaller) < textBytes) smaller += 1;
  if (smaller >= header.readUInt8(property)) return [];
  header.writeUInt8(smaller, property);
  header.writeUInt32LE(crc32(header.subarray(0, -4)), header.length - 4);
  return [{ at, bytes: header }];
}

/** Where a block's header has the property of LZMA2, which is always the last filter. */
function dictionaryIn(header: Buffer): number | undefined {
  const end = header.length - 4;
  if (end < 4 || header.readUInt32LE(end) !== crc32(header.subarray(0, end))) return undefined;
  const flags = header.readUInt8(1);
  const fields = fieldsOf(header.subarray(0, end), 2);
  for (const flag of [0x40, 0x80]) if ((flags & flag) !== 0) fields.number();
  for (let left = (flags & 3) + 1; left > 0; left -= 1) {
    const [id, bytes] = [fields.number(), fields.number()];
    if (id === LZMA2) return bytes === 1 && fields.at() < end ? fields.at() : undefined;
    fields.skip(bytes);
  }
  return undefined;
}

/** From 4 KB on, by turns half as much again and a third more: 2ⁿ and 3·2ⁿ. */
function dictionaryBytes(property: number): number {
  return (2 + (property % 2)) * 2 ** (Math.floor(property / 2) + 11);
}

/** Reads numbers of seven bits a byte, the lowest first. A number that is cut off is NaN. */
function fieldsOf(
  bytes: Buffer,
  start: number,
): { at: () => number; number: () => number; skip: (count: number) => void } {
  let at = start;
  return {
    at: () => at,
    number() {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = bytes[at] ?? Number.NaN;
        at += 1;
        value += (byte % 128) * factor;
        if (!(byte >= 128)) return value;
      }
    },
    skip(count) {
      at += count;
    },
  };
}

/** Up to `length` bytes of the file; none before its beginning. */
function bytesAt(file: SevenZipInput, position: number, length: number): Buffer {
  if (position < 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  const buffer = new Int8Array(bytes.buffer, bytes.byteOffset, length);
  return bytes.subarray(0, file.read(buffer, 0, length, position));
}
