import { execFileSync } from 'node:child_process';

/** The compressions of logs, the extension of such files, and the program that makes them. */
export const codecs = {
  gzip: { extension: 'gz', tool: 'gzip' },
  zstd: { extension: 'zst', tool: 'zstd' },
  bzip2: { extension: 'bz2', tool: 'bzip2' },
  xz: { extension: 'xz', tool: 'xz' },
} as const;
export type Codec = keyof typeof codecs;
export const codecNames = Object.keys(codecs) as Codec[];

/** A text as the codec's own program compresses it, in the fastest way. */
export function compressedBy(codec: Codec, text: Uint8Array | string, ...options: string[]): Buffer {
  // For bzip2, and for small files, the level makes no difference.
  const words = ['-c', '-1', ...options];
  return execFileSync(codecs[codec].tool, words, { input: text, maxBuffer: 1 << 30 });
}

/** Zeros, compressed: a small file that becomes a large text. Made in a pipe, not in this process. */
export function compressedZeros(codec: Codec, megabytes: number): Buffer {
  const words = `head -c ${String(megabytes)}M /dev/zero | ${codecs[codec].tool} -c -1`;
  return execFileSync('sh', ['-c', words], { maxBuffer: 1 << 30 });
}
