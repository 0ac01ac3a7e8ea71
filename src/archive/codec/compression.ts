/** How a file is compressed. */
export type Compression = 'zip' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** How many bytes at the beginning of a file show its compression. */
export const MAGIC_BYTES = 10;

const beginnings: readonly (readonly [RegExp, Compression])[] = [
  [/^PK(?:\x03\x04|\x05\x06)/, 'zip'],
  [/^\x1f\x8b/, 'gzip'],
  // A frame, or a skippable frame, with which pzstd begins.
  [/^(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/, 'zstd'],
  // After the block size comes the first block, or the end of an empty text.
  [/^BZh[1-9](?:\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)/, 'bzip2'],
  [/^\xfd7zXZ\0/, 'xz'],
];

/** The compression that a file's first bytes show; undefined for any other file. */
export function compressionIn(head: Uint8Array): Compression | undefined {
  const characters = Buffer.from(head).toString('latin1');
  return beginnings.find(([beginning]) => beginning.test(characters))?.[1];
}
