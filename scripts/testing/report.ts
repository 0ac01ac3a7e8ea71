/** The result of one file or tool. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

interface Failure {
  /** The test's whole title, or the name of the part that failed. */
  readonly title: string;
  /** The message and the stack, with everything that a test added to its message (a picture, a log). */
  readonly text: string;
}

/** The report of an item that failed as a whole. */
export function failedWhole(title: string, text: string): Report {
  return { passed: 0, failed: 1, failures: [{ title, text }] };
}

/** A program that runs tests prints its report as one line after this mark. */
export const REPORT_LINE = 'report: ';
