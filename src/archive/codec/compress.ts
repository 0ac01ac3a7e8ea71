import { encodeInThread } from './codecThread.ts';
import { joinedAlone, ownMemory } from './memory.ts';
import type { Method } from '../zip/unpack.ts';
import { throwIfCancelled } from '../zip/zipFailure.ts';
import { pipeline } from 'node:stream';
import { createDeflateRaw } from 'node:zlib';

const PIECE_BYTES = 256 * 1024;

/**
 * Compresses a text to a plain deflate stream, on a thread of Node's pool.
 * @returns the stream in memory of its own
 * @throws Failure `cancelled`
 */
async function deflate(text: Buffer, level: number, signal: AbortSignal | undefined): Promise<Buffer> {
  // The largest memory level (0.4 MB) is a little faster than zlib's default.
  const encoder = createDeflateRaw({ level, memLevel: 9, chunkSize: PIECE_BYTES });
  // An error of one stream ends both.
  pipeline(piecesOf(text, signal), encoder, () => undefined);
  const packed: Buffer[] = [];
  for await (const piece of encoder as AsyncIterable<Buffer>) packed.push(piece);
  return joinedAlone(packed);
}

function* piecesOf(text: Buffer, signal: AbortSignal | undefined): Generator<Buffer> {
  for (let at = 0; at < text.length; at += PIECE_BYTES) {
    throwIfCancelled(signal);
    yield text.subarray(at, at + PIECE_BYTES);
  }
}

/** How members are compressed. The level is 0 to 9 for deflate, 1 to 9 for bzip2; null means the method's default. */
export interface Compressing {
  readonly method: Method;
  readonly level: number | null;
}

/**
 * Compresses a text to the data of a zip entry, at the beginning of memory of its own. The caller gives the text away:
 * if it fills its memory alone, that memory is reused or lost.
 * @throws Failure `codec-missing`, `cancelled`, `worker-lost`
 */
export async function compress(
  text: Buffer,
  { method, level }: Compressing,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  throwIfCancelled(signal);
  switch (method) {
    case 'stored':
      return ownMemory(text);
    case 'deflated':
      return deflate(text, level ?? 6, signal);
    case 'bzip2':
      return encodeInThread(
        { format: method, level: Math.max(1, level ?? 9), source: { data: text } },
        signal,
      );
    case 'lzma':
      return encodeInThread({ format: method, level: 1, source: { data: text } }, signal);
  }
}
