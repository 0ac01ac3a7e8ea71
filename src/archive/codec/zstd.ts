import zlib from 'node:zlib';
import { Failure } from '../../base/failure.ts';
import { decodeAt, FileReader } from '../zip/openFile.ts';
import type { OpenFile } from '../zip/openFile.ts';

const CHUNK_BYTES = 256 * 1024;
const FRAME = 0xfd2fb528;

/**
 * The text of a Zstandard file (RFC 8878), frame by frame: the decoder of `node:zlib` ends behind the first, whatever
 * follows in the same piece. A frame without a checksum is only as sound as its structure.
 * @throws Failure `archive-damaged`, `archive-unsupported`, and those of zlib
 */
export async function* unzstd(file: OpenFile, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const { name, bytes } = file;
  // Node.js has it from 22.15 on.
  const { createZstdDecompress } = zlib as Partial<typeof zlib>;
  if (createZstdDecompress === undefined) throw new Failure('archive-unsupported', { name, what: 'zstd' });
  const reader = new FileReader(file);
  let position = 0;
  while (position < bytes) {
    signal?.throwIfAborted();
    const head = await reader.read(position, 8);
    const magic = head.length < 4 ? undefined : head.readUInt32LE(0);
    if (magic === FRAME) {
      const decoder = createZstdDecompress({ chunkSize: CHUNK_BYTES });
      yield* decodeAt(reader, position, decoder);
      position += decoder.bytesWritten;
    } else if (magic !== undefined && isToBeSkipped(magic)) {
      if (head.length < 8) throw new Failure('archive-damaged', { name, check: 'cut' });
      position += 8 + head.readUInt32LE(4);
      if (position > bytes) throw new Failure('archive-damaged', { name, check: 'cut' });
    } else {
      throw new Failure('archive-damaged', { name, check: position === 0 ? 'beginning' : 'trailing' });
    }
  }
}

/** Frames of other programs' own, which hold nothing of the text. */
function isToBeSkipped(magic: number): boolean {
  return magic >>> 4 === 0x0184d2a5;
}
