import Mocha from 'mocha';
import { REPORT_LINE, type Report } from '../../scripts/testing/report.ts';
import { runMocha } from '../../scripts/testing/runMocha.ts';

const TIMEOUT_MS = 120_000;

/**
 * Runs mocha inside the extension host, and prints its report as one line.
 * @param load loads the files with the tests
 * @throws Error when a test failed or was skipped
 */
export async function runTests(load: () => Promise<void>): Promise<void> {
  const mocha = new Mocha({ timeout: TIMEOUT_MS, forbidOnly: true });
  // Defines `describe` and `it`, as mocha does before each file that it loads by itself.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await load();
  const report: Report = await runMocha(mocha);
  console.log(REPORT_LINE + JSON.stringify(report));
  if (report.failed > 0) throw new Error(`${String(report.failed)} failed`);
}
