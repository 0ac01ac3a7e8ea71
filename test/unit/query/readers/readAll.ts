import type { ReadLine } from '../../../../src/query/readers/readLine.ts';
import { openReader, type ReaderContext } from '../../../../src/query/readers/reader.ts';
import { SAMPLE_BYTES } from '../../../../src/query/readers/choose.ts';

const LINE_FEED = 0x0a;

export interface ReadEntry extends ReadLine {
  readonly offset: number;
}

/** Two hours ahead of UTC, at noon on 30 November 2026. */
export const context: ReaderContext = {
  name: 'logs/app.log',
  modified: Date.UTC(2026, 10, 30, 12),
  offsetMinutesAt: () => 120,
};

/** The lines of a text with the offsets of their first bytes. A final line feed ends the last line. */
export function* linesOf(text: Buffer): Generator<{ line: Buffer; offset: number }> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf(LINE_FEED, start);
    const end = found === -1 ? text.length : found;
    yield { line: text.subarray(start, end), offset: start };
    start = end + 1;
  }
}

/** Every entry of a file, and the format that its reader chose. */
export function readAll(
  content: string | Buffer,
  given: Partial<ReaderContext> & { readonly looks?: boolean } = {},
): { readonly format: string; readonly entries: readonly ReadEntry[] } {
  const text = Buffer.from(content);
  const entries: ReadEntry[] = [];
  const reader = openReader(text.subarray(0, SAMPLE_BYTES), { ...context, ...given }, (entry, offset) => {
    entries.push({ ...entry, offset });
  });
  if (given.looks === true) for (const { line } of linesOf(text)) reader.look(line);
  for (const { line, offset } of linesOf(text)) reader.push(line, offset);
  reader.end();
  return { format: reader.format, entries };
}
