import { suites } from './suites.ts';
import type { Result } from './queue.ts';

const DEAREST = 15;

/** Prints a line for each item when it ends, with its failures. */
export function printResult({ item, report, seconds, cpuSeconds }: Result): void {
  const mark = report.failed === 0 ? 'ok    ' : 'FAILED';
  const cost = `${seconds.toFixed(1).padStart(6)} s ${cpuSeconds.toFixed(1).padStart(6)} CPU s`;
  const counts = item.command === undefined ? `  (${countsOf(report)})` : '';
  console.log(`${mark} ${cost}  ${item.name}${counts}`);
  printFailures({ item, report });
}

/** Prints the failures again at the end, so that a truncated report still has them. */
export function printFailures({ item, report }: Pick<Result, 'item' | 'report'>): void {
  for (const { title, text } of report.failures)
    console.log(`\n✖ ${item.name}\n  ${title}\n\n${indented(text)}\n`);
}

/** Prints the cost of the run beside its budget. */
export function printCosts(results: readonly Result[], setUpSeconds: number, seconds: number): void {
  const dearest = results.toSorted((one, other) => other.cpuSeconds - one.cpuSeconds).slice(0, DEAREST);
  console.log(`\nThe ${String(dearest.length)} dearest of ${String(results.length)}:`);
  for (const { item, cpuSeconds } of dearest)
    console.log(`${cpuSeconds.toFixed(1).padStart(8)} CPU s  ${item.name}`);
  console.log(
    `\n${seconds.toFixed(0)} s in all, set-up and build ${setUpSeconds.toFixed(0)} s. CPU seconds by suite:`,
  );
  for (const { name, budget } of suites) {
    const own = results.filter(({ item }) => item.suite === name);
    if (own.length === 0) continue;
    const spent = own.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    const counts = countsOf(sumOf(own));
    console.log(`${name.padEnd(8)} ${spent.toFixed(0).padStart(5)} of ${String(budget).padEnd(4)} ${counts}`);
  }
}

export function sumOf(results: readonly Result[]): { readonly passed: number; readonly failed: number } {
  const sum = (count: (result: Result) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return { passed: sum(({ report }) => report.passed), failed: sum(({ report }) => report.failed) };
}

export function countsOf({ passed, failed }: { readonly passed: number; readonly failed: number }): string {
  return `${String(passed)} passed, ${String(failed)} failed`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
