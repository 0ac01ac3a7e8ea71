import { Failure, fromSystemError, hasCode } from '../../base/failure.ts';
import { decodeInThread } from './codecThread.ts';
import type { Compression } from './compression.ts';
import { gunzip } from './gzip.ts';
import type { OpenFile } from '../zip/openFile.ts';
import { unzstd } from './zstd.ts';

/**
 * The text of a compressed file in pieces, in bounded memory. What checks the format has come at its end or in between,
 * so only who reads to the end knows that the text is sound and whole. `signal` stops it between two pieces.
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
};

function bySevenZip(format: 'bzip2' | 'xz') {
  return ({ name, handle, bytes }: OpenFile, signal?: AbortSignal): AsyncGenerator<Buffer> =>
    decodeInThread({ format, name, source: { fd: handle.fd, start: 0, bytes } }, signal);
}

/** What the names of zlib's errors mean; all others: the compressed data is invalid. */
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
  if (!/^(?:Z_|ZSTD_)/.test(code)) return fromSystemError(error, name);
  const what = features[code];
  if (what !== undefined) return new Failure('archive-unsupported', { name, what }, error);
  return new Failure('archive-damaged', { name, check: checks[code] ?? 'compression' }, error);
}
