/**
 * Gives the memory of a piece of text back at once; nobody may use it any more. Otherwise some 70 MB of pieces gather
 * before garbage is collected, since a piece itself, without its bytes, is small.
 */
export function discard(piece: Buffer): void {
  const { buffer } = piece;
  // A part of a larger buffer is not alone in it: zlib fills the rest later.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === piece.length) buffer.transfer(0);
}

/**
 * The bytes, or a copy of them where they lie in memory with others: small buffers share a pool. (Node 22 could tell a pool;
 * but with that import Node 20 would fail before it is said to be too old.)
 */
export function ownMemory(data: Uint8Array): Buffer<ArrayBuffer> {
  const { buffer } = data;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === data.length;
  return Buffer.from(isAlone ? buffer : new Uint8Array(data).buffer);
}

/** The bytes of all pieces, in memory that nothing else lies in. */
export function joinedAlone(pieces: readonly Buffer[]): Buffer<ArrayBuffer> {
  const joined = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const piece of pieces) filled += piece.copy(joined, filled);
  return joined;
}
