import type { AuditFile } from '../../audit/outputs/auditFile.ts';
import type { TrailReport } from '../../audit/outputs/outputs.ts';
import type { NewEntry } from '../../audit/record.ts';
import type { StoreChoice } from '../../audit/store.ts';
import { appendNow, type Trail } from '../../audit/trail.ts';
import { fromFailureMessage, fromUnknown, type Failure } from '../../base/failure.ts';
import { nextWait } from '../../base/patience.ts';
import type { Masker } from '../../masking/masker.ts';
import { withAuditEnvironment, type AuditEnvironment } from '../../policy/auditEnvironment.ts';
import type { Policy } from '../../policy/policy.ts';
import { inWords } from '../../words/failures.ts';
import type { AuditedRequest, RequestAuditor } from '../capture/capture.ts';
import { Flushes } from '../flushes.ts';
import { requestRecords, type AuditDoor, type RequestRecords } from './requestRecord.ts';

export interface RequestAuditOptions {
  readonly root: string;
  readonly trail: Trail;
  readonly door: AuditDoor;
  /** How many bytes may wait for the trail. */
  readonly queueBytes: number;
  readonly environment: AuditEnvironment;
  /** Where the trail is kept; in SQLite if it is left out. */
  readonly store?: StoreChoice | undefined;
}

export interface RequestAuditListener {
  /** The trail or one of its outputs failed. */
  readonly onFailure: (failure: Failure) => void;
  /** `audit.log` is larger than its limit. */
  readonly onFull: (file: AuditFile) => void;
  readonly onDropped: (count: number) => void;
}

interface Waiting {
  readonly entry: NewEntry;
  /** 0 for a record of our own, which says how many are missing. */
  readonly bytes: number;
}

/** Records that are given to the trail together. */
const BATCH = 1000;
const RETRY_MS = { first: 50, longest: 2000 };

/**
 * Gives records of requests to the trail's worker. `record` never waits: what waits for the trail is bounded, and what
 * finds no room is dropped and counted. A record that is given twice counts once, so after a failure the same records
 * are given again.
 */
export class RequestAudit implements RequestAuditor {
  readonly #options: RequestAuditOptions;
  readonly #listener: RequestAuditListener;
  #records: RequestRecords | undefined;
  #waiting: Waiting[] = [];
  /** The records that the trail was given and has not confirmed. */
  #batch: readonly Waiting[] = [];
  /** The bytes of both. */
  #bytes = 0;
  #added = 0;
  #written = 0;
  #dropped = 0;
  /** How many dropped records no record of the trail counts yet. */
  #unnoted = 0;
  readonly #flushes = new Flushes();
  #sending: Promise<void> | undefined;
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;
  /** Undefined unless the trail refused the last batch. */
  #retryMs: number | undefined;
  #isOutputFailing = false;
  #isStarted = false;
  #isClosed = false;

  constructor(options: RequestAuditOptions, listener: RequestAuditListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Follows the policy. */
  use(policy: Policy | undefined, masker: Masker): void {
    const { environment, door } = this.#options;
    this.#records = policy && requestRecords(withAuditEnvironment(policy, environment), masker, door);
  }

  /** Whether any request becomes a record now. */
  get isOn(): boolean {
    return this.#records !== undefined;
  }

  /** How many records are in the trail, and how many were lost; undefined while there was none. */
  get counts(): { readonly written: number; readonly dropped: number } | undefined {
    return this.#added + this.#dropped === 0 ? undefined : { written: this.#written, dropped: this.#dropped };
  }

  readonly levelOf: RequestAuditor['levelOf'] = (request) => this.#records?.levelOf(request);

  readonly record = (request: AuditedRequest): void => {
    if (this.#isClosed || this.#records === undefined) return;
    if (!this.#add(request, this.#records)) {
      this.#drop(1);
      this.#unnoted += 1;
    }
    this.#schedule();
  };

  /**
   * Resolves when every record so far is synced.
   * @throws Failure why the trail takes none; the records still wait and are tried again
   */
  async flush(): Promise<void> {
    const added = this.#added;
    const isDone = (): boolean => this.#written >= added;
    if (isDone()) return;
    const done = this.#flushes.wait(isDone);
    void this.#send();
    await done;
  }

  /**
   * Ends the trail with a last checkpoint. Records that the trail does not take now count as dropped. Never rejects: a
   * checkpoint that cannot be signed is reported, since the records are there without it.
   */
  async close(): Promise<void> {
    const { trail, root } = this.#options;
    this.#isClosed = true;
    await this.#send();
    clearTimeout(this.#timer);
    const left = this.#added - this.#written;
    this.#batch = [];
    this.#waiting = [];
    if (left > 0) this.#drop(left);
    try {
      if (this.#isStarted) await trail.run('closeTrail', { root });
    } catch (error) {
      this.#listener.onFailure(fromUnknown(error));
    } finally {
      trail.dispose();
    }
  }

  /** Writes what waits on this thread when the process ends. */
  writeNow(): void {
    const left = [...this.#batch, ...this.#take(Infinity)].map(({ entry }) => entry);
    try {
      if (left.length > 0) appendNow(this.#options, left);
    } catch {
      // The process ends, so a failure can no longer be reported.
    }
  }

  /** @returns false if the request makes no record, or finds no room */
  #add(request: AuditedRequest, records: RequestRecords): boolean {
    try {
      const reading = records.read(request, secondsNow());
      if (reading.kind === 'invalid') return false;
      const bytes = Buffer.byteLength(reading.entry.entry);
      if (this.#bytes + bytes > this.#options.queueBytes) return false;
      this.#waiting.push({ entry: reading.entry, bytes });
      this.#bytes += bytes;
      this.#added += 1;
      return true;
    } catch {
      return false;
    }
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#listener.onDropped(count);
  }

  /** Takes out the next records, behind one that counts those that were dropped. */
  #take(most: number): readonly Waiting[] {
    const taken = this.#waiting.splice(0, most);
    if (this.#unnoted === 0 || this.#records === undefined) return taken;
    const reading = this.#records.readMissing(this.#unnoted, secondsNow());
    if (reading.kind === 'invalid') return taken;
    this.#unnoted = 0;
    return [{ entry: reading.entry, bytes: 0 }, ...taken];
  }

  /** Requests of the same turn gather. While the trail refuses records, new ones cause no earlier retry. */
  #schedule(): void {
    if (this.#isClosed || this.#isDue || this.#sending !== undefined || this.#timer !== undefined) return;
    if (this.#batch.length === 0 && this.#waiting.length === 0) return;
    if (this.#retryMs !== undefined) {
      this.#timer = setTimeout(() => void this.#send(), this.#retryMs).unref();
      return;
    }
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      void this.#send();
    });
  }

  /** Gives the trail all that waits, one batch after the other. Never rejects. */
  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      this.#schedule();
    }));
  }

  async #sendAll(): Promise<void> {
    const { trail, root, store, environment } = this.#options;
    for (;;) {
      if (this.#batch.length === 0) this.#batch = this.#take(BATCH);
      if (this.#batch.length === 0) return;
      this.#isStarted = true;
      const entries = this.#batch.map(({ entry }) => entry);
      const reports: TrailReport[] = [];
      try {
        await trail.run(
          'appendToTrail',
          { root, store, entries, auditEnvironment: environment },
          { onReport: (report) => reports.push(report) },
        );
      } catch (error) {
        this.#fail(fromUnknown(error));
        return;
      }
      this.#confirm();
      this.#tell(reports);
    }
  }

  #confirm(): void {
    const records = this.#batch.filter(({ bytes }) => bytes > 0);
    this.#bytes -= records.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#written += records.length;
    this.#batch = [];
    this.#retryMs = undefined;
    this.#flushes.settle();
  }

  #fail(failure: Failure): void {
    const isNew = this.#retryMs === undefined;
    this.#retryMs = nextWait(this.#retryMs, RETRY_MS);
    this.#flushes.fail(inWords(failure));
    if (isNew) this.#listener.onFailure(failure);
  }

  /** A failure of an output is told once, until the output works again. */
  #tell(reports: readonly TrailReport[]): void {
    const failed = reports.find((report) => report.kind === 'output-failed');
    if (failed !== undefined && !this.#isOutputFailing)
      this.#listener.onFailure(fromFailureMessage(failed.failure));
    this.#isOutputFailing = failed !== undefined;
    for (const report of reports) if (report.kind === 'file-full') this.#listener.onFull(report.file);
  }
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}
