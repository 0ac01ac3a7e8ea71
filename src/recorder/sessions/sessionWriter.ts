import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Failure, fromFailureMessage, fromUnknown, isFailure } from '../../base/failure.ts';
import { nextWait } from '../../base/patience.ts';
import { SessionQueue } from '../../sessions/log/sessionQueue.ts';
import { Flushes } from '../flushes.ts';
import type { App } from '../../jobs/jobs.ts';
import type { SessionStats } from './sessionTypes.ts';
import type { SessionOutcome, WriteSessionInput, WrittenSession } from '../../sessions/writeSession.ts';
import { inWords } from '../../words/failures.ts';

/** A completed log that waits to be written. */
export interface WaitingSession {
  readonly input: WriteSessionInput;
  /** The number of bytes that it keeps in memory. */
  readonly bytes: number;
  /** Is called with the reason when the log is skipped, is dropped or has to wait. */
  readonly tell: (failure: Failure) => void;
  readonly onWritten?: (() => void) | undefined;
}

interface Waiting extends WaitingSession {
  /** A worker was lost while it wrote this log. The log may have been the cause. */
  lostWorker: boolean;
}

interface WriterOptions {
  /** Runs before each log is given to the worker. */
  readonly beforeWrite?: () => Promise<unknown>;
}

const RETRY_MS = { first: 1000, longest: 60_000 };
const EXIT_PATIENCE_MS = 5000;
/** Errors that pass by themselves, or when resources are freed. */
const passing: ReadonlySet<string> = new Set(['EAGAIN', 'EBUSY', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETIMEDOUT']);

/**
 * Writes completed session logs in the worker, one after the other. While the disk is full or busy, the logs wait and
 * are retried after a growing delay of at most a minute. A log that the disk refuses for another reason is dropped. A
 * log is copied to the worker and kept here until it is written, so that it is not lost with a worker. A log that loses
 * two workers is dropped.
 */
export class SessionWriter {
  readonly #app: App;
  readonly #beforeWrite: () => Promise<unknown>;
  readonly #queue = new SessionQueue<Waiting>();
  readonly #flushes = new Flushes();
  #completed = 0;
  #written = 0;
  #skipped = 0;
  #dropped = 0;
  /** The numbers of logs that were queued and that are done. */
  #added = 0;
  #done = 0;
  #isDue = false;
  /** Where the number of dropped logs is reported: that of the last one. */
  #tellRoom: WaitingSession['tell'] = () => undefined;
  #writing: Promise<void> | undefined;
  /** The log that the worker has. */
  #posted: Waiting | undefined;
  #outage: { retryMs: number; timer: NodeJS.Timeout } | undefined;

  constructor(app: App, { beforeWrite = () => Promise.resolve() }: WriterOptions = {}) {
    this.#app = app;
    this.#beforeWrite = beforeWrite;
  }

  /** Counts a log that is skipped and not even queued. */
  skip(): void {
    this.#completed += 1;
    this.#skipped += 1;
  }

  /** Queues a log. The worker gets it in a later turn. @returns whether there was room */
  add(waiting: WaitingSession): boolean {
    this.#completed += 1;
    const added = this.#queue.add({ ...waiting, lostWorker: false });
    if (added !== 'added') {
      this.#dropped += 1;
      waiting.input.password?.fill(0);
      this.#tellRoom = waiting.tell;
      if (added === 'first-full')
        waiting.tell(new Failure('session-queue-full', { limit: this.#queue.items.length }));
      return false;
    }
    this.#added += 1;
    if (this.#outage === undefined) this.#writeSoon();
    return true;
  }

  /**
   * Resolves when every log completed before is written, skipped or dropped.
   * @throws Failure the reason why they have to wait; they are retried
   */
  async flush(): Promise<void> {
    const mark = this.#added;
    const isDone = (): boolean => this.#done >= mark;
    if (isDone()) return;
    const done = this.#flushes.wait(isDone);
    this.#write();
    await done;
  }

  stats(): SessionStats {
    return {
      completed: this.#completed,
      written: this.#written,
      skipped: this.#skipped,
      dropped: this.#dropped,
    };
  }

  /**
   * Is called when the process ends. This thread waits, 5 s at most, while the worker writes its log and the waiting
   * logs.
   * @returns the number of lost logs
   */
  writeLast(): number {
    const posted = this.#posted;
    const waiting = this.#queue.items;
    if (waiting.length === 0) return 0;
    const inputs = waiting.filter((each) => each !== posted).map(({ input }) => input);
    const { port1, port2 } = new MessageChannel();
    const ended = new Int32Array(new SharedArrayBuffer(4));
    const last = { inputs, withUnderWay: posted !== undefined, port: port2, ended };
    const buffers = inputs.flatMap(({ log }) => log.chunks.map(({ buffer }) => buffer as ArrayBuffer));
    this.#app.run('writeLastSessions', last, { transfer: [port2, ...buffers] }).catch(() => undefined);
    waitFor(ended, waiting.length);
    let failed = 0;
    for (const each of [...waiting]) {
      const received = receiveMessageOnPort(port1);
      if (received === undefined) break;
      const message = received.message as SessionOutcome;
      this.#removeFirst();
      if ('failure' in message) {
        // There is no later retry, and the cause may have been reported as a temporary one before.
        this.#drop(each, fromFailureMessage(message.failure));
        failed += 1;
      } else this.#settle(each, message);
    }
    return failed + this.#queue.items.length;
  }

  #writeSoon(): void {
    if (this.#isDue || this.#writing !== undefined) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#write();
    });
  }

  #write(): void {
    clearTimeout(this.#outage?.timer);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    for (let [next] = this.#queue.items; next !== undefined; [next] = this.#queue.items) {
      try {
        await this.#beforeWrite();
        this.#posted = next;
        this.#settle(next, await this.#app.run('writeSessionInTurn', next.input));
      } catch (error) {
        const failure = fromUnknown(error);
        if (isFailure(failure, 'worker-lost') && !next.lostWorker) {
          next.lostWorker = true;
          continue;
        }
        if (isPassing(failure)) {
          this.#wait(next, failure);
          return;
        }
        this.#drop(next, failure);
      } finally {
        this.#posted = undefined;
      }
      this.#outage = undefined;
      this.#removeFirst();
      this.#done += 1;
      next.input.password?.fill(0);
      this.#flushes.settle();
    }
  }

  #settle(waiting: Waiting, result: WrittenSession): void {
    if ('skipped' in result) {
      this.#skipped += 1;
      waiting.tell(new Failure('session-skipped', { reason: result.skipped, detail: result.detail }));
    } else {
      this.#written += 1;
      for (const beside of [result.unprotected, result.unremembered])
        if (beside !== undefined) waiting.tell(fromFailureMessage(beside));
      waiting.onWritten?.();
    }
  }

  #removeFirst(): void {
    const dropped = this.#queue.removeFirst();
    if (dropped > 0) this.#tellRoom(new Failure('session-queue-room', { dropped }));
  }

  #drop(waiting: Waiting, failure: Failure): void {
    this.#dropped += 1;
    waiting.tell(failure);
  }

  /** Schedules a retry. It keeps no process alive. */
  #wait({ tell }: Waiting, failure: Failure): void {
    const retryMs = nextWait(this.#outage?.retryMs, RETRY_MS);
    const timer = setTimeout(() => {
      this.#write();
    }, retryMs).unref();
    this.#outage = { retryMs, timer };
    tell(failure);
    this.#flushes.fail(inWords(failure));
  }
}

function isPassing(failure: Failure): boolean {
  if (isFailure(failure, 'machine-error')) return passing.has(failure.data.errno);
  return failure.code === 'disk-full' || failure.code === 'lock-busy';
}

function waitFor(ended: Int32Array<SharedArrayBuffer>, count: number): void {
  const deadline = Date.now() + EXIT_PATIENCE_MS;
  for (let seen = Atomics.load(ended, 0); seen < count; seen = Atomics.load(ended, 0)) {
    const left = deadline - Date.now();
    if (left <= 0) return;
    Atomics.wait(ended, 0, seen, left);
  }
}
