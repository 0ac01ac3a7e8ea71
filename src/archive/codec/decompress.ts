import { Failure, fromSystemError, hasCode } from '../../base/failure.ts';
import { decodeInThread } from './codecThread.ts';
import type { Compression } from './compression.ts';
import { gunzip } from './gzip.ts';
import { decodeAt, FileReader, isOfZlib, type DecoderOptions, type OpenFile } from '../zip/openFile.ts';
import zlib from 'node:zlib';

const FRAME = 0xfd2fb528;
/** The largest window that is decoded, in bytes, and as a frame's header has it. */
const LARGEST_WINDOW = 1 << 27;
const WINDOW_27 = 17 << 3;

/**
 * The text of a Zstandard file (RFC 8878), frame by frame, because the decoder of `node:zlib` ends after the first
 * frame, even if others follow in the same piece. In a frame without a checksum only the structure is checked.
 * @throws Failure `archive-damaged`, `archive-unsupported`, and those of zlib
 */
async function* unzstd(file: OpenFile, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const { name, bytes } = file;
  // Node.js has this function from 22.15 on.
  const { createZstdDecompress } = zlib as Partial<typeof zlib>;
  if (createZstdDecompress === undefined) throw new Failure('archive-unsupported', { name, what: 'zstd' });
  const reader = new FileReader(file);
  let position = 0;
  while (position < bytes) {
    signal?.throwIfAborted();
    const head = await reader.read(position, 8);
    const smaller = withSmallerWindow(head);
    const magic = head.length < 4 ? undefined : head.readUInt32LE(0);
    if (magic === FRAME) {
      const frame = decodeAt(
        reader,
        position,
        ({ isCut = false, ...options }: DecoderOptions) =>
          createZstdDecompress({ ...options, ...(isCut && { finishFlush: zlib.constants.ZSTD_e_continue }) }),
        smaller,
      );
      position += yield* smaller === undefined ? frame : upTo(LARGEST_WINDOW, frame, name);
    } else if (magic !== undefined && isToBeSkipped(magic)) {
      if (head.length < 8) throw new Failure('archive-damaged', { name, check: 'cut' });
      position += 8 + head.readUInt32LE(4);
      if (position > bytes) throw new Failure('archive-damaged', { name, check: 'cut' });
    } else {
      const check = position > 0 ? 'trailing' : magic === undefined ? 'cut' : 'beginning';
      throw new Failure('archive-damaged', { name, check });
    }
  }
}

/**
 * The head of a frame with a window that no text of 128 MB needs, with the largest one that is decoded in its place: a
 * compressor that reads a pipe doesn't know how short its text is. Undefined for any other frame.
 */
function withSmallerWindow(head: Buffer): Buffer | undefined {
  const [descriptor = 0, window = 0] = head.subarray(4);
  const hasWindow = head.length > 5 && head.readUInt32LE(0) === FRAME && (descriptor & 0x20) === 0;
  if (!hasWindow || window <= WINDOW_27) return undefined;
  return Buffer.from([...head.subarray(0, 5), WINDOW_27]);
}

/** Passes a frame on that is no longer than the window with which it is decoded. */
async function* upTo(
  most: number,
  frame: AsyncGenerator<Buffer, number, undefined>,
  name: string,
): AsyncGenerator<Buffer, number, undefined> {
  let left = most;
  try {
    for (;;) {
      const next = await frame.next();
      if (next.done === true) return next.value;
      left -= next.value.length;
      if (left < 0) throw new Failure('archive-unsupported', { name, what: 'window' });
      yield next.value;
    }
  } finally {
    await frame.return(0);
  }
}

/** Whether this is a skippable frame: another program's own data, without any text. */
function isToBeSkipped(magic: number): boolean {
  return magic >>> 4 === 0x0184d2a5;
}

/**
 * The text of a Brotli file (RFC 7932): one stream, without a checksum.
 * @throws Failure `archive-damaged`, and those of zlib
 */
async function* unbrotli(file: OpenFile): AsyncGenerator<Buffer> {
  const bytes = yield* decodeAt(new FileReader(file), 0, ({ isCut = false, ...options }: DecoderOptions) =>
    zlib.createBrotliDecompress({
      ...options,
      ...(isCut && { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
    }),
  );
  if (bytes < file.bytes) throw new Failure('archive-damaged', { name: file.name, check: 'trailing' });
}

/**
 * The text of a compressed file in pieces, in bounded memory. The format's checksums come at its end or in between, so
 * only a caller that reads to the end knows that the text is intact and whole. `signal` stops it between two pieces.
 * @throws Failure `archive-damaged`, `archive-unsupported`, `cancelled`, or that of the file system
 */
export async function* decompress(
  compression: Exclude<Compression, 'zip'>,
  file: OpenFile,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of decoders[compression](file, signal)) {
      signal?.throwIfAborted();
      yield piece;
    }
  } catch (error) {
    throw signal?.aborted === true ? new Failure('cancelled', {}) : toFailure(error, file.name);
  }
}

const decoders = {
  gzip: gunzip,
  zstd: unzstd,
  bzip2: bySevenZip('bzip2'),
  xz: bySevenZip('xz'),
  brotli: unbrotli,
};

function bySevenZip(format: 'bzip2' | 'xz') {
  return ({ name, handle, bytes }: OpenFile, signal?: AbortSignal): AsyncGenerator<Buffer> =>
    decodeInThread({ format, name, source: { fd: handle.fd, start: 0, bytes } }, signal);
}

/** The meaning of zlib's error names; any other name means that the compressed data is invalid. */
const checks: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'cut',
  ZSTD_error_prefix_unknown: 'trailing',
  ZSTD_error_checksum_wrong: 'checksum',
};
const features: Readonly<Record<string, string>> = {
  ZSTD_error_dictionary_wrong: 'dictionary',
  ZSTD_error_frameParameter_windowTooLarge: 'window',
};

function toFailure(error: unknown, name: string): Failure {
  if (hasCode(error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!isOfZlib(error)) return fromSystemError(error, name);
  const what = features[code];
  if (what !== undefined) return new Failure('archive-unsupported', { name, what }, error);
  return new Failure('archive-damaged', { name, check: checks[code] ?? 'compression' }, error);
}
