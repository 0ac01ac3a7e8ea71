import Mocha from 'mocha';
import { writeFileSync } from 'node:fs';

/** What a suite came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What each failure was, in words. */
  readonly failures?: readonly string[];
}

/** The environment variable that names the file for the counts. */
export const COUNTS_FILE = 'WORKSPACE_LOGS_TEST_COUNTS';

/** Mocha's usual report; at the end the counts go into a file. A skipped test counts as failed. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const counts: Counts = {
        passed: this.stats.passes,
        failed: this.stats.failures + this.stats.pending,
        failures: this.failures.map(describeFailure),
      };
      const file = process.env[COUNTS_FILE];
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    });
  }
}

function describeFailure(test: Mocha.Test): string {
  const { err } = test;
  return `${test.fullTitle()}\n${err?.stack ?? err?.message ?? 'failed'}`;
}
