import { parseTime } from '../../../files/entry.ts';
import { LineRing } from '../../../sessions/log/lineRing.ts';
import type { LineMaker } from '../../../sessions/log/sessionLine.ts';
import type { LineFields } from '../../../sessions/log/sessionLog.ts';
import { linesOf, TOO_LONG } from '../../lines.ts';

/** In characters. A longer line is not kept. */
const LINE_LIMIT = 16_777_216;

export interface InputLines {
  readonly ring: LineRing;
  /** How many lines were too long and are not kept. */
  readonly tooLong: number;
}

/**
 * Turns the lines of a stream into lines of a session log. A JSON object gives its own values: `level`, `message`, `ts`
 * where it is a time, and further fields. The ids are always those of the request. Anything else is text with the level
 * INFO. Empty lines are skipped.
 */
export async function readInputLines(
  stream: AsyncIterable<unknown>,
  line: LineMaker,
  maxLines: number,
): Promise<InputLines> {
  const ring = new LineRing({ maxLines });
  let tooLong = 0;
  for await (const texts of linesOf(stream, LINE_LIMIT)) {
    const now = Date.now();
    for (const text of texts) {
      if (text === TOO_LONG) tooLong += 1;
      else ring.add(lineOf(text, now, line));
    }
  }
  return { ring, tooLong };
}

function lineOf(text: string, now: number, line: LineMaker): string {
  const value = objectIn(text);
  if (value === undefined) return line(now, 'INFO', text);
  const { level, message, ts, ...fields } = value;
  const at = parseTime(ts) ?? now;
  // A message that is no text is written as JSON, a missing one as an empty text.
  return line(at, typeof level === 'string' ? level : 'INFO', message as string, withOwnException(fields));
}

/** Our own lines hold the text of an exception in an object. */
function withOwnException(fields: LineFields): LineFields {
  const { exception } = fields;
  if (typeof exception !== 'object' || exception === null || !('text' in exception)) return fields;
  return { ...fields, exception: exception.text };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
