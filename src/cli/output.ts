import { writeSync } from 'node:fs';
import { printable } from '../words/failures.ts';
import { fromSystemError } from '../base/failure.ts';

/**
 * Writes a text to standard output and waits until the system has accepted it.
 * @throws Failure where it cannot be written, such as `disk-full`; the error itself where the reader has closed the
 * pipe (EPIPE)
 */
export async function print(text: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error == null) resolve();
      else reject(isBrokenPipe(error) ? error : fromSystemError(error, 'standard output', 'write'));
    });
  });
}

export function isBrokenPipe(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'EPIPE';
}

export async function printLine(line: string): Promise<void> {
  await print(`${line}\n`);
}

export async function printJson(value: unknown): Promise<void> {
  await printLine(JSON.stringify(value, null, process.stdout.isTTY ? 2 : undefined));
}

/** No JavaScript string can be longer than half a gigabyte, and JSON takes up to six times the text. */
const SLICE_CHARACTERS = 8_388_608;

/** Prints an object of texts as JSON, in slices, so that texts of any length fit. */
export async function printJsonTexts(texts: Readonly<Record<string, string>>): Promise<void> {
  let separator = '{';
  for (const [name, text] of Object.entries(texts)) {
    await print(`${separator}${JSON.stringify(name)}:"`);
    for (let at = 0; at < text.length; at += SLICE_CHARACTERS)
      await print(JSON.stringify(text.slice(at, at + SLICE_CHARACTERS)).slice(1, -1));
    await print('"');
    separator = ',';
  }
  await print(separator === '{' ? '{}' : '}');
}

const FULL_PIPE_WAIT_MS = 2;

/** Prints one sentence for a person on standard error, and waits while a pipe there is full. */
export function printError(sentence: string): void {
  const bytes = Buffer.from(`workspace-logs: ${sentence.split('\n').map(printable).join(' ')}\n`);
  try {
    for (let at = 0; at < bytes.length;) at += writeSome(bytes.subarray(at));
  } catch {
    // Standard error is closed; the exit code still reports the failure.
  }
}

/** @returns how many bytes were written; 0 while a pipe is full, after a short wait for its reader */
function writeSome(bytes: Buffer): number {
  try {
    return writeSync(2, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    return 0;
  }
}

/** Escapes control characters of a log where they would reach a terminal. Line ends and tabs stay. */
export function forTerminal(piece: Buffer): string | Uint8Array {
  if (!process.stdout.isTTY) return piece;
  return piece
    .toString('utf8')
    .split(/(\r?\n|\t)/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}
