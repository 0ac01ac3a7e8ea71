import { on } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { Failure, fromFailureMessage, fromSystemError } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import { endThread, keepThread, takeThread } from './codecThreads.ts';
import type { SevenZipFormat } from './sevenZip.ts';

/** Compressed bytes: a range of a descriptor, which all threads share, or bytes in memory, which are given away. */
export type CodecSource =
  { readonly fd: number; readonly start: number; readonly bytes: number } | { readonly data: Uint8Array };

/** What a thread is to decode. */
export interface CodecJob {
  readonly format: SevenZipFormat;
  /** For failures. */
  readonly name: string;
  readonly source: CodecSource;
  /** For `lzma` without an end marker. */
  readonly bytesOfText?: number | undefined;
}

export type CodecMessage =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end'; readonly isReusable: boolean; readonly failure?: FailureMessage };

/**
 * Decodes by 7-Zip in a thread, which waits while nobody takes the text. A thread that is not needed to the end, since
 * nobody wants more or `signal` calls it off, is ended: 7-Zip cannot be interrupted.
 * @throws Failure `archive-damaged`, `archive-unsupported`, `cancelled`, `worker-lost`, or that of reading
 */
export async function* decodeInThread(job: CodecJob, signal?: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* piecesOf(job, signal);
  } catch (error) {
    throw signal?.aborted === true ? new Failure('cancelled', {}) : fromSystemError(error, job.name);
  }
}

async function* piecesOf(job: CodecJob, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const thread = await takeThread(signal);
  const { worker, ahead } = thread;
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
      // Who forgets a text in the middle must not keep the process alive by that.
      worker.unref();
      yield Buffer.from(buffer, byteOffset, byteLength);
      worker.ref();
      Atomics.sub(ahead, 0, 1);
      Atomics.notify(ahead, 0);
    }
    throw new Failure('worker-lost', { detail: 'the codec ended early' });
  } finally {
    if (isReusable) keepThread(thread);
    // Until it has ended it may read, so the file has to stay open.
    else await endThread(thread);
  }
}

function post(worker: Worker, job: CodecJob): void {
  if ('fd' in job.source) {
    worker.postMessage(job);
    return;
  }
  const { data } = job.source;
  const { buffer } = data;
  // Small ones share a pool, and with it the thread would get what is none of its business. (Node 22 could tell a pool;
  // but with that import Node 20 would fail before it is said to be too old.)
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === data.length;
  const own = isAlone ? new Uint8Array(buffer) : new Uint8Array(data);
  worker.postMessage({ ...job, source: { data: own } }, [own.buffer]);
}
