/** What came of a run. `busy`: another one was under way, here or elsewhere. `stopped`: a person stopped it. */
export type RunOutcome = 'done' | 'busy' | 'stopped';

/** A length of time in ms, by chance between two: what several windows do together should not fall together. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A window that just started has other things to do first. */
export const AFTER_START: Span = { from: 10_000, to: 30_000 };
/** What became due comes in bursts: several files rotate, a policy is saved and saved again. */
export const SOON: Span = { from: 1000, to: 4000 };
const AFTER_ANOTHER: Span = { from: 10_000, to: 30_000 };
/** The interval's own jitter, as a part of it. */
const JITTER = 0.1;

const MINUTE_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1000;
const DEFAULT_MINUTES = 60;
/** A week, as in package.json. */
const MOST_MINUTES = 10_080;

/** The interval in ms that the setting asks for; 0: never. Whatever stands in the settings, there is no busy loop. */
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
 * When maintenance of one folder runs by itself: once an interval, and soon after something new became due. What is still
 * due after a run (a file that cannot be zipped) is not tried again until it changes or the interval is over. Pure: times
 * are in ms of any clock, and whoever holds it starts the runs.
 */
export class MaintenanceSchedule {
  readonly #intervalMs: number;
  readonly #random: () => number;
  /** The run that comes anyway. */
  #timed: number;
  /** The run for what became due. */
  #soon = Infinity;
  #due = '';
  /** What was due when the last run began; undefined until the first one, which does it all. */
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

  /** What maintenance would do now was looked at: a text to compare, empty for nothing. */
  see(due: string, now: number): void {
    this.#due = due;
    if (this.#tried === undefined) return;
    if (due === '') {
      // The same file may become due again.
      this.#tried = '';
      this.#soon = Infinity;
    } else if (due !== this.#tried && this.#soon === Infinity) {
      this.#soon = now + this.#within(SOON);
    }
  }

  begin(): void {
    this.#began = this.#due;
  }

  /** A run is over, and what is due now was seen. */
  end(outcome: RunOutcome, now: number): void {
    const began = this.#began ?? '';
    this.#began = undefined;
    this.#timed = now + this.#intervalMs * (1 - JITTER + 2 * JITTER * this.#random());
    this.#soon = Infinity;
    if (outcome === 'busy') {
      // The other run may have begun before this became due.
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
