import { transcode } from 'node:buffer';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure } from '../base/failure.ts';

/**
 * Asks the person at the terminal, one question after the other. The terminal does not show the answers.
 * @returns the answers as bytes, empty ones too
 * @throws Failure `usage` where the input ends before the last answer (Ctrl+D)
 */
export async function askHidden(questions: readonly string[]): Promise<Uint8Array[]> {
  const nowhere = new Writable({
    write(_piece, _encoding, done) {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const interrupted = new AbortController();
  terminal.once('SIGINT', () => {
    interrupted.abort();
    terminal.close();
  });
  // The iterator keeps pasted lines for the next questions.
  const lines = terminal[Symbol.asyncIterator]();
  const answers: Uint8Array[] = [];
  try {
    for (const question of questions) {
      writeSync(2, question);
      const line = await lines.next();
      writeSync(2, '\n');
      // The terminal is restored by now, so the program can end as Ctrl+C ends any other.
      if (interrupted.signal.aborted) process.kill(process.pid, 'SIGINT');
      if (line.done === true) throw nothingTyped();
      answers.push(new TextEncoder().encode(line.value));
    }
    return answers;
  } catch (error) {
    for (const answer of answers) answer.fill(0);
    throw error;
  } finally {
    terminal.close();
  }
}

export function nothingTyped(): Failure {
  return new Failure('usage', { detail: 'No password was typed.' });
}

const LIMIT_BYTES = 1_048_576;

/**
 * Reads the lines of a stream as bytes, without their line ends.
 * @throws Failure `usage` where there is more than a megabyte
 */
export async function linesOf(stream: AsyncIterable<unknown>, source: string): Promise<Uint8Array[]> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > LIMIT_BYTES)
        throw new Failure('usage', { detail: `${source} is too long to hold passwords. Give one a line.` });
    }
    return linesIn(pieces);
  } finally {
    for (const piece of pieces) piece.fill(0);
  }
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const MARK = Buffer.from('\ufeff');

/** Windows writes text files in UTF-16, too; then they begin with its mark. No string is made of a password. */
function inUtf8(bytes: Buffer): Buffer {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark !== 0xfffe && mark !== 0xfeff) return bytes;
  const units = bytes.subarray(2, bytes.length - (bytes.length % 2));
  if (mark === 0xfeff) units.swap16();
  const text = transcode(units, 'utf16le', 'utf8');
  bytes.fill(0);
  return text;
}

function linesIn(pieces: readonly Buffer[]): Uint8Array[] {
  const all = inUtf8(Buffer.concat(pieces));
  const lines: Uint8Array[] = [];
  // Windows puts a byte order mark in front of piped text.
  for (let start = all.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0; start < all.length;) {
    const newline = all.indexOf(NEWLINE, start);
    const end = newline === -1 ? all.length : newline;
    const isReturned = newline > start && all[newline - 1] === RETURN;
    lines.push(Uint8Array.from(all.subarray(start, isReturned ? end - 1 : end)));
    start = end + 1;
  }
  all.fill(0);
  return lines;
}
