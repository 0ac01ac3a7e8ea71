import { openReader } from './readers/reader.ts';
import type { ReadLine } from './readers/readLine.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import type { Finder } from './finder.ts';
import type { SearchedText } from './readTexts.ts';

/** An entry where it stands. */
export interface FoundEntry extends ReadLine {
  /** The path in the workspace, with `!` and the member's name behind an archive. */
  readonly file: string;
  /** Where its first byte stands in the text without compression. */
  readonly offset: number;
}

export interface Scanning {
  /** Finds the lines that can match; undefined if every line can. */
  readonly find: ((block: Buffer) => Finder) | undefined;
  readonly offsetMinutesAt?: ((localMs: number) => number) | undefined;
  /** Called once with the first 64 KB of the text, before its entries. */
  readonly onBegin?: ((head: Buffer) => void) | undefined;
}

/** So much of a text shows its format. */
const HEAD_BYTES = 64 * 1024;
/** The reader cuts a line behind 1 MB, and has to see that there is more. */
const LINE_BYTES = BYTES_PER_MB + 1;
const NEWLINE = 0x0a;

/**
 * Reads the entries of a text in the order of the file. Of those that cannot match, some are passed over.
 * @throws Failure those of reading; `take` may throw to stop
 */
export async function scanText(
  { file, name, modified, pieces }: Pick<SearchedText, 'file' | 'name' | 'modified' | 'pieces'>,
  { find, offsetMinutesAt, onBegin }: Scanning,
  take: (entry: FoundEntry) => void,
): Promise<void> {
  let scanner: LineScanner | undefined;
  let head = Buffer.alloc(0);
  const begin = (): LineScanner => {
    onBegin?.(head);
    const reader = openReader(head.subarray(0, HEAD_BYTES), { name, modified, offsetMinutesAt }, (read, offset) => {
      take({ ...read, universal: { ...read.universal, file }, file, offset });
    });
    const begun = new LineScanner(reader, find);
    begun.push(head);
    return begun;
  };
  for await (const piece of pieces) {
    if (scanner !== undefined) scanner.push(piece);
    else {
      head = Buffer.concat([head, piece]);
      if (head.length >= HEAD_BYTES) scanner = begin();
    }
  }
  scanner ??= begin();
  scanner.end();
}
