/**
 * Gives the memory of a piece of text back at once; nobody may use it any more. Otherwise some 70 MB of pieces gather
 * before garbage is collected, since a piece itself, without its bytes, is small.
 */
export function discard(piece: Buffer): void {
  const { buffer } = piece;
  // A part of a larger buffer is not alone in it: zlib fills the rest later.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === piece.length) buffer.transfer(0);
}
