import { openReader, type ReaderContext } from '../../../src/query/readers/reader.ts';
import type { ReadLine } from '../../../src/query/readers/readLine.ts';

export type EntryAt = ReadLine & { readonly offset: number };

const NEWLINE = 0x0a;

/** All entries of a log: every line is read. What a query means is its tree, applied to each of them. */
export function everyEntry(log: Buffer, context: ReaderContext): EntryAt[] {
  const found: EntryAt[] = [];
  const reader = openReader(log.subarray(0, 65_536), context, (entry, offset) => {
    found.push({ ...entry, offset });
  });
  const ends: number[] = [];
  for (let at = log.indexOf(NEWLINE); at !== -1; at = log.indexOf(NEWLINE, at + 1)) ends.push(at);
  if (log.length > 0 && log.at(-1) !== NEWLINE) ends.push(log.length);
  const lines = ends.map((end, line) => [(ends[line - 1] ?? -1) + 1, end] as const);
  for (const [start, end] of lines) reader.look(log.subarray(start, end));
  for (const [start, end] of lines) reader.push(log.subarray(start, end), start);
  reader.end();
  return found;
}
