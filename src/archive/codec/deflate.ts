import { pipeline } from 'node:stream';
import { createDeflateRaw } from 'node:zlib';
import { joinedAlone } from './ownMemory.ts';
import { throwIfCancelled } from '../zip/zipFailure.ts';

const PIECE_BYTES = 256 * 1024;

/**
 * A plain deflate stream, made on a thread of Node's pool.
 * @returns in memory of its own
 * @throws Failure `cancelled`
 */
export async function deflate(text: Buffer, level: number, signal: AbortSignal | undefined): Promise<Buffer> {
  // The most memory (0.4 MB) is a little faster than zlib's usual share.
  const encoder = createDeflateRaw({ level, memLevel: 9, chunkSize: PIECE_BYTES });
  // An error of either ends both.
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
