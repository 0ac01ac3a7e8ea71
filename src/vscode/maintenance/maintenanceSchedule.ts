import type { FailureCode } from '../../base/failure.ts';

/** The outcome of a run. `busy`: another run was under way, here or elsewhere. `stopped`: a person stopped it. */
export type RunOutcome = 'done' | 'busy' | 'stopped';

/**
 * The outcome of a run that a person need not hear of: another run was under way, a person stopped it, or the policy was
 * removed while the run was due. Undefined for all other failures.
 */
export function outcomeOf(code: FailureCode): RunOutcome | undefined {
  switch (code) {
    case 'maintenance-busy':
      return 'busy';
    case 'cancelled':
      return 'stopped';
    case 'not-managed':
      return 'done';
    default:
      return undefined;
  }
}

/** A random length of time between two bounds, in ms, so that several windows do not run at the same moment. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The delay of the first run: a window that has just started has other things to do first. */
export const AFTER_START: Span = { from: 10_000, to: 30_000 };
/**
 * The delay of a run for new due work. Such work comes in bursts: several files rotate, or a policy is saved
 * repeatedly.
 */
export const SOON: Span = { from: 1000, to: 4000 };
const AFTER_ANOTHER: Span = { from: 10_000, to: 30_000 };
/** The jitter of the interval, as a fraction of it. */
const JITTER = 0.1;

const MINUTE_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1000;
const DEFAULT_MINUTES = 60;
/** A week, as in package.json. */
const MOST_MINUTES = 10_080;

/** The interval of the setting in ms; 0: never. No value of the setting can cause a busy loop. */
export function intervalOf(minutes: unknown): number {
  if (typeof minutes !== 'number' || Number.isNaN(minutes)) return DEFAULT_MINUTES * MINUTE_MS;
  if (minutes <= 0) return 0;
  return Math.max(SHORTEST_INTERVAL_MS, Math.min(minutes, MOST_MINUTES) * MINUTE_MS);
}

export interface ScheduleOptions {
  /** More than 0. */
  readonly intervalMs: number;
  /** How long after `now` the first run comes; never later than the interval. */
  readonly first: Span;
  readonly now: number;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
}

/**
 * Decides when maintenance of one folder runs by itself: once per interval, and soon after new work becomes due. Work
 * that is still due after a run (a file that cannot be zipped) is not retried until it changes or the interval is over.
 * The class is pure: times are in ms of any clock, and the caller starts the runs.
 */
export class MaintenanceSchedule {
  readonly #intervalMs: number;
  readonly #random: () => number;
  /** The time of the next run of the interval. */
  #timed: number;
  /** The time of an earlier run for new due work. */
  #soon = Infinity;
  #due = '';
  /** The work that was due when the last run began; undefined before the first run, which does all due work. */
  #tried: string | undefined;
  #began: string | undefined;

  constructor({ intervalMs, first, now, random }: ScheduleOptions) {
    this.#intervalMs = intervalMs;
    this.#random = random;
    this.#timed = now + this.#within(first);
  }

  /** When the next run is to begin; undefined while one is under way. */
  get next(): number | undefined {
    return this.#began === undefined ? Math.min(this.#timed, this.#soon) : undefined;
  }

  /** Takes the work that is due now: a text to compare, empty for none. */
  see(due: string, now: number): void {
    this.#due = due;
    if (this.#tried === undefined) return;
    if (due === '') {
      // The same file may become due again later.
      this.#tried = '';
      this.#soon = Infinity;
    } else if (due !== this.#tried && this.#soon === Infinity) {
      this.#soon = now + this.#within(SOON);
    }
  }

  begin(): void {
    this.#began = this.#due;
  }

  /** Takes the outcome of a run. Call `see` with the work that is due after it first. */
  end(outcome: RunOutcome, now: number): void {
    const began = this.#began ?? '';
    this.#began = undefined;
    this.#timed = now + this.#intervalMs * (1 - JITTER + 2 * JITTER * this.#random());
    this.#soon = Infinity;
    if (outcome === 'busy') {
      // The other run may have begun before this work became due.
      this.#tried ??= '';
      if (this.#due !== '') this.#soon = now + this.#within(AFTER_ANOTHER);
      return;
    }
    this.#tried = outcome === 'stopped' ? this.#due : began;
    this.see(this.#due, now);
  }

  #within({ from, to }: Span): number {
    return Math.min(from + (to - from) * this.#random(), this.#intervalMs);
  }
}
