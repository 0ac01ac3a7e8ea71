import { StringDecoder } from 'node:string_decoder';

/** Stands for a line that is longer than the limit; its text is not kept. */
export const TOO_LONG = Symbol('too long');

/**
 * The lines of a stream of UTF-8, without their ends (`\n` or `\r\n`), in groups as they arrive; empty ones are left out. A
 * last line without an end counts.
 */
export async function* linesOf(
  stream: AsyncIterable<unknown>,
  limit: number,
): AsyncGenerator<readonly (string | typeof TOO_LONG)[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isTooLong = false;

  const finish = (text: string): (string | typeof TOO_LONG)[] => {
    const wasTooLong = isTooLong || text.length > limit;
    isTooLong = false;
    if (wasTooLong) return [TOO_LONG];
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    return line === '' ? [] : [line];
  };

  for await (const chunk of stream) {
    const pieces = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = pieces.pop() ?? '';
    yield pieces.flatMap(finish);
    if (rest.length <= limit) continue;
    isTooLong = true;
    rest = '';
  }
  yield finish(rest + decoder.end());
}
