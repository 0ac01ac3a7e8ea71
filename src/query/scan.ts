import type { Finder } from './finder.ts';
import { LineScanner } from './lineScanner.ts';
import type { SearchedText } from './readTexts.ts';
import { SAMPLE_BYTES } from './readers/choose.ts';
import type { ReadLine } from './readers/readLine.ts';
import type { TimeContext } from './readers/fileTimes.ts';

/** An entry where it stands. */
export interface FoundEntry extends ReadLine {
  /** The path in the workspace, with `!` and the member's name behind an archive. */
  readonly file: string;
  /** Where its first byte stands in the text without compression. */
  readonly offset: number;
}

export interface Scanning extends Pick<TimeContext, 'offsetMinutesAt'> {
  /** Finds what an entry that matches has to contain; undefined if each entry has to be read. */
  readonly find?: ((block: Buffer) => Finder) | undefined;
  /** Called with the first 64 KB of the text, before its entries. */
  readonly onBegin?: ((head: Buffer) => void) | undefined;
}

/**
 * Reads the entries of a text, in the order of the file. Entries that cannot match may be passed over.
 * @throws Failure those of reading; what `take` throws
 */
export async function scanText(
  { file, modified, read }: Pick<SearchedText, 'file' | 'modified' | 'read'>,
  { find, offsetMinutesAt, onBegin }: Scanning,
  take: (entry: FoundEntry) => void,
): Promise<void> {
  let scanner: LineScanner | undefined;
  const waiting: Buffer[] = [];
  let length = 0;
  const begin = (): LineScanner => {
    const text = Buffer.concat(waiting);
    const head = text.subarray(0, SAMPLE_BYTES);
    onBegin?.(head);
    const context = { name: file, modified, offsetMinutesAt };
    const begun = new LineScanner(head, context, find, (entry, offset) => {
      take({ ...entry, file, offset });
    });
    if (begun.lacksYear) begun.look();
    begun.push(text);
    return begun;
  };
  for await (const piece of read()) {
    if (scanner === undefined) {
      waiting.push(Buffer.from(piece));
      length += piece.length;
      if (length >= SAMPLE_BYTES) scanner = begin();
    } else scanner.push(piece);
  }
  scanner ??= begin();
  scanner.end();
  if (!scanner.lacksYear) return;
  for await (const piece of read()) scanner.push(piece);
  scanner.end();
}
