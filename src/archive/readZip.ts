import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { fromFdPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { Failure, fromSystemError, hasCode } from '../base/failure.ts';

/** A file inside a zip, as its central directory tells; nothing of it is proven before it is read. */
export interface ZipMember {
  readonly name: string;
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly crc32: number;
  readonly comment: string;
  readonly encrypted: boolean;
}

export interface OpenZip {
  readonly members: readonly ZipMember[];
  /** @throws Failure `archive-encrypted`, `archive-unsupported` where the headers tell already that it cannot be read */
  requireReadable(member: ZipMember): void;
  /**
   * The plaintext of a member in pieces. Its size and CRC-32 are checked at the end, so only who reads to the end
   * knows that it is sound.
   * @throws Failure `archive-damaged`, `archive-unsupported`, `archive-encrypted`
   */
  read(member: ZipMember): AsyncIterable<Buffer>;
}

/**
 * Opens the zip at `path` while `use` runs; links are not followed.
 * @throws Failure `archive-damaged` with the check that failed, or that of the file system
 */
export async function withZip<T>(path: string, use: (zip: OpenZip) => Promise<T>): Promise<T> {
  const name = basename(path);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw fromSystemError(error, path);
    },
  );
  try {
    const zip = await fromFdPromise(handle.fd, { lazyEntries: true, autoClose: false });
    const entries = new Map<ZipMember, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(toMember(entry), entry);
    const entryOf = (member: ZipMember): Entry => {
      const entry = entries.get(member);
      if (entry === undefined) throw new Failure('no-such-member', { name, members: [] });
      return entry;
    };
    return await use({
      members: [...entries.keys()],
      requireReadable: (member) => {
        methodOf(entryOf(member), name);
      },
      read: (member) => readEntry(zip, entryOf(member), name),
    });
  } catch (error) {
    throw toFailure(error, name);
  } finally {
    await handle.close();
  }
}

function toMember(entry: Entry): ZipMember {
  return {
    name: entry.fileName,
    bytes: entry.uncompressedSize,
    compressedBytes: entry.compressedSize,
    crc32: entry.crc32,
    comment: entry.fileComment,
    encrypted: entry.isEncrypted(),
  };
}

const STORED = 0;
const DEFLATED = 8;

/** How an entry is compressed. */
function methodOf(entry: Entry, name: string): number {
  if (entry.isEncrypted()) throw new Failure('archive-encrypted', { name });
  const method = entry.compressionMethod;
  if (method !== STORED && method !== DEFLATED)
    throw new Failure('archive-unsupported', { name, what: `compression method ${String(method)}` });
  return method;
}

async function* readEntry(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Buffer> {
  const method = methodOf(entry, name);
  const content = { bytes: 0, crc32: 0 };
  try {
    const raw = await zip.openReadStreamPromise(entry, { decodeFileData: false });
    const stream = method === DEFLATED ? inflated(raw) : raw;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      content.bytes += chunk.length;
      if (content.bytes > entry.uncompressedSize) break;
      content.crc32 = crc32(chunk, content.crc32);
      yield chunk;
    }
  } catch (error) {
    throw toFailure(error, name);
  }
  const check = broken(content, entry);
  if (check !== undefined) throw new Failure('archive-damaged', { name, check });
}

/** yauzl's own inflating takes four times as long: its pieces of 16 KB pass through one stream more. */
const CHUNK_BYTES = 256 * 1024;

function inflated(raw: Readable): Readable {
  // An error of either ends both, so whoever reads the result is told; what is not read to the end is closed.
  return pipeline(raw, createInflateRaw({ chunkSize: CHUNK_BYTES }), () => undefined);
}

function broken(content: { bytes: number; crc32: number }, entry: Entry): string | undefined {
  if (content.bytes > entry.uncompressedSize) return 'longer';
  if (content.bytes < entry.uncompressedSize) return 'shorter';
  return content.crc32 === entry.crc32 ? undefined : 'crc-32';
}

/** yauzl's errors are plain sentences; those of the file system and of zlib carry a code. */
function toFailure(error: unknown, name: string): Failure {
  if (hasCode(error)) return error;
  if (!(error instanceof Error)) return fromSystemError(error, name);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return fromSystemError(error, name);
  const check = code?.startsWith('Z_') === true ? 'compression' : error.message;
  return new Failure('archive-damaged', { name, check }, error);
}
