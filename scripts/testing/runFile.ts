import Mocha from 'mocha';
import { join } from 'node:path';
import { format } from 'node:util';
import { checkout } from '../folders.ts';
import { failedWhole, type Report } from './report.ts';
import { runMocha } from './runMocha.ts';

/** How a file of tests is run. */
export interface FileOptions {
  /** Of a single test that sets none, in milliseconds. */
  readonly timeout: number;
  /** The factor by which the time limits of all tests are longer, also of those that set one. */
  readonly slower: number;
  /** Only the tests whose titles contain it. */
  readonly grep?: string | undefined;
}

/**
 * Loads and runs one file of tests in this process. A skipped test counts as failed, and so does a file without tests.
 * @param name relative to the checkout
 */
export async function runFile(name: string, { timeout, slower, grep }: FileOptions): Promise<Report> {
  const mocha = new Mocha({ timeout, forbidOnly: true });
  if (grep !== undefined) mocha.fgrep(grep);
  mocha.addFile(join(checkout, name));
  try {
    await mocha.loadFilesAsync();
  } catch (error) {
    return failedWhole(`${name} does not load`, format(error));
  }
  lengthen(mocha.suite, slower);
  const report = await runMocha(mocha);
  mocha.dispose();
  if (report.passed + report.failed === 0 && grep === undefined) return failedWhole(name, 'It has no test.');
  return report;
}

/** Mocha's types lack `getHooks`. */
interface Hooked {
  getHooks(kind: string): readonly Mocha.Hook[];
}

function lengthen(suite: Mocha.Suite, factor: number): void {
  const kinds = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'];
  const hooks = kinds.flatMap((kind) => (suite as Mocha.Suite & Hooked).getHooks(kind));
  for (const part of [...suite.tests, ...hooks]) part.timeout(part.timeout() * factor);
  for (const within of suite.suites) lengthen(within, factor);
}
