import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Failure, fromFailureMessage } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import type { OpenFile } from './openFile.ts';
import type { SevenZipFormat } from './sevenZip.ts';

/** What the codec's thread is to do; it reads the descriptor, which all threads share. */
export interface CodecJob {
  readonly format: SevenZipFormat;
  readonly name: string;
  readonly fd: number;
  readonly bytes: number;
  /** One number: how many pieces were sent and are not yet taken. The thread waits on it. */
  readonly ahead: Int32Array<SharedArrayBuffer>;
}

export type CodecMessage =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly failure: FailureMessage };

/** Where the thread's program lies: beside the bundle of each door, or here. */
const codecUrl = new URL(import.meta.url.endsWith('.ts') ? './codec.ts' : './codec.js', import.meta.url);

/**
 * Decodes a file by 7-Zip, in a thread of its own that ends with the last piece, or as soon as nobody wants more.
 * @throws Failure `archive-damaged`, `archive-unsupported`, `worker-lost`, or that of reading
 */
export async function* decodeInThread(
  format: SevenZipFormat,
  { name, handle, bytes }: OpenFile,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  const ahead = new Int32Array(new SharedArrayBuffer(4));
  const workerData: CodecJob = { format, name, fd: handle.fd, bytes, ahead };
  const worker = new Worker(codecUrl, { workerData });
  try {
    const messages = on(worker, 'message', { signal, close: ['exit'] }) as AsyncIterable<[CodecMessage]>;
    for await (const [message] of messages) {
      if (message.kind === 'end') return;
      if (message.kind === 'failed') throw fromFailureMessage(message.failure);
      const piece = message.bytes;
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      Atomics.sub(ahead, 0, 1);
      Atomics.notify(ahead, 0);
    }
    throw new Failure('worker-lost', { detail: 'the codec ended early' });
  } finally {
    // Until then it may read, so the file has to stay open.
    await worker.terminate();
  }
}
