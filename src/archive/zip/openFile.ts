import { basename } from 'node:path';
import { pipeline, type Transform } from 'node:stream';
import { openToRead } from '../../files/safeOpen.ts';
import { toZipFailure } from './zipFailure.ts';

/** An open file. The code that opened it closes it, after the last read. */
export interface OpenFile {
  readonly name: string;
  readonly handle: ReadHandle;
  /** How many bytes are read, from its beginning. */
  readonly bytes: number;
}

/** The part of a `FileHandle` that is used here. */
interface ReadHandle {
  readonly fd: number;
  readonly read: (
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ readonly bytesRead: number }>;
}

/**
 * Opens the zip at `path` while `use` runs; links are not followed.
 * @throws Failure of zips for any error of `use`, or that of the file system
 */
export async function withOpenFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const name = basename(path);
  const { handle, stats } = await openToRead(path);
  try {
    return await use({ name, handle, bytes: stats.size });
  } catch (error) {
    throw toZipFailure(error, { name });
  } finally {
    await handle.close();
  }
}

/** How far a read goes ahead, so that reads close together cost one call. */
const WINDOW_BYTES = 64 * 1024;

/** Reads a file at any position, mostly from front to back. */
export class FileReader {
  readonly file: OpenFile;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: OpenFile) {
    this.file = file;
  }

  /**
   * Up to `length` bytes from `position` on; fewer only at the end, and none at a place that the file doesn't have.
   * Later reads do not overwrite them.
   */
  async read(position: number, length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.file.bytes - position);
    if (wanted <= 0 || position < 0) return Buffer.alloc(0);
    const from = position - this.#start;
    if (from < 0 || from + wanted > this.#window.length) {
      this.#window = await this.#fill(
        position,
        Math.min(Math.max(wanted, WINDOW_BYTES), this.file.bytes - position),
      );
      this.#start = position;
    }
    return this.#window.subarray(position - this.#start, position - this.#start + wanted);
  }

  async #fill(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.file.handle.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }
}

/** A decoder of `node:zlib`. */
export type Decoder = Transform & { readonly bytesWritten: number };

export interface DecoderOptions {
  readonly chunkSize: number;
  readonly readableHighWaterMark?: number;
  /** True for a stream whose end is missing: the decoder gives what it has then, in place of an error. */
  readonly isCut?: boolean;
}

const CHUNK_BYTES = 256 * 1024;
const SMALL_CHUNK_BYTES = 4096;
const SMALLEST_CHUNK_BYTES = 64;

/**
 * Decodes the stream that begins at `position`, up to its end. Where it is damaged or cut, all text before that comes
 * first: zlib throws the text of its last piece away with the error, so the stream is then decoded again in small
 * pieces, each of which is taken before the next one is made.
 * @param start what stands in place of the stream's first bytes
 * @returns the length of the stream
 */
export async function* decodeAt(
  reader: FileReader,
  position: number,
  make: (options: DecoderOptions) => Decoder,
  start?: Buffer,
): AsyncGenerator<Buffer, number, undefined> {
  let given = 0;
  try {
    const decoder = make({ chunkSize: CHUNK_BYTES });
    for await (const piece of decoded(reader, position, decoder, start)) {
      given += piece.length;
      yield piece;
    }
    return decoder.bytesWritten;
  } catch (error) {
    if (!isOfZlib(error)) throw error;
    const chunkSize = given === 0 ? SMALLEST_CHUNK_BYTES : SMALL_CHUNK_BYTES;
    yield* restBefore(
      decoded(reader, position, make({ chunkSize, readableHighWaterMark: 1, isCut: true }), start),
      given,
    );
    throw error;
  }
}

/** Passes on what comes behind the first `skipped` bytes, up to an error. */
async function* restBefore(text: AsyncIterable<Buffer>, skipped: number): AsyncGenerator<Buffer> {
  let position = 0;
  try {
    for await (const piece of text) {
      const rest = piece.subarray(Math.max(0, skipped - position));
      position += piece.length;
      if (rest.length > 0) yield rest;
    }
  } catch (error) {
    if (!isOfZlib(error)) throw error;
  }
}

/** Whether a decoder of `node:zlib` says that its data is wrong; Brotli's names begin with `ERR__ERROR_`. */
export function isOfZlib(error: unknown): boolean {
  return error instanceof Error && /^(?:Z_|ZSTD_|ERR__)/.test((error as NodeJS.ErrnoException).code ?? '');
}

async function* decoded(
  reader: FileReader,
  position: number,
  decoder: Decoder,
  start: Buffer | undefined,
): AsyncGenerator<Buffer> {
  // An error of one stream ends both, so the reader gets it.
  pipeline(piecesFrom(reader, position, start), decoder, () => undefined);
  yield* decoder as AsyncIterable<Buffer>;
}

/** A file may consist of very many short streams, so the first piece of each is small. */
const FIRST_PIECE_BYTES = 4096;
const PIECE_BYTES = 256 * 1024;

async function* piecesFrom(
  reader: FileReader,
  from: number,
  start: Buffer | undefined,
): AsyncGenerator<Buffer> {
  let position = from;
  if (start !== undefined) {
    position += start.length;
    yield start;
  }
  for (let length = FIRST_PIECE_BYTES; ; length = Math.min(length * 4, PIECE_BYTES)) {
    const piece = await reader.read(position, length);
    if (piece.length === 0) return;
    position += piece.length;
    yield piece;
  }
}
