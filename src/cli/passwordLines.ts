import { Failure } from '../base/failure.ts';

const LIMIT_BYTES = 1_048_576;

/**
 * The lines without their ends, as bytes.
 * @throws Failure `usage` where there is more than a megabyte
 */
export async function linesOf(stream: AsyncIterable<unknown>, source: string): Promise<Uint8Array[]> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > LIMIT_BYTES)
        throw new Failure('usage', { detail: `${source} is too long to hold passwords. Give one a line.` });
    }
    return linesIn(pieces);
  } finally {
    for (const piece of pieces) piece.fill(0);
  }
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const MARK = Buffer.from('\ufeff');

function linesIn(pieces: readonly Buffer[]): Uint8Array[] {
  const all = Buffer.concat(pieces);
  const lines: Uint8Array[] = [];
  // Windows marks the beginning of what it pipes.
  for (let start = all.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0; start < all.length;) {
    const newline = all.indexOf(NEWLINE, start);
    const end = newline === -1 ? all.length : newline;
    const isReturned = newline > start && all[newline - 1] === RETURN;
    lines.push(Uint8Array.from(all.subarray(start, isReturned ? end - 1 : end)));
    start = end + 1;
  }
  all.fill(0);
  return lines;
}
