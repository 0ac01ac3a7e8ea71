import Mocha from 'mocha';
import { format } from 'node:util';
import type { Report } from './report.ts';
import { witnesses } from './witnesses.ts';

/** Runs the loaded tests. */
export async function runMocha(mocha: Mocha): Promise<Report> {
  mocha.reporter(Silent);
  const failures: { title: string; text: string }[] = [];
  let passed = 0;
  const asking: Promise<void>[] = [];
  /** Asked at once, before the hooks after the test clean up; also after a failed hook. */
  const ask = async (failure: { readonly title: string; text: string }): Promise<void> => {
    for (const words of await Promise.all([...witnesses].map((witness) => witness(failure.title))))
      failure.text += `\n${words}`;
  };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('pass', () => (passed += 1));
    runner.on('pending', (test) => failures.push({ title: test.fullTitle(), text: 'It was skipped.' }));
    runner.on('fail', (test, error: unknown) => {
      const failure = { title: test.fullTitle(), text: describe(error) };
      failures.push(failure);
      asking.push(ask(failure));
    });
  });
  await Promise.all(asking);
  return { passed, failed: failures.length, failures };
}

/** The error's text with its causes, and the difference where two values were compared. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return format(error);
  const { stack, message } = error;
  const text = stack?.includes(message) === true ? stack : `${message}\n${stack ?? ''}`;
  return error.cause === undefined ? text : `${text}\ncaused by ${describe(error.cause)}`;
}

/** A reporter that prints nothing: the queue prints the results. */
class Silent extends Mocha.reporters.Base {}
