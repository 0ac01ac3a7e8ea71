import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import type { OpenFile } from './openFile.ts';
import { damaged, throwIfCancelled, type ZipPlace } from './zipFailure.ts';
import { type CodecSource, decodeInThread } from '../codec/codecThread.ts';

/** The compression methods that we read, by their numbers in zips. */
const methods = { 0: 'stored', 8: 'deflated', 12: 'bzip2', 14: 'lzma' } as const;
export type Method = (typeof methods)[keyof typeof methods];

export function methodOf(number: number): Method | undefined {
  return (methods as Readonly<Record<number, Method>>)[number];
}

export const methodNumbers: Readonly<Record<Method, number>> = {
  stored: 0,
  deflated: 8,
  bzip2: 12,
  lzma: 14,
};

export interface FileRange {
  readonly file: OpenFile;
  readonly start: number;
  readonly bytes: number;
}

/** A member's bytes as they are in the zip, or decrypted. */
export type Packed = FileRange | { readonly data: Buffer };

export interface Unpacking {
  readonly place: ZipPlace;
  readonly signal: AbortSignal | undefined;
}

/** How a member is compressed. */
export interface Packing {
  readonly method: Method;
  /** The size of the text, for LZMA without an end marker. */
  readonly bytesOfText: number | undefined;
}

/** The text of a member, in pieces; an error of zlib is thrown as it is. Bytes in memory may be lost to the caller. */
export function unpack(packing: Packing, packed: Packed, unpacking: Unpacking): AsyncIterable<Buffer> {
  const { method, bytesOfText } = packing;
  switch (method) {
    case 'stored':
      return piecesOf(packed, unpacking);
    case 'deflated':
      return inflate(piecesOf(packed, unpacking));
    case 'bzip2':
    case 'lzma': {
      const { place, signal } = unpacking;
      const source =
        'data' in packed ? packed : { fd: packed.file.handle.fd, start: packed.start, bytes: packed.bytes };
      return decodeMember(method, { ...source, bytesOfText }, { name: place.name, signal });
    }
  }
}

/** yauzl's own inflate takes four times as long: its pieces of 16 KB pass through one more stream. */
const PIECE_BYTES = 256 * 1024;

async function* inflate(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = createInflateRaw({ chunkSize: PIECE_BYTES });
  // An error of one stream ends both, so the reader gets it; if the reader stops early, both are closed.
  pipeline(pieces, decoder, () => undefined);
  yield* decoder as AsyncIterable<Buffer>;
}

async function* piecesOf(packed: Packed, unpacking: Unpacking): AsyncGenerator<Buffer> {
  const bytes = 'data' in packed ? packed.data.length : packed.bytes;
  for (let position = 0; position < bytes; position += PIECE_BYTES) {
    throwIfCancelled(unpacking.signal);
    const length = Math.min(PIECE_BYTES, bytes - position);
    yield 'data' in packed
      ? packed.data.subarray(position, position + length)
      : await readRange({ ...packed, start: packed.start + position, bytes: length }, unpacking);
  }
}

const READ_BYTES = 4 * 1024 * 1024;

/**
 * The bytes of a part of the file, at the beginning of memory of their own.
 * @throws Failure `archive-damaged` (`cut`) if the file is shorter, `cancelled`
 */
export async function readRange(
  { file, start, bytes }: FileRange,
  { place, signal }: Unpacking,
): Promise<Buffer> {
  const data = Buffer.allocUnsafeSlow(bytes);
  for (let filled = 0; filled < bytes;) {
    throwIfCancelled(signal);
    const length = Math.min(READ_BYTES, bytes - filled);
    const { bytesRead } = await file.handle.read(data, filled, length, start + filled);
    if (bytesRead === 0) throw damaged(place, 'cut');
    filled += bytesRead;
  }
  return data;
}

/** The compressed payload of a zip entry. `data` is transferred: its buffer is lost to the caller. */
export type MemberSource = CodecSource & {
  /** The size of the text, for LZMA whose flag (bit 1) says that no end marker closes it. */
  readonly bytesOfText?: number | undefined;
};

/**
 * The text of a zip entry with a method that Node.js lacks, in pieces and in bounded memory. Only a caller that reads
 * to the end knows that it is intact. The text may be longer than the archive says; if the caller stops reading, the
 * work ends.
 * @param name for failures
 * @throws Failure `archive-damaged`, `archive-unsupported`, `cancelled`, `worker-lost`, or that of reading
 */
export function decodeMember(
  method: 'bzip2' | 'lzma',
  source: MemberSource,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  return decodeInThread({ format: method, name, source, bytesOfText: source.bytesOfText }, signal);
}
