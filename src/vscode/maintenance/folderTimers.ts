import type { Disposable } from '../../base/disposable.ts';
import { AFTER_START, MaintenanceSchedule, SOON, type RunOutcome } from './maintenanceSchedule.ts';

/** A folder with background runs. */
export interface TimedFolder {
  readonly root: string;
  /** More than 0. */
  readonly intervalMs: number;
  /** The work that is due now, as `MaintenanceSchedule.see` takes it. */
  readonly due: string;
}

/** Makes one run in the folder `root`, and never fails. `signal` ends it when the folder no longer gets runs. */
type Run = (root: string, signal: AbortSignal) => Promise<RunOutcome>;

/** Starts the runs of several folders when their schedules say so. */
export class FolderTimers implements Disposable {
  readonly #run: Run;
  readonly #timers = new Map<string, FolderTimer>();
  #first = AFTER_START;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Sets all folders to follow. A folder whose interval has changed starts anew. */
  follow(folders: readonly TimedFolder[]): void {
    for (const [root, timer] of this.#timers) {
      const isFollowed = folders.some(
        (folder) => folder.root === root && folder.intervalMs === timer.intervalMs,
      );
      if (isFollowed) continue;
      timer.dispose();
      this.#timers.delete(root);
    }
    for (const { root, intervalMs, due } of folders) {
      const timer =
        this.#timers.get(root) ??
        new FolderTimer(intervalMs, this.#first, (signal) => this.#run(root, signal));
      this.#timers.set(root, timer);
      timer.see(due);
    }
    // A folder that is opened or gets its policy later need not wait as long as at the start of a window.
    this.#first = SOON;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.dispose();
    this.#timers.clear();
  }
}

class FolderTimer implements Disposable {
  readonly intervalMs: number;
  readonly #schedule: MaintenanceSchedule;
  readonly #run: (signal: AbortSignal) => Promise<RunOutcome>;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, first: typeof SOON, run: (signal: AbortSignal) => Promise<RunOutcome>) {
    this.intervalMs = intervalMs;
    this.#schedule = new MaintenanceSchedule({
      intervalMs,
      first,
      now: performance.now(),
      random: Math.random,
    });
    this.#run = run;
  }

  see(due: string): void {
    this.#schedule.see(due, performance.now());
    this.#wait();
  }

  dispose(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const { next } = this.#schedule;
    if (next === undefined || this.#controller.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#go(), Math.max(0, next - performance.now()));
  }

  async #go(): Promise<void> {
    this.#schedule.begin();
    const outcome = await this.#run(this.#controller.signal);
    this.#schedule.end(outcome, performance.now());
    this.#wait();
  }
}
