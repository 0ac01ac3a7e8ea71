import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Transform } from 'node:stream';
import { fromSystemError } from '../../base/failure.ts';
import { toZipFailure } from './zipFailure.ts';

/** A file that somebody else has opened, and closes when nobody reads it any more. */
export interface OpenFile {
  readonly name: string;
  readonly handle: ReadHandle;
  /** How much of it is read, from its beginning. */
  readonly bytes: number;
}

/** What is needed of a `FileHandle`. */
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
 * @throws Failure of zips for whatever `use` throws, or that of the file system
 */
export async function withOpenFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const name = basename(path);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw fromSystemError(error, path);
    },
  );
  try {
    const { size } = await handle.stat();
    return await use({ name, handle, bytes: size });
  } catch (error) {
    throw toZipFailure(error, { name });
  } finally {
    await handle.close();
  }
}

/** Reads ahead: what stands close together costs one call. */
const WINDOW_BYTES = 64 * 1024;

/** Reads a file at any position, mostly from front to back. */
export class FileReader {
  readonly file: OpenFile;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: OpenFile) {
    this.file = file;
  }

  /** Up to `length` bytes from `position` on, valid for as long as anybody wants them; fewer only at the end. */
  async read(position: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.file.bytes - position));
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

/** Decodes what begins at `position`, up to where it ends: `bytesWritten` of the decoder tells then how long it was. */
export async function* decodeAt(
  reader: FileReader,
  position: number,
  decoder: Decoder,
): AsyncGenerator<Buffer, void, undefined> {
  // An error of either ends both, so whoever reads the result is told.
  pipeline(piecesFrom(reader, position), decoder, () => undefined);
  yield* decoder as AsyncIterable<Buffer>;
}

/** A file may be made of very many short streams, so the first piece of each is small. */
const FIRST_PIECE_BYTES = 4096;
const PIECE_BYTES = 256 * 1024;

async function* piecesFrom(reader: FileReader, from: number): AsyncGenerator<Buffer> {
  let position = from;
  for (let length = FIRST_PIECE_BYTES; ; length = Math.min(length * 4, PIECE_BYTES)) {
    const piece = await reader.read(position, length);
    if (piece.length === 0) return;
    position += piece.length;
    yield piece;
  }
}
