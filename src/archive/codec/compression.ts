/** How a file is compressed. */
export type Compression = 'zip' | 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'brotli';

/** How many bytes at the beginning of a file show its compression. */
export const MAGIC_BYTES = 512;

const beginnings: readonly (readonly [RegExp, Compression])[] = [
  [/^PK(?:\x03\x04|\x05\x06)/, 'zip'],
  [/^\x1f\x8b/, 'gzip'],
  // A frame, or a skippable frame, with which pzstd begins.
  [/^(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/, 'zstd'],
  // After the block size comes the first block, or the end of an empty text.
  [/^BZh[1-9](?:\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)/, 'bzip2'],
  // All that is there of a file that is cut; these bytes alone would look like text.
  [/^BZh[1-9](?:1(?:A(?:Y(?:&S?)?)?)?)?$/, 'bzip2'],
  [/^\x1f$/, 'gzip'],
  [/^\x28\xb5\x2f?$/, 'zstd'],
  [/^\xfd(?:7zXZ\0|(?:7(?:z(?:XZ?)?)?)?$)/, 'xz'],
];

/** The compression that a file's first bytes show; undefined for any other file, and for Brotli, which has no mark. */
export function compressionIn(head: Uint8Array): Compression | undefined {
  const characters = Buffer.from(head).toString('latin1');
  return beginnings.find(([beginning]) => beginning.test(characters))?.[1];
}

/**
 * Formats that we don't read, by their first bytes: 7-Zip, LZ4 (frames, and its old form), lzip, lzop, compress, RAR,
 * Snappy.
 */
const unread: readonly string[] = [
  ...['7z\xbc\xaf\x27\x1c', '\x04\x22\x4d\x18', '\x02\x21\x4c\x18', 'LZIP\x00', 'LZIP\x01', '\x89LZO\0'],
  ...['\x1f\x9d', '\x1f\xa0', 'Rar!\x1a\x07', '\xff\x06\0\0sNaPpY'],
];
/** LZMA alone: the usual properties, a dictionary of whole 64 KB, and mostly no size. */
const lzmaAlone = /^\x5d\0\0[^]{2}(?:\xff{8}|[^]{5}\0{3})/;

/** Whether a file is compressed in a way that is not read here; its bytes are no text. */
export function isUnreadCompression(head: Uint8Array): boolean {
  const characters = Buffer.from(head).toString('latin1');
  if (lzmaAlone.test(characters) || unread.some((mark) => characters.startsWith(mark))) return true;
  // All that is there of a file that is cut.
  return characters.length > 1 && !isPlainText(head) && unread.some((mark) => mark.startsWith(characters));
}

/** Whether a file begins as text: UTF-8, cut anywhere, without the control characters that no log has. */
export function isPlainText(head: Uint8Array): boolean {
  if (/[\x00-\x06\x0e-\x1a\x1c-\x1f]/.test(Buffer.from(head).toString('latin1'))) return false;
  try {
    // As a stream, so that a character that is cut at the end is no error.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
