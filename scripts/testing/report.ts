/** What became of one file, or of a tool. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

interface Failure {
  /** The test's whole title, or what failed in its place. */
  readonly title: string;
  /** The message and the stack; what a test added to its message (a picture, a log) stands there, too. */
  readonly text: string;
}

/** The report of something that failed as a whole. */
export function failedWhole(title: string, text: string): Report {
  return { passed: 0, failed: 1, failures: [{ title, text }] };
}

/** A program that runs tests prints its report as one line behind this mark. */
export const REPORT_LINE = 'report: ';
