import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Writable } from 'node:stream';
import { ZipArchive } from 'archiver';
import { Failure, fromSystemError } from '../../base/failure.ts';
import { openToRead } from '../../files/safeOpen.ts';

/** The log inside an archive, for the check after writing. */
export interface Content {
  readonly bytes: number;
  readonly crc32: number;
}

interface WrittenZip extends Content {
  readonly sha256: string;
}

export interface ZipOptions {
  /** The name of the only entry. */
  readonly name: string;
  readonly comment: string;
  /** The time of the entry, in ms since 1970. */
  readonly modified: number;
  /** The size of the log in bytes; it decides about zip64. */
  readonly bytes: number;
  readonly signal?: AbortSignal | undefined;
}

const CHUNK_BYTES = 256 * 1024;
const ZIP64_FROM_BYTES = 0xf000_0000;

/**
 * Zips the file at `source` (deflate, level 6) as the only entry of a new file at `target`, in pieces, and syncs it.
 * The new file gets the permissions and the owner of the source, if the system allows it.
 * @returns the size and the CRC-32 of the source, and the SHA-256 of the zip in hexadecimal
 * @throws Failure `cancelled`, or that of the file system; the target may then be left behind
 */
export async function writeZip(source: string, target: string, options: ZipOptions): Promise<WrittenZip> {
  const { handle: input, stats } = await openToRead(source);
  try {
    const { mode, uid, gid } = stats;
    const output = await open(target, 'wx', 0o600).catch((error: unknown) => {
      throw fromSystemError(error, target, 'write');
    });
    try {
      const content = await compress(input, output, options);
      // Only a superuser may change the owner, and some file systems have no permissions: then fewer users may read it.
      await output.chmod(mode & 0o777).catch(() => undefined);
      await output.chown(uid, gid).catch(() => undefined);
      await output.sync();
      return content;
    } catch (error) {
      throw options.signal?.aborted === true ? new Failure('cancelled', {}) : fromSystemError(error, target);
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>;

async function compress(input: FileHandle, output: FileHandle, options: ZipOptions): Promise<WrittenZip> {
  const content = { bytes: 0, crc32: 0 };
  const hash = createHash('sha256');
  const zip = new ZipArchive({
    zlib: { level: 6, chunkSize: CHUNK_BYTES },
    highWaterMark: CHUNK_BYTES,
    forceZip64: options.bytes >= ZIP64_FROM_BYTES,
  });
  const written = new Promise<void>((resolve, reject) => {
    const sink = gatheringSink(output, hash);
    sink.on('finish', resolve).on('error', reject);
    zip.on('error', reject).pipe(sink);
  });
  const reader = input.createReadStream({
    autoClose: false,
    highWaterMark: CHUNK_BYTES,
    signal: options.signal,
  });
  reader.on('data', (chunk) => {
    content.bytes += chunk.length;
    content.crc32 = crc32(chunk, content.crc32);
  });
  const read = new Promise<never>((_resolve, reject) => {
    reader.on('error', reject);
  });
  zip.append(reader, { name: options.name, date: new Date(options.modified), comment: options.comment });
  await Promise.race([Promise.all([zip.finalize(), written]), read]);
  return { ...content, sha256: hash.digest('hex') };
}

/** Gathers large pieces before it writes, because archiver passes on each field of a header separately. */
function gatheringSink(output: FileHandle, hash: Hash): Writable {
  let pieces: Buffer[] = [];
  let gathered = 0;
  const flush = (done: (error?: Error | null) => void): void => {
    const chunk = Buffer.concat(pieces, gathered);
    pieces = [];
    gathered = 0;
    hash.update(chunk);
    writeAll(output, chunk).then(() => {
      done();
    }, done);
  };
  return new Writable({
    highWaterMark: CHUNK_BYTES,
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece);
      gathered += piece.length;
      if (gathered >= CHUNK_BYTES) flush(done);
      else done();
    },
    final: flush,
  });
}

/** Writes until all bytes are written: a write may be short without an error. */
async function writeAll(output: FileHandle, chunk: Buffer): Promise<void> {
  for (let offset = 0; offset < chunk.length;) {
    offset += (await output.write(chunk, offset)).bytesWritten;
  }
}
