/**
 * Frees the memory of a piece of text at once; it must not be used after that. Otherwise some 70 MB of pieces gather
 * before a garbage collection, because a piece itself, without its bytes, is small.
 */
export function discard(piece: Buffer): void {
  const { buffer } = piece;
  // A part of a larger buffer shares its memory: zlib fills the rest later.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === piece.length) buffer.transfer(0);
}

/**
 * Returns the bytes, or a copy if they share their memory with others: small buffers share a pool. (Node 22 can detect
 * a pool, but with that import Node 20 would fail before the user reads that it is too old.)
 */
export function ownMemory(data: Uint8Array): Buffer<ArrayBuffer> {
  const { buffer } = data;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === data.length;
  return Buffer.from(isAlone ? buffer : new Uint8Array(data).buffer);
}

/** The bytes of all pieces, in memory of their own. */
export function joinedAlone(pieces: readonly Buffer[]): Buffer<ArrayBuffer> {
  const joined = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const piece of pieces) filled += piece.copy(joined, filled);
  return joined;
}
