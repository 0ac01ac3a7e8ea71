import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Failure, fromSystemError, toFailureMessage } from '../base/failure.ts';
import type { CodecJob, CodecMessage } from './codecThread.ts';
import { decodeBySevenZip } from './sevenZip.ts';

/** The entry point of `dist/codec.js`: decodes one file, and waits where nobody takes the text. */

/** Pieces are about 1 MB. */
const MAX_AHEAD = 4;

function send(message: CodecMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function decode({ format, name, fd, bytes, ahead }: CodecJob): Promise<void> {
  const input = {
    bytes,
    read: (buffer: Int8Array, offset: number, length: number, position: number): number =>
      readSync(fd, buffer, offset, length, position),
  };
  const write = (piece: Int8Array): void => {
    for (let count = Atomics.load(ahead, 0); count >= MAX_AHEAD; count = Atomics.load(ahead, 0))
      Atomics.wait(ahead, 0, count);
    Atomics.add(ahead, 0, 1);
    const copy = Uint8Array.from(piece);
    send({ kind: 'piece', bytes: copy }, [copy.buffer]);
  };
  const failure = await decodeBySevenZip(format, input, write);
  if (failure === undefined) send({ kind: 'end' });
  else if ('check' in failure) throw new Failure('archive-damaged', { name, ...failure });
  else throw new Failure('archive-unsupported', { name, ...failure });
}

const job = workerData as CodecJob;
try {
  await decode(job);
} catch (error) {
  send({ kind: 'failed', failure: toFailureMessage(fromSystemError(error, job.name)) });
}
