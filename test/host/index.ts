import Mocha from 'mocha';
import { format } from 'node:util';
import CountingReporter from '../../scripts/countingReporter.ts';

const TIMEOUT_MS = 120_000;
/** Before each line of the report: all else that is said in the extension host is noise. */
export const REPORT_MARK = '[report]';

/**
 * Runs mocha inside the extension host.
 * @param load loads the files with the tests
 * @throws Error when a test failed or was skipped
 */
export async function runTests(load: () => Promise<void>): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: CountingReporter,
    color: false,
    timeout: TIMEOUT_MS,
    forbidOnly: true,
    forbidPending: true,
  });
  Mocha.reporters.Base.consoleLog = (...words: unknown[]) => {
    console.log(REPORT_MARK + format(...words));
  };
  // Defines `describe` and `it`, as mocha does before each file that it loads by itself.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await load();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
