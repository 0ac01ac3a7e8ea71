import type { Waiter } from './recordQueue.ts';

interface Flush extends Waiter {
  readonly isDone: () => boolean;
}

/** Those who wait for what was queued before they asked; each hears as soon as that is done, whatever came after. */
export class Flushes {
  #waiting: Flush[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Resolves once `isDone` holds when `settle` is called, rejects with what `fail` is called with. */
  wait(isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ isDone, resolve, reject });
    });
  }

  /** Tells those whose lines are done with. */
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
