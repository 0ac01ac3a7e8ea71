import { EventEmitter, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../base/failure.ts';

/** A thread of `codec.ts`, which decodes or encodes one text at a time. */
export interface CodecThread {
  readonly worker: Worker;
  /** How many pieces were sent and are not yet taken, at `AHEAD`; the thread waits on it. At `LOADED` 1 once it runs. */
  readonly state: Int32Array<SharedArrayBuffer>;
}

export const AHEAD = 0;
export const LOADED = 1;

/** Where its program lies: beside the bundle of each door, or here. */
const codecUrl = new URL(import.meta.url.endsWith('.ts') ? './codec.ts' : './codec.js', import.meta.url);

const MAX_BUSY = 2;
/** To start a thread takes ten times as long as a small text. */
const IDLE_MS = 5000;

let busy = 0;
const freed = new EventEmitter().setMaxListeners(0);
let idle: { readonly thread: CodecThread; readonly timer: NodeJS.Timeout } | undefined;

/**
 * The idle thread, or a new one; waits while two are busy.
 * @throws the reason of `signal`; Failure `codec-missing` where the machine starts no thread
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

/** For a thread that has done its job: it is kept for the next one, unless another one is. */
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

/** For any other thread. */
export async function endThread({ worker }: CodecThread): Promise<void> {
  try {
    await worker.terminate();
  } finally {
    free();
  }
}

function startThread(): CodecThread {
  const state = new Int32Array(new SharedArrayBuffer(8));
  // Not with this process's environment: a password may be in it.
  const worker = new Worker(codecUrl, { workerData: state, env: {} });
  // Nobody else listens between two jobs.
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
