import { isUtf8 } from 'node:buffer';
import { textLog } from './textLog.ts';

/** A file of an archive, and its text. */
export interface LogMember {
  readonly name: string;
  readonly text: Buffer;
}

/** The files of the archive that hold the log, in their order (FORMATS §2). */
export function logMembers(lines: Buffer, format: 'jsonl' | 'text' | 'both'): LogMember[] {
  const members: LogMember[] = [];
  if (format !== 'jsonl') members.push({ name: 'logs.txt', text: textLog(lines) });
  if (format !== 'text') members.push({ name: 'logs.jsonl', text: lines });
  return members;
}

const NEWLINE = 0x0a;

/** Joins the chunks of a log to one UTF-8 text. A missing line end at the end of a chunk is added. */
export function jsonLines(chunks: readonly Uint8Array[]): Buffer {
  const pieces = chunks.filter(({ length }) => length > 0).map(toUtf8);
  const whole = pieces.flatMap((piece) => (piece.at(-1) === NEWLINE ? [piece] : [piece, lineEnd]));
  return Buffer.concat(whole);
}

const lineEnd = Uint8Array.of(NEWLINE);

/** Replaces bytes that are not valid UTF-8, because other programs stop reading at such bytes. */
function toUtf8(chunk: Uint8Array): Uint8Array {
  if (isUtf8(chunk)) return chunk;
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Buffer.from(bytes.toString('utf8'));
}
