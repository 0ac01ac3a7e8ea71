import { lzmaFile } from './lzmaFile.ts';
import { MAX_MEMORY_BYTES, startSevenZip } from './sevenZipProgram.ts';
import type { SevenZipInput } from './sevenZipProgram.ts';

/** What 7-Zip decodes for us; `lzma` is what a zip entry holds: see `lzmaFile`. */
export type SevenZipFormat = 'bzip2' | 'xz' | 'lzma';

/** What did not hold, or what 7-Zip lacks, under the names that `archive-damaged` and `archive-unsupported` have for it. */
export type SevenZipFailure = { readonly check: string } | { readonly what: string };

export interface SevenZipResult {
  /** Absent where all is sound; otherwise the text that was written is short or wrong. */
  readonly failure?: SevenZipFailure;
  /** How much memory the next text finds taken. */
  readonly memoryBytes: number;
}

/** A program that has decoded nothing but sound texts. */
let idle: Awaited<ReturnType<typeof startSevenZip>> | undefined;

/**
 * Decodes by 7-Zip, in WebAssembly and synchronously: for a thread that nobody waits for. `write` gets pieces of the text,
 * up to about 1 MB each, that are valid until it returns.
 * @param bytesOfText for `lzma` without an end marker
 * @throws what `input` and `write` throw
 */
export async function decodeBySevenZip(
  format: SevenZipFormat,
  input: SevenZipInput,
  write: (piece: Int8Array) => void,
  bytesOfText?: number,
): Promise<SevenZipResult> {
  const file = format === 'lzma' ? lzmaFile(input, bytesOfText, MAX_MEMORY_BYTES) : input;
  if (!('read' in file)) return { failure: file, memoryBytes: 0 };
  const run = idle ?? (await startSevenZip());
  idle = undefined;
  const errors: string[] = [];
  const print = (line: string): void => {
    if (/^(?:(?:Open )?ERROR: |Offset = )/.test(line) && errors.length < MAX_ERRORS) errors.push(line);
  };
  const { code, isMemoryRefused, memoryBytes } = run(format, { input: file, write, print });
  if (code === 0 && errors.length === 0) {
    idle = run;
    return { memoryBytes };
  }
  return { failure: isMemoryRefused ? { what: 'memory' } : failureIn(errors.join('\n')), memoryBytes };
}

const MAX_ERRORS = 100;

/** The first line that fits decides. */
const meanings: readonly (readonly [RegExp, SevenZipFailure])[] = [
  [/Unsupported/i, { what: 'filter' }],
  [/Unexpected end/i, { check: 'cut' }],
  [/CRC/, { check: 'checksum' }],
  [/after the end/i, { check: 'trailing' }],
  // To 7-Zip no error: it passed over a first stream that it could not read.
  [/^Offset = /m, { check: 'header' }],
  [/Is not archive|Cannot open the file as/i, { check: 'header' }],
];

function failureIn(errors: string): SevenZipFailure {
  return meanings.find(([words]) => words.test(errors))?.[1] ?? { check: 'compression' };
}
