import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Failure, fromSystemError, toFailureMessage } from '../../base/failure.ts';
import type { CodecJob, CodecMessage, CodecSource, DecodeJob, EncodeJob } from './codecThread.ts';
import { AHEAD, LOADED } from './codecThreads.ts';
import { decodeBySevenZip, encodeBySevenZip, type SevenZipFailure } from './sevenZip.ts';
import type { SevenZipInput } from './sevenZipProgram.ts';

/**
 * The entry point of `dist/codec.js`: decodes or encodes one text after the other, and waits until its pieces are
 * taken.
 */

/** How many pieces of about 1 MB may wait. */
const MAX_AHEAD = 4;
/**
 * The most memory of a thread that is kept: only the end of a thread frees its memory. This is enough for 7-Zip itself
 * and for the dictionary of 8 MB in Python's zips.
 */
const MAX_KEPT_BYTES = 48 * 1024 * 1024;

const state = workerData as Int32Array;

function send(message: CodecMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

parentPort?.on('message', (job: CodecJob) => {
  void carryOut(job).then(send);
});
Atomics.store(state, LOADED, 1);

async function carryOut(job: CodecJob): Promise<CodecMessage> {
  const isDecoding = 'name' in job;
  try {
    const { failure, memoryBytes } = await (isDecoding ? decode(job) : encode(job));
    const isReusable = memoryBytes <= MAX_KEPT_BYTES;
    if (failure === undefined) return { kind: 'end', isReusable };
    return { kind: 'end', isReusable, failure: toFailureMessage(failure) };
  } catch (error) {
    const failure = isDecoding ? fromSystemError(error, job.name) : error;
    return { kind: 'end', isReusable: false, failure: toFailureMessage(failure) };
  }
}

interface Outcome {
  readonly failure?: Failure | undefined;
  readonly memoryBytes: number;
}

async function decode({ format, name, source, bytesOfText }: DecodeJob): Promise<Outcome> {
  const { failure, memoryBytes } = await decodeBySevenZip(format, inputOf(source), write, bytesOfText);
  return { failure: failure && toFailure(name, failure), memoryBytes };
}

function toFailure(name: string, failure: SevenZipFailure): Failure {
  return 'check' in failure
    ? new Failure('archive-damaged', { name, ...failure })
    : new Failure('archive-unsupported', { name, ...failure });
}

async function encode({ format, level, source }: EncodeJob): Promise<Outcome> {
  const { data, memoryBytes } = await encodeBySevenZip(format, level, inputOf(source));
  Atomics.add(state, AHEAD, 1);
  send({ kind: 'piece', bytes: data }, [data.buffer]);
  return { memoryBytes };
}

function write(piece: Int8Array): void {
  for (let count = Atomics.load(state, AHEAD); count >= MAX_AHEAD; count = Atomics.load(state, AHEAD))
    Atomics.wait(state, AHEAD, count);
  Atomics.add(state, AHEAD, 1);
  const copy = new Uint8Array(piece);
  send({ kind: 'piece', bytes: copy }, [copy.buffer]);
}

function inputOf(source: CodecSource): SevenZipInput {
  if ('fd' in source) {
    const { fd, start, bytes } = source;
    return {
      bytes,
      read: (buffer, offset, length, position) => readSync(fd, buffer, offset, length, start + position),
    };
  }
  const { data } = source;
  return {
    bytes: data.length,
    read: (buffer, offset, length, position) => {
      const part = data.subarray(position, position + length);
      buffer.set(part, offset);
      return part.length;
    },
  };
}
