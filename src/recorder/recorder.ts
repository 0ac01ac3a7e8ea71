import { EventEmitter } from 'node:events';
import { realpathSync } from 'node:fs';
import { Failure, fromFailureMessage, fromUnknown, isFailure, withLoss } from '../base/failure.ts';
import { nextWait, type Patience } from '../base/patience.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import { linesIn, openAppender, type Appended, type Appender, type AppendPort } from '../files/append.ts';
import { derivedWorkspaceId } from '../workspace/stateFolder.ts';
import { createIntake, FILTERED, INVALID, TAKEN, type Intake, type Taken } from '../entries/line.ts';
import { LineBuffer } from '../masking/lineBuffer.ts';
import { createMasker } from '../masking/masker.ts';
import type { Entry } from '../files/entry.ts';
import { mayBeInRepository } from '../git/git.ts';
import { formatFileName } from '../files/fileName.ts';
import type { Policy } from '../policy/policy.ts';
import { logsFolder, requirePolicy, requireWorkspace } from '../workspace/workspace.ts';
import { outputSettings } from '../audit/outputs/auditFile.ts';
import type { StoreChoice } from '../audit/store.ts';
import type { Trail } from '../audit/trail.ts';
import type { AuditEnvironment } from '../policy/auditEnvironment.ts';
import { RequestAudit } from './audit/requestAudit.ts';
import type { AuditDoor } from './audit/requestRecord.ts';
import type { RequestAuditor } from './capture/capture.ts';
import { Flushes } from './flushes.ts';
import type { App } from '../jobs/jobs.ts';
import { watchPolicy, type PolicyWatch } from '../workspace/policyWatch.ts';
import { RecordQueue, type Batch, type Waiter } from './recordQueue.ts';
import type {
  RecorderEvents,
  RecorderOptions,
  Recorder as RecorderType,
  RecorderStats,
} from './recorderTypes.ts';
import { rotationFollower, type RotationFollower } from './rotationFollower.ts';
import { whenProcessEnds } from './whenProcessEnds.ts';
import { inWords } from '../words/failures.ts';

/** What the composition passes in: the workers' jobs and, for tests, a disk that fails and a patience that they end. */
export interface RecorderParts {
  readonly app: App;
  /** Without a trail no request becomes an audit record. */
  readonly trail?: Trail | undefined;
  /** Where the trail is kept; in SQLite if it is left out. */
  readonly store?: StoreChoice | undefined;
  /** Through which door the records come. The default is `library`. */
  readonly door?: AuditDoor | undefined;
  /** What the environment sets over the policy's `audit` part. */
  readonly auditEnvironment?: AuditEnvironment | undefined;
  readonly port?: AppendPort | undefined;
  readonly time?: Patience;
}

const QUEUE_BYTES = 8 * BYTES_PER_MB;
/** How long a line waits for other lines that are written with it. */
const GATHER_MS = 10;
const RETRY_MS = { first: 50, longest: 2000 };
const EXIT_PATIENCE_MS = 300;
const NOTE_BYTES = 256;

/**
 * Records entries in a workspace's `logs/api.log`: filtered, masked and appended under the policy, from any number of
 * processes. `record` never waits and never throws. `flush`, events and counts report what happens to the lines.
 */
export class Recorder extends EventEmitter<RecorderEvents> implements RecorderType {
  readonly #root: string;
  readonly #strict: boolean;
  readonly #knownSecrets: readonly string[];
  readonly #appender: Appender;
  readonly #queue: RecordQueue;
  readonly #watch: PolicyWatch;
  readonly #rotation: RotationFollower;
  readonly #audit: RequestAudit | undefined;
  readonly #forgetExit: () => void;
  #intake: Intake | undefined;
  #rotationLimit = Number.POSITIVE_INFINITY;
  #accepted = 0;
  #filtered = 0;
  #dropped = 0;
  #written = 0;
  /** `#unnoted` counts the dropped entries without a note in the log yet, `#untold` those without an event yet. */
  #unnoted = 0;
  #untold = 0;
  #timer: NodeJS.Timeout | undefined;
  #isDrainDue = false;
  readonly #flushes = new Flushes();
  #draining: Promise<void> | undefined;
  #outage: { retryMs: number; failure: Failure } | undefined;
  /** The failure for written lines that may not survive a power loss, until a `flush` has reported it. */
  #unsynced: Failure | undefined;
  #closing: Promise<void> | undefined;

  /** The workspace's id when the recorder was made; later ids of the policy stand in the lines alone. */
  readonly workspaceId: string;
  /** The real path of the workspace. */
  readonly folder: string;

  private constructor(
    options: RecorderOptions,
    parts: RecorderParts,
    { root, policy, appender }: { root: string; policy: Policy; appender: Appender },
  ) {
    super();
    this.workspaceId = workspaceIdOf(root, policy);
    this.#root = root;
    this.folder = realpathSync(root);
    this.#strict = options.mode === 'strict';
    this.#knownSecrets = options.knownSecrets ?? [];
    this.#appender = appender;
    this.#queue = new RecordQueue(options.queueBytes ?? QUEUE_BYTES);
    this.#rotation = rotationFollower(parts.app, root, {
      acceptPolicy: options.acceptPolicy === true,
      auditEnvironment: parts.auditEnvironment,
      onRotated: (files) => {
        this.#tell('rotated', files);
      },
      onFailure: (failure) => {
        this.#fail(failure);
      },
    });
    this.#audit = this.#auditWith(options, parts);
    this.#watch = watchPolicy(root, {
      onPolicy: (policy) => {
        this.#use(policy);
      },
      onFailure: (failure) => {
        this.#fail(failure);
      },
    });
    this.#forgetExit = whenProcessEnds(() => {
      this.#writeNow();
      this.#audit?.writeNow();
    });
  }

  /** @see createRecorder */
  static async open(options: RecorderOptions, parts: RecorderParts): Promise<Recorder> {
    const root = requireWorkspace({ root: options.workspace });
    const policy = requirePolicy(root);
    // A wrong variable is reported now, and not with the first request.
    if (parts.trail !== undefined) outputSettings(root, policy, parts.auditEnvironment);
    const appender = await openAppender(
      logsFolder(root),
      formatFileName({ kind: 'active', family: 'api' }),
      parts.port,
      { ...(parts.time && { time: parts.time }) },
    );
    const recorder = new Recorder(options, parts, { root, policy, appender });
    recorder.#use(policy);
    await recorder.#ensureIgnored(parts.app);
    return recorder;
  }

  /** The recording part of the policy in force; undefined while the workspace has no policy, so nothing is recorded. */
  get recording(): Policy['recording'] | undefined {
    return this.#intake?.recording;
  }

  /** What makes audit records of requests; undefined while the policy wants none. */
  get audit(): RequestAuditor | undefined {
    return this.#audit?.isOn === true ? this.#audit : undefined;
  }

  /** Bytes that wait for the disk. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** Queues an entry. Never waits and never throws. @returns whether it was queued, not filtered or dropped */
  record(entry: Entry): boolean {
    if (this.#take(entry) !== TAKEN) return false;
    if (!this.#queue.add()) {
      this.#drop(1);
      return false;
    }
    this.#accepted += 1;
    this.#schedule();
    return true;
  }

  /**
   * Records an entry and resolves when it survives a power loss, or at once if the policy does not want it. After a
   * rejection, it is unknown whether the entry is in the log.
   * @throws Failure `queue-full`, `entry-invalid`, `recorder-closed`, and those of the file system
   */
  async recordDurably(entry: Entry): Promise<void> {
    if (this.#closing !== undefined) throw inWords(new Failure('recorder-closed', {}));
    const taken = this.#take(entry);
    if (taken === INVALID) throw inWords(new Failure('entry-invalid', {}));
    if (taken === FILTERED) return;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      if (this.#queue.addDurable(waiter)) {
        this.#accepted += 1;
        this.#schedule();
      } else {
        this.#drop(1);
        reject(inWords(new Failure('queue-full', {})));
      }
    });
  }

  /**
   * Resolves when every entry queued before is in the log (in `strict` mode: when it survives a power loss), and every
   * audit record of a request before survives a power loss.
   * @throws Failure the reason why one could not be written; the rest still waits and is retried
   */
  async flush(): Promise<void> {
    const ends = await Promise.allSettled([this.#flushEntries(), this.#audit?.flush()]);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #flushEntries(): Promise<void> {
    const isDone = this.#queue.mark();
    const unsynced = this.#unsynced;
    this.#unsynced = undefined;
    if (unsynced !== undefined) throw unsynced;
    if (isDone()) return;
    const done = this.#flushes.wait(isDone);
    this.#drain();
    await done;
  }

  /**
   * Writes the waiting entries and audit records, and ends the recorder. What cannot be written counts as dropped. It is
   * safe to call this twice.
   * @throws Failure the reason why an entry or a record could not be written
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  /** Resolves when no rotation is in progress. A caller that waits for it keeps files close to their limit. */
  rotationSettled(): Promise<void> {
    return this.#rotation.settled();
  }

  stats(): RecorderStats {
    const audit = this.#audit?.counts;
    return {
      accepted: this.#accepted,
      filtered: this.#filtered,
      dropped: this.#dropped,
      written: this.#written,
      ...(audit !== undefined && { audit }),
    };
  }

  async #end(): Promise<void> {
    try {
      await this.flush();
      const { note } = this.#takeNote();
      if (note.length > 0) await this.#append(note, false);
    } finally {
      await this.#draining;
      this.#giveUp();
      clearTimeout(this.#timer);
      this.#forgetExit();
      this.#watch.close();
      await this.#audit?.close();
      await this.#rotation.close();
      this.#appender.close();
    }
  }

  /** No line is written before Git ignores the log. Without a repository no worker is started for this. */
  async #ensureIgnored(app: App): Promise<void> {
    if (!mayBeInRepository(this.#root)) return;
    const failure = await app
      .run('ensureIgnored', { root: this.#root })
      .then((message) => message && fromFailureMessage(message))
      .catch(fromUnknown);
    if (failure === undefined) return;
    // The caller gets the recorder first, and can listen then.
    setImmediate(() => {
      this.#fail(failure);
    });
  }

  #auditWith(options: RecorderOptions, parts: RecorderParts): RequestAudit | undefined {
    const { trail, store, door = 'library', auditEnvironment: environment = {} } = parts;
    if (trail === undefined) return undefined;
    const queueBytes = options.queueBytes ?? QUEUE_BYTES;
    return new RequestAudit(
      { root: this.#root, trail, store, door, queueBytes, environment },
      {
        onFull: (file) => {
          this.#rotation.rotateAudit(file);
        },
        onFailure: (failure) => {
          this.#fail(failure);
        },
        onDropped: (count) => {
          this.#tell('auditDropped', count);
        },
      },
    );
  }

  #use(policy: Policy | undefined): void {
    if (policy !== undefined) this.#rotation.maintainSoon();
    const extraKeys = policy?.masking.extraKeys ?? [];
    const masker = createMasker({ extraKeys, knownSecrets: this.#knownSecrets });
    this.#audit?.use(policy, masker);
    this.#rotationLimit = (policy?.rotation.maxFileMB ?? Number.POSITIVE_INFINITY) * BYTES_PER_MB;
    this.#intake =
      policy &&
      createIntake({
        recording: policy.recording,
        workspaceId: workspaceIdOf(this.#root, policy),
        masker,
      });
  }

  /** Writes an entry's line to the place from which the queue accepts it. */
  #take(entry: Entry): Taken {
    const { line } = this.#queue;
    // A getter of an entry may record another entry. While a line is begun, that other entry is refused.
    const taken =
      this.#closing !== undefined || line.isBegun
        ? INVALID
        : (this.#intake?.append(entry, Date.now(), line) ?? FILTERED);
    if (taken === INVALID) this.#drop(1);
    else if (taken === FILTERED) this.#filtered += 1;
    return taken;
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#unnoted += count;
    if (this.#untold === 0) {
      setImmediate(() => {
        const told = this.#untold;
        this.#untold = 0;
        this.#tell('dropped', told);
      });
    }
    this.#untold += count;
  }

  /** Schedules a write: soon, so that more lines gather, or for a whole batch after this turn of the event loop. */
  #schedule(): void {
    if (this.#isDrainDue || this.#draining !== undefined || this.#queue.isEmpty) return;
    // While the disk refuses writes, new lines do not cause earlier retries. The retry timer keeps the process alive
    // only if a caller waits.
    if (this.#outage !== undefined) {
      this.#timer ??= setTimeout(this.#drain, this.#outage.retryMs).unref();
      if (this.#queue.isAwaited) this.#timer.ref();
    } else if (this.#queue.isUrgent || !this.#flushes.isEmpty) {
      this.#isDrainDue = true;
      setImmediate(this.#drain);
    } else this.#timer ??= setTimeout(this.#drain, GATHER_MS);
  }

  readonly #drain = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDrainDue = false;
    this.#draining ??= this.#writeWaiting().finally(() => {
      this.#draining = undefined;
      this.#schedule();
    });
  };

  /** Writes the waiting lines batch by batch. New lines gather again, unless a caller waits for them. */
  async #writeWaiting(): Promise<void> {
    do {
      const batch = this.#queue.take();
      if (batch === undefined || !(await this.#write(batch))) return;
    } while (this.#queue.isUrgent || !this.#flushes.isEmpty);
  }

  /** @returns whether the next batch may be tried */
  async #write(batch: Batch): Promise<boolean> {
    const { count, waiters } = batch;
    const { note, told } = this.#takeNote();
    const result = await this.#append(
      note.length === 0 ? batch.lines : Buffer.concat([note, batch.lines]),
      waiters.length > 0,
    );
    const { size } = result;
    // A caller whose promise was rejected still has the entry.
    const failure =
      result.failure && inWords(waiters.length > 0 ? result.failure : withLoss(result.failure, 'entries'));
    if (result.written < note.length) this.#unnoted += told;
    const rest = batch.lines.subarray(Math.max(0, result.written - note.length));
    const missing = linesIn(rest);
    this.#written += count - missing;
    // A caller whose promise was rejected may record the entry again, so the entry is not retried here.
    this.#queue.done(batch, waiters.length > 0 ? undefined : { lines: rest, count: missing });
    if (waiters.length > 0 && missing > 0) this.#drop(missing);
    for (const { resolve, reject } of waiters) {
      if (failure === undefined) resolve();
      else reject(failure);
    }
    if (size > this.#rotationLimit) this.#rotation.rotate(this.#rotationLimit);
    if (failure === undefined) {
      this.#flushes.settle();
      this.#outage = undefined;
      return true;
    }
    const isUnsynced = this.#strict && result.isUnsynced === true;
    if (isUnsynced && this.#flushes.isEmpty) this.#unsynced = failure;
    if (!isUnsynced && waiters.length === 0) this.#flushes.settle();
    this.#flushes.fail(failure);
    const isNew = this.#outage === undefined;
    const retryMs = nextWait(this.#outage?.retryMs, RETRY_MS);
    this.#outage = { retryMs, failure };
    if (isNew) this.#fail(failure);
    return false;
  }

  #append(lines: Buffer, isAwaited: boolean): Promise<Appended> {
    return this.#appender
      .append(lines, { durable: this.#strict || isAwaited })
      .catch((error: unknown): Appended => ({ written: 0, size: 0, failure: fromUnknown(error) }));
  }

  /** A line of our own that says how many entries are missing here; empty if none are or nothing is recorded now. */
  #takeNote(): { readonly note: Buffer; readonly told: number } {
    const told = this.#unnoted;
    if (told === 0 || this.#intake === undefined || this.#intake.recording.level === 'NONE')
      return { note: nothing, told: 0 };
    this.#unnoted = 0;
    const entry = { method: '-', path: '-', status: 0, category: 'recorder', dropped: told };
    const line = new LineBuffer(NOTE_BYTES);
    this.#intake.appendNote(entry, Date.now(), line);
    line.finish();
    return { note: Buffer.from(line.take()), told };
  }

  /** Drops the waiting lines when the recorder is closed while the disk refuses writes. */
  #giveUp(): void {
    for (let batch = this.#queue.take(); batch !== undefined; batch = this.#queue.take()) {
      this.#queue.done(batch);
      this.#drop(batch.count);
      for (const { reject } of batch.waiters) reject(inWords(new Failure('recorder-closed', {})));
    }
  }

  /** Writes the waiting lines on this thread when the process ends, if the disk takes them at once. */
  #writeNow(): void {
    const options = { durable: this.#strict, patience: EXIT_PATIENCE_MS };
    try {
      this.#appender.appendNow(this.#takeNote().note, options);
      for (let batch = this.#queue.take(); batch !== undefined; batch = this.#queue.take())
        this.#appender.appendNow(batch.lines, options);
    } catch {
      // The process ends, so a failure can no longer be reported.
    }
  }

  #fail(failure: Failure): void {
    if (isFailure(failure, 'cancelled')) return;
    inWords(failure);
    queueMicrotask(() => {
      // The listeners are counted only now, because another failure may have used up a `once` listener meanwhile.
      if (this.listenerCount('error') > 0) this.emit('error', failure);
      else process.emitWarning(failure.message, { type: 'WorkspaceLogs', code: failure.code });
    });
  }

  /** Emits an event in a microtask. A listener that throws does not stop the recorder; its owner gets the error. */
  #tell<K extends 'dropped' | 'auditDropped' | 'rotated'>(event: K, ...values: RecorderEvents[K]): void {
    queueMicrotask(() => {
      (this as EventEmitter).emit(event, ...values);
    });
  }
}

function workspaceIdOf(root: string, { workspaceId }: Policy): string {
  return workspaceId ?? derivedWorkspaceId(root);
}

const nothing = Buffer.alloc(0);
