import { execFileSync } from 'node:child_process';

/** The compressed payload of a zip entry, as zip writers make it. */
export const payloadOf: Readonly<Record<'bzip2' | 'lzma', (text: Uint8Array) => Buffer>> = {
  bzip2: (text) => compressed('bzip2', ['-c', '-1'], text),
  // As Python's zipfile has it: liblzma, a dictionary of 8 MB, an end marker.
  lzma: (text) => lzmaPayload(compressed('xz', ['-c', '--format=lzma', '--lzma1=preset=0,dict=8MiB'], text)),
};

/** The file's header has a size that is not known (8 bytes); the zip's has a version and the size of the properties. */
function lzmaPayload(lzmaFile: Buffer): Buffer {
  return Buffer.concat([Buffer.from('09040500', 'hex'), lzmaFile.subarray(0, 5), lzmaFile.subarray(13)]);
}

function compressed(tool: string, words: readonly string[], text: Uint8Array): Buffer {
  return execFileSync(tool, words, { input: text, maxBuffer: 1 << 30 });
}
