import { on } from 'node:events';
import type { Worker } from 'node:worker_threads';
import {
  Failure,
  fromFailureMessage,
  fromSystemError,
  fromUnknown,
  type FailureMessage,
} from '../../base/failure.ts';
import { AHEAD, endThread, keepThread, LOADED, takeThread } from './codecThreads.ts';
import { ownMemory } from './memory.ts';
import type { EncodedMethod, SevenZipFormat } from './sevenZip.ts';

/**
 * The input bytes: a range of a file descriptor, which all threads share, or bytes in memory, which are transferred.
 */
export type CodecSource =
  { readonly fd: number; readonly start: number; readonly bytes: number } | { readonly data: Uint8Array };

export interface DecodeJob {
  readonly format: SevenZipFormat;
  /** The name for failures. */
  readonly name: string;
  readonly source: CodecSource;
  /** The size of the text, for `lzma` without an end marker. */
  readonly bytesOfText?: number | undefined;
}

export interface EncodeJob {
  readonly format: EncodedMethod;
  /** Used for `bzip2` only: see `encodeBySevenZip`. */
  readonly level: number;
  readonly source: CodecSource;
}

/** The work of a thread. */
export type CodecJob = DecodeJob | EncodeJob;

export type CodecMessage =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end'; readonly isReusable: boolean; readonly failure?: FailureMessage };

/**
 * Decodes by 7-Zip in a thread, which pauses while the caller takes no text. If the caller stops early or `signal`
 * aborts, the thread is ended, because 7-Zip cannot be interrupted.
 * @throws Failure `archive-damaged`, `archive-unsupported`, `codec-missing`, `cancelled`, `worker-lost`, or that of
 *   reading
 */
export async function* decodeInThread(job: DecodeJob, signal?: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* piecesOf(job, signal);
  } catch (error) {
    throw signal?.aborted === true ? new Failure('cancelled', {}) : fromSystemError(error, job.name);
  }
}

/**
 * Encodes by 7-Zip in a thread, which `signal` ends.
 * @returns the data of a zip entry, in memory of its own
 * @throws Failure `codec-missing`, `cancelled`, `worker-lost`, `unexpected`
 */
export async function encodeInThread(job: EncodeJob, signal?: AbortSignal): Promise<Buffer> {
  try {
    let data = Buffer.alloc(0);
    for await (const piece of piecesOf(job, signal)) data = piece;
    return data;
  } catch (error) {
    throw signal?.aborted === true ? new Failure('cancelled', {}) : fromUnknown(error);
  }
}

async function* piecesOf(
  job: CodecJob,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer<ArrayBuffer>, void, undefined> {
  const thread = await takeThread(job.format, signal);
  const { worker, state } = thread;
  let isReusable = false;
  try {
    const messages = on(worker, 'message', { signal, close: ['exit'] }) as AsyncIterable<[CodecMessage]>;
    post(worker, job);
    for await (const [message] of messages) {
      signal?.throwIfAborted();
      if (message.kind === 'end') {
        isReusable = message.isReusable;
        if (message.failure !== undefined) throw fromFailureMessage(message.failure);
        return;
      }
      const { buffer, byteOffset, byteLength } = message.bytes;
      // A caller that stops in the middle of a text must not keep the process alive.
      worker.unref();
      yield Buffer.from(buffer, byteOffset, byteLength);
      worker.ref();
      Atomics.sub(state, AHEAD, 1);
      Atomics.notify(state, AHEAD);
    }
    throw new Failure('worker-lost', { detail: 'the codec ended early' });
  } catch (error) {
    throw Atomics.load(state, LOADED) === 1 || signal?.aborted === true
      ? error
      : new Failure('codec-missing', { method: job.format }, error);
  } finally {
    if (isReusable) keepThread(thread);
    // The thread may read until it has ended, so the file must stay open.
    else await endThread(thread);
  }
}

function post(worker: Worker, job: CodecJob): void {
  if ('fd' in job.source) {
    worker.postMessage(job);
    return;
  }
  const data = ownMemory(job.source.data);
  worker.postMessage({ ...job, source: { data } }, [data.buffer]);
}
