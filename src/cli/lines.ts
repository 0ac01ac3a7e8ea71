import { StringDecoder } from 'node:string_decoder';

/** Stands for a line that is longer than the limit; its text is not kept. */
export const TOO_LONG = Symbol('too long');

type Line = string | typeof TOO_LONG;

/**
 * Yields the lines of a UTF-8 stream without their ends (`\n` or `\r\n`), in groups as they arrive. Empty lines are
 * skipped. A last line without an end counts.
 */
export async function* linesOf(
  stream: AsyncIterable<unknown>,
  limit: number,
): AsyncGenerator<readonly Line[]> {
  const decoder = new StringDecoder('utf8');
  /** The pieces of the line that has no end yet. They are joined only once, at the line's end. */
  let pieces: string[] = [];
  let length = 0;

  const keep = (piece: string): void => {
    length += piece.length;
    if (length <= limit) pieces.push(piece);
    else pieces = [];
  };
  const finish = (last: string): Line[] => {
    keep(last);
    const isTooLong = length > limit;
    const whole = pieces.join('');
    pieces = [];
    length = 0;
    if (isTooLong) return [TOO_LONG];
    // Windows puts a byte order mark in front of piped text.
    const text = whole.startsWith('\ufeff') ? whole.slice(1) : whole;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    return line === '' ? [] : [line];
  };

  for await (const chunk of stream) {
    const texts = decoder.write(chunk as Buffer).split('\n');
    const rest = texts.pop() ?? '';
    const lines = texts.flatMap(finish);
    keep(rest);
    yield lines;
  }
  yield finish(decoder.end());
}
