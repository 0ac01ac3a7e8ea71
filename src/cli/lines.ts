/** Stands for a line that is longer than the limit; its bytes are not kept. */
export const TOO_LONG = Symbol('too long');

/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3;
const LINE_END = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Yields the lines of a UTF-8 stream without their ends (`\n` or `\r\n`), in groups as they arrive. Empty lines are
 * skipped. A last line without an end counts.
 * @param limit UTF-16 units of a line
 */
export async function* linesOf(
  stream: AsyncIterable<unknown>,
  limit: number,
): AsyncGenerator<readonly (string | typeof TOO_LONG)[]> {
  for await (const lines of byteLinesOf(stream, limit * MOST_BYTES))
    yield lines.map((line) => textOf(line, limit)).filter((line) => line !== '');
}

function textOf(line: Buffer | typeof TOO_LONG, limit: number): string | typeof TOO_LONG {
  const text = line === TOO_LONG ? line : line.toString();
  return text === TOO_LONG || text.length > limit ? TOO_LONG : text;
}

/**
 * The same in bytes, with the empty lines, for a reader that refuses what is no UTF-8.
 * @param limit bytes of a line
 */
export async function* byteLinesOf(
  stream: AsyncIterable<unknown>,
  limit: number,
): AsyncGenerator<readonly (Buffer | typeof TOO_LONG)[]> {
  /** The pieces of the line that has no end yet. They are joined only once, at the line's end. */
  let pieces: Buffer[] = [];
  let length = 0;

  const keep = (piece: Buffer): void => {
    length += piece.length;
    if (length <= limit) pieces.push(piece);
    else pieces = [];
  };
  const finish = (last: Buffer): Buffer | typeof TOO_LONG => {
    keep(last);
    const isTooLong = length > limit;
    const whole = Buffer.concat(pieces);
    pieces = [];
    length = 0;
    if (isTooLong) return TOO_LONG;
    // Windows puts a byte order mark in front of piped text.
    const isMarked = whole.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    const text = isMarked ? whole.subarray(BYTE_ORDER_MARK.length) : whole;
    return text.at(-1) === RETURN ? text.subarray(0, -1) : text;
  };

  for await (const chunk of stream) {
    const bytes = chunk as Buffer;
    const lines: (Buffer | typeof TOO_LONG)[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, from)) {
      lines.push(finish(bytes.subarray(from, end)));
      from = end + 1;
    }
    keep(bytes.subarray(from));
    yield lines;
  }
  if (length > 0) yield [finish(Buffer.alloc(0))];
}
