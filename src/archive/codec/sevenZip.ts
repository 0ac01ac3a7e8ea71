import { Failure } from '../../base/failure.ts';
import { lzmaFile } from './lzmaFile.ts';
import {
  MAX_MEMORY_BYTES,
  type SevenZipInput,
  type SevenZipProgram,
  startSevenZip,
} from './sevenZipProgram.ts';
import { joinedAlone } from './memory.ts';
import { xzFile } from './xzFile.ts';

const LOCAL_HEADER_BYTES = 30;
const END_BYTES = 22;

/** The data of the only entry of a zip that 7-Zip wrote to its standard output, in memory of its own. */
function payloadIn(pieces: readonly Buffer[]): Buffer<ArrayBuffer> {
  const zip = joinedAlone(pieces);
  // 7-Zip cannot seek in its output, so the size is only after the data and in the directory.
  const bytes = zip.readUInt32LE(zip.readUInt32LE(zip.length - END_BYTES + 16) + 20);
  const start = LOCAL_HEADER_BYTES + zip.readUInt16LE(26) + zip.readUInt16LE(28);
  zip.copyWithin(0, start, start + bytes);
  return zip.subarray(0, bytes);
}

/** The formats that 7-Zip decodes for us; `lzma` is the payload of a zip entry: see `lzmaFile`. */
export type SevenZipFormat = 'bzip2' | 'xz' | 'lzma';

/** The failed check or the missing feature, under the names of `archive-damaged` and `archive-unsupported`. */
export type SevenZipFailure = { readonly check: string } | { readonly what: string };

export interface SevenZipResult {
  /** Absent if the text is intact; otherwise the text that was written is short or wrong. */
  readonly failure?: SevenZipFailure;
  /** How much memory the program holds now; the next text starts with it. */
  readonly memoryBytes: number;
}

/** A program all of whose work succeeded. */
let idle: SevenZipProgram | undefined;

/**
 * Decodes by 7-Zip in WebAssembly. It is synchronous: run it only in a thread of its own. `write` gets pieces of the
 * text of up to about 1 MB each; a piece is valid until `write` returns.
 * @param bytesOfText for `lzma` without an end marker
 * @throws Failure `codec-missing`, and the errors of `input` and `write`
 */
export async function decodeBySevenZip(
  format: SevenZipFormat,
  input: SevenZipInput,
  write: (piece: Int8Array) => void,
  bytesOfText?: number,
): Promise<SevenZipResult> {
  const file = fileOf(format, input, bytesOfText);
  if (!('read' in file)) return { failure: file, memoryBytes: 0 };
  const run = await takeProgram(format);
  const errors: string[] = [];
  const print = (line: string): void => {
    if (/^(?:(?:Open )?ERROR: |Offset = )/.test(line) && errors.length < MAX_ERRORS) errors.push(line);
  };
  const { code, isMemoryRefused, memoryBytes } = run(['x', `-t${format}`], { input: file, write, print });
  if (code === 0 && errors.length === 0) {
    idle = run;
    return { memoryBytes };
  }
  return { failure: isMemoryRefused ? { what: 'memory' } : failureIn(errors.join('\n')), memoryBytes };
}

/** The methods of `SevenZipFormat` that 7-Zip encodes for us. */
export type EncodedMethod = 'bzip2' | 'lzma';

/** The switches of 7-Zip's command: one pass for bzip2, and the fastest mode for LZMA (a dictionary of 256 KB). */
const switches: Readonly<Record<EncodedMethod, (level: number) => readonly string[]>> = {
  bzip2: (level) => ['-mm=BZip2', `-md=${String(level * 100_000)}b`, '-mpass=1'],
  lzma: () => ['-mm=LZMA', '-mx1'],
};

export interface EncodedBySevenZip {
  /** The data of a zip entry; LZMA with its end marker. It is in memory of its own. */
  readonly data: Buffer<ArrayBuffer>;
  readonly memoryBytes: number;
}

/**
 * Encodes by 7-Zip, as `decodeBySevenZip` decodes.
 * @param level used for `bzip2` only: 1 to 9, the size of a block in units of 100,000 bytes
 * @throws Failure `codec-missing`, `unexpected` with 7-Zip's message, and the errors of `input`
 */
export async function encodeBySevenZip(
  method: EncodedMethod,
  level: number,
  input: SevenZipInput,
): Promise<EncodedBySevenZip> {
  const run = await takeProgram(method);
  const pieces: Buffer[] = [];
  const lines: string[] = [];
  const words = ['a', 'any.zip', '-tzip', '-mmt1', ...switches[method](level)];
  const { code, memoryBytes } = run(words, {
    input,
    write: (piece) => pieces.push(Buffer.from(new Uint8Array(piece).buffer)),
    print: (line) => lines.push(line),
  });
  if (code !== 0) throw new Failure('unexpected', { detail: lines.join(' ') });
  idle = run;
  return { data: payloadIn(pieces), memoryBytes };
}

function fileOf(
  format: SevenZipFormat,
  input: SevenZipInput,
  bytesOfText: number | undefined,
): SevenZipInput | SevenZipFailure {
  if (format === 'lzma') return lzmaFile(input, bytesOfText, MAX_MEMORY_BYTES);
  return format === 'xz' ? xzFile(input) : input;
}

async function takeProgram(method: string): Promise<SevenZipProgram> {
  const program = idle;
  idle = undefined;
  try {
    return program ?? (await startSevenZip());
  } catch (error) {
    throw new Failure('codec-missing', { method }, error);
  }
}

const MAX_ERRORS = 100;

/** The first matching entry decides. */
const meanings: readonly (readonly [RegExp, SevenZipFailure])[] = [
  [/Unsupported/i, { what: 'filter' }],
  [/Unexpected end/i, { check: 'cut' }],
  [/CRC/, { check: 'checksum' }],
  [/after the end/i, { check: 'trailing' }],
  // 7-Zip reports no error here: it skipped a first stream that it could not read.
  [/^Offset = /m, { check: 'header' }],
  [/Is not archive|Cannot open the file as/i, { check: 'header' }],
];

function failureIn(errors: string): SevenZipFailure {
  return meanings.find(([words]) => words.test(errors))?.[1] ?? { check: 'compression' };
}
