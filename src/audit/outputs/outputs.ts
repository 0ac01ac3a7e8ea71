import { write } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { fromSystemError, toFailureMessage, type FailureMessage } from '../../base/failure.ts';
import { linesIn, openAppender, type Appender } from '../../files/append.ts';
import type { AuditFile, OutputSettings } from './auditFile.ts';

/** What the outputs report to the door. A failure here loses no record: the records are in the store. */
export type TrailReport =
  /** The file is larger than its limit. The door answers with the job `rotateActive` or `rotateElsewhere`. */
  | { readonly kind: 'file-full'; readonly file: AuditFile }
  /** So many records are missing in the file or on standard output. */
  | { readonly kind: 'output-failed'; readonly failure: FailureMessage; readonly records: number };

/** Bytes that are appended in one call: the death of the process may tear a longer one. */
const APPEND_BYTES = 1_048_576;
const BUSY_MS = 10;
/**
 * Standard output, in the workers of backends. The command line runs a trail in its own thread, and its standard output
 * holds the answer of its verb, so there the records go to standard error.
 */
const CONSOLE = isMainThread ? 2 : 1;

/** Copies the records of one trail to the other outputs, in their order, each once. */
export class TrailOutputs {
  readonly #descriptor: number;
  #file: { readonly path: string; readonly appender: Appender } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(descriptor = CONSOLE) {
    this.#descriptor = descriptor;
  }

  /** Resolves when the lines are written, with what there is to report. Lines of a later call come behind. */
  write(entries: readonly string[], settings: OutputSettings): Promise<readonly TrailReport[]> {
    const lines = Buffer.from(entries.map((entry) => `${entry}\n`).join(''));
    const written = this.#last.then(async () => [
      ...(settings.file === undefined ? [] : await this.#append(lines, settings.file)),
      ...(settings.console ? await this.#print(lines) : []),
    ]);
    this.#last = written;
    return written;
  }

  /** Waits for the lines that are being written, and closes the file. */
  async close(): Promise<void> {
    await this.#last;
    this.#file?.appender.close();
    this.#file = undefined;
  }

  async #append(lines: Buffer, file: AuditFile): Promise<readonly TrailReport[]> {
    const path = join(file.folder, file.name);
    let done = 0;
    let size = 0;
    try {
      if (this.#file?.path !== path) {
        this.#file?.appender.close();
        this.#file = undefined;
        this.#file = { path, appender: await openAppender(file.folder, file.name) };
      }
      for (const piece of piecesOf(lines)) {
        const appended = await this.#file.appender.append(piece, { durable: false });
        done += appended.written;
        if (appended.failure !== undefined) throw appended.failure;
        ({ size } = appended);
      }
    } catch (error) {
      return [failed(error, path, lines.subarray(done))];
    }
    return size > file.limitBytes ? [{ kind: 'file-full', file }] : [];
  }

  async #print(lines: Buffer): Promise<readonly TrailReport[]> {
    let done = 0;
    try {
      while (done < lines.length) done += await writeSome(this.#descriptor, lines, done);
    } catch (error) {
      return [failed(error, 'stdout', lines.subarray(done))];
    }
    return [];
  }
}

/** @param rest the lines that are missing; the first one may have begun */
function failed(error: unknown, path: string, rest: Buffer): TrailReport {
  const failure = toFailureMessage(fromSystemError(error, path, 'write'));
  return { kind: 'output-failed', failure, records: linesIn(rest) };
}

/** Pieces of whole lines; a longer line is a piece of its own. */
function* piecesOf(lines: Buffer): Generator<Buffer> {
  for (let from = 0; from < lines.length;) {
    const last = lines.lastIndexOf('\n', from + APPEND_BYTES - 1);
    const end = (last < from ? lines.indexOf('\n', from) : last) + 1;
    yield lines.subarray(from, end);
    from = end;
  }
}

/** @returns how many bytes were written; 0 where the reader of a pipe is slower than we are */
function writeSome(descriptor: number, lines: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, lines, at, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === 'EAGAIN') resolve(setTimeout(BUSY_MS, 0));
      else reject(error);
    });
  });
}
