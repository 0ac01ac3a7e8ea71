import type { Field, Problem, ProblemCode } from './queryTree.ts';

/** What can be completed at the end of a text. */
export interface Completion {
  /** `field`: a field's name, or a word to search. `value`: a value of `field`. */
  readonly kind: 'field' | 'value';
  readonly field: Field | null;
  /** Where the text begins that a completion replaces; it ends at the position that was asked for. */
  readonly from: number;
  /** What stands there, without quotes and backslashes. */
  readonly prefix: string;
}

/** What is found out while a query is read, beside its tree. */
export class ParseFindings {
  readonly problems: Problem[] = [];
  #isStopped = false;
  #completion: Completion | undefined;
  #hasNone = false;

  /** A limit is passed: nothing more is read or reported. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  get completion(): Completion | undefined {
    return this.#isStopped || this.#hasNone ? undefined : this.#completion;
  }

  report(code: ProblemCode, from: number, to: number): void {
    const last = this.problems.at(-1);
    if (this.#isStopped || (last?.from === from && last.code === code)) return;
    this.problems.push({ from, to, code });
  }

  stop(code: ProblemCode, from: number, to: number): void {
    this.report(code, from, to);
    this.#isStopped = true;
  }

  /** The query ends at a place for a field's name, or for a value of `field`. The innermost place counts: it is first. */
  complete(field: Field | null, from: number, prefix: string): void {
    this.#completion ??= { kind: field ? 'value' : 'field', field, from, prefix };
  }

  /** The query ends inside something that has no completions. */
  completeNothing(): void {
    this.#hasNone ||= this.#completion === undefined;
  }
}
