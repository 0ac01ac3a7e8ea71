import { EventEmitter, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../base/failure.ts';

/** A thread of `codec.ts`, which decodes or encodes one text at a time. */
export interface CodecThread {
  readonly worker: Worker;
  /**
   * At `AHEAD`: how many sent pieces are not taken yet; the thread waits on this. At `LOADED`: 1 once the thread runs.
   */
  readonly state: Int32Array<SharedArrayBuffer>;
}

export const AHEAD = 0;
export const LOADED = 1;

/** The path of the thread's program: beside the bundle of each entry point, or here. */
const codecUrl = new URL(import.meta.url.endsWith('.ts') ? './codec.ts' : './codec.js', import.meta.url);

const MAX_BUSY = 2;
/** How long an idle thread is kept: starting one takes ten times as long as a small text. */
const IDLE_MS = 5000;

let busy = 0;
const freed = new EventEmitter().setMaxListeners(0);
let idle: { readonly thread: CodecThread; readonly timer: NodeJS.Timeout } | undefined;

/**
 * Returns the idle thread, or a new one; waits while two threads are busy.
 * @throws the reason of `signal`; Failure `codec-missing` if the machine cannot start a thread
 */
export async function takeThread(method: string, signal: AbortSignal | undefined): Promise<CodecThread> {
  signal?.throwIfAborted();
  while (busy >= MAX_BUSY) await once(freed, 'thread', { signal });
  busy += 1;
  try {
    const thread = takeIdle() ?? startThread();
    thread.worker.ref();
    return thread;
  } catch (error) {
    free();
    throw new Failure('codec-missing', { method }, error);
  }
}

/** Releases a thread that has finished its job. It is kept for the next job, unless another idle thread is kept. */
export function keepThread(thread: CodecThread): void {
  free();
  if (idle !== undefined) {
    void thread.worker.terminate();
    return;
  }
  thread.worker.unref();
  const timer = setTimeout(() => void takeIdle()?.worker.terminate(), IDLE_MS).unref();
  idle = { thread, timer };
}

/** Ends a thread that cannot be used again. */
export async function endThread({ worker }: CodecThread): Promise<void> {
  try {
    await worker.terminate();
  } finally {
    free();
  }
}

function startThread(): CodecThread {
  const state = new Int32Array(new SharedArrayBuffer(8));
  // The thread gets no copy of this process's environment, because that may hold a password.
  const worker = new Worker(codecUrl, { workerData: state, env: {} });
  // Between two jobs there is no other listener, and an error without one would end the process.
  worker.on('error', () => undefined);
  worker.once('exit', () => {
    if (idle?.thread.worker === worker) takeIdle();
  });
  return { worker, state };
}

function takeIdle(): CodecThread | undefined {
  clearTimeout(idle?.timer);
  const thread = idle?.thread;
  idle = undefined;
  return thread;
}

function free(): void {
  busy -= 1;
  freed.emit('thread');
}
