import { constants, crc32, createInflateRaw } from 'node:zlib';
import { Failure } from '../../base/failure.ts';
import { decodeAt, FileReader, type Decoder, type DecoderOptions, type OpenFile } from '../zip/openFile.ts';

const TRAILER_BYTES = 8;

/**
 * The text of a gzip file (RFC 1952), member by member; zeros behind a member are padding. `createGunzip` of `node:zlib`
 * would do for a sound file. But where anything else follows a member, or its checksum is wrong, it throws up to 256 KB
 * of that member's text away with the error, and it ignores whatever stands behind padding (Node.js 20 and 24).
 * @throws Failure `archive-damaged`, `archive-unsupported`, and those of zlib
 */
export async function* gunzip(file: OpenFile, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const reader = new FileReader(file);
  let position = 0;
  do {
    signal?.throwIfAborted();
    position += await headerBytes(reader, position);
    const content = { bytes: 0, crc32: 0 };
    const text = decodeAt(reader, position, inflater);
    let next = await text.next();
    try {
      for (; next.done !== true; next = await text.next()) {
        content.bytes += next.value.length;
        content.crc32 = crc32(next.value, content.crc32);
        yield next.value;
      }
    } finally {
      await text.return(0);
    }
    position += next.value;
    const trailer = await reader.read(position, TRAILER_BYTES);
    position += TRAILER_BYTES;
    const check = broken(content, trailer);
    if (check !== undefined) throw new Failure('archive-damaged', { name: file.name, check });
    position = await behindPadding(reader, position);
  } while (position < file.bytes);
}

function inflater({ isCut = false, ...options }: DecoderOptions): Decoder {
  return createInflateRaw({ ...options, ...(isCut && { finishFlush: constants.Z_SYNC_FLUSH }) });
}

function broken(content: { bytes: number; crc32: number }, trailer: Buffer): string | undefined {
  if (trailer.length < TRAILER_BYTES) return 'cut';
  if (trailer.readUInt32LE(0) !== content.crc32) return 'crc-32';
  const difference = (content.bytes % 2 ** 32) - trailer.readUInt32LE(4);
  return difference === 0 ? undefined : difference > 0 ? 'longer' : 'shorter';
}

const PADDING_BYTES = 64 * 1024;

async function behindPadding(reader: FileReader, from: number): Promise<number> {
  for (let position = from; position < reader.file.bytes; position += PADDING_BYTES) {
    const piece = await reader.read(position, PADDING_BYTES);
    const index = piece.findIndex((byte) => byte !== 0);
    if (index !== -1) return position + index;
    if (piece.length < PADDING_BYTES) break;
  }
  return reader.file.bytes;
}

/** Enough for most headers; then enough for the longest extra field with names as long as a path may be. */
const HEADER_BYTES = [512, 128 * 1024];

async function headerBytes(reader: FileReader, position: number): Promise<number> {
  for (const length of HEADER_BYTES) {
    const head = await reader.read(position, length);
    const result = parseHeader(head);
    if (typeof result === 'number') return result;
    if (result === 'cut' && head.length === length) continue;
    if (result === 'method') {
      throw new Failure('archive-unsupported', { name: reader.file.name, what: result });
    }
    // Bytes that are no member don't damage the members before them, but a part of the text may be lost.
    const check = result === 'magic' ? (position === 0 ? 'beginning' : 'trailing') : result;
    throw new Failure('archive-damaged', { name: reader.file.name, check });
  }
  throw new Failure('archive-damaged', { name: reader.file.name, check: 'header' });
}

const DEFLATE = 8;
const HAS_CRC = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const RESERVED = 0xe0;

/** The length of a member's header, or its error. */
function parseHeader(head: Buffer): number | 'magic' | 'cut' | 'header' | 'method' {
  if (head.length < 2) return 'cut';
  if (head.readUInt16BE(0) !== 0x1f8b) return 'magic';
  if (head.length < 10) return 'cut';
  if (head[2] !== DEFLATE) return 'method';
  const flags = head[3] ?? 0;
  if ((flags & RESERVED) !== 0) return 'header';
  let length = 10;
  if ((flags & HAS_EXTRA) !== 0) {
    if (head.length < length + 2) return 'cut';
    length += 2 + head.readUInt16LE(length);
  }
  for (const field of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & field) === 0) continue;
    const end = head.indexOf(0, length);
    if (end === -1) return 'cut';
    length = end + 1;
  }
  if ((flags & HAS_CRC) !== 0) {
    if (head.length < length + 2) return 'cut';
    if (head.readUInt16LE(length) !== (crc32(head.subarray(0, length)) & 0xffff)) return 'header';
    length += 2;
  }
  return length <= head.length ? length : 'cut';
}
