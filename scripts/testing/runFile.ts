import Mocha from 'mocha';
import { join } from 'node:path';
import { format } from 'node:util';
import { checkout } from '../folders.ts';
import { failedWhole, type Report } from './report.ts';
import { witnesses } from './witnesses.ts';

/** How a file of tests is run. */
export interface FileOptions {
  /** Of a single test, in milliseconds. */
  readonly timeout: number;
  /** Only the tests whose titles contain it. */
  readonly grep?: string | undefined;
}

/**
 * Loads and runs one file of tests in this process. A skipped test counts as failed, and so does a file without tests.
 * @param name relative to the checkout
 */
export async function runFile(name: string, { timeout, grep }: FileOptions): Promise<Report> {
  const mocha = new Mocha({ timeout, forbidOnly: true });
  if (grep !== undefined) mocha.fgrep(grep);
  mocha.addFile(join(checkout, name));
  try {
    await mocha.loadFilesAsync();
  } catch (error) {
    return failedWhole(`${name} does not load`, format(error));
  }
  const report = await runMocha(mocha);
  mocha.dispose();
  if (report.passed + report.failed === 0 && grep === undefined) return failedWhole(name, 'It has no test.');
  return report;
}

/** Runs what mocha has loaded. */
export async function runMocha(mocha: Mocha): Promise<Report> {
  mocha.reporter(Silent);
  const failures: { title: string; text: string }[] = [];
  let passed = 0;
  mocha.suite.afterEach('ask the witnesses', async function () {
    const failure = failures.at(-1);
    if (this.currentTest?.state !== 'failed' || failure === undefined) return;
    for (const witness of witnesses) failure.text += `\n${await witness(failure.title)}`;
  });
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('pass', () => (passed += 1));
    runner.on('pending', (test) => failures.push({ title: test.fullTitle(), text: 'It was skipped.' }));
    runner.on('fail', (test, error: unknown) => {
      failures.push({ title: test.fullTitle(), text: describe(error) });
    });
  });
  return { passed, failed: failures.length, failures };
}

/** With its causes, and the difference where two values were compared. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return format(error);
  const { stack, message } = error;
  const text = stack?.includes(message) === true ? stack : `${message}\n${stack ?? ''}`;
  return error.cause === undefined ? text : `${text}\ncaused by ${describe(error.cause)}`;
}

/** The queue prints, not mocha. */
class Silent extends Mocha.reporters.Base {}
