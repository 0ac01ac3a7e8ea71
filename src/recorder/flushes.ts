import type { Waiter } from './recordQueue.ts';

interface Flush extends Waiter {
  readonly isDone: () => boolean;
}

/** The callers of `flush`. Each one waits only for what was queued before its call, not for what came after. */
export class Flushes {
  #waiting: Flush[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Resolves if `isDone` is true when `settle` is called. Rejects with the failure that `fail` is called with. */
  wait(isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ isDone, resolve, reject });
    });
  }

  /** Resolves for the callers whose lines are done. */
  settle(): void {
    const asked = this.#waiting;
    this.#waiting = [];
    for (const flush of asked) {
      if (flush.isDone()) flush.resolve();
      else this.#waiting.push(flush);
    }
  }

  fail(failure: Error): void {
    const asked = this.#waiting;
    this.#waiting = [];
    for (const { reject } of asked) reject(failure);
  }
}
