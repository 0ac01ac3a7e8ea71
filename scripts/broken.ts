/**
 * `npm run broken`, or `npm run broken -- 7 12`: breaks the code as each row of test/broken.ts (or each row with these
 * numbers) describes, in a copy of the checkout, and expects that every test file of the row fails. It first runs each
 * file on the unbroken code: a test that fails anyway proves nothing.
 */
import { transform } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { rows, type BrokenRow } from '../test/broken.ts';
import { checkout } from './folders.ts';
import { killTree } from './processGroup.ts';

const COPIES = 2;
/** The time limit of one test, in ms. */
const TIMEOUT_MS = 600_000;
/** A process that is still running this long after a signal is killed. */
const GRACE_MS = 3000;
/** Files that a copy replaces or leaves out. */
const notCopied: ReadonlySet<string> = new Set(['.git', '.work', 'dist', 'node_modules']);

const running = new Set<ChildProcess>();
const folders: string[] = [];
let isInterrupted = false;

/** The result of a test file. */
interface Verdict {
  readonly kind: 'red' | 'green' | 'not-run';
  /** For a red file: the first test that failed, and why. */
  readonly why: string;
}

/** The part of mocha's JSON report that is read here. */
interface MochaReport {
  readonly stats: { readonly tests: number };
  readonly failures: readonly { readonly fullTitle: string; readonly err: MochaError }[];
}

interface MochaError {
  readonly message?: string;
  readonly stack?: string;
  readonly code?: string;
}

/** Makes a copy of the checkout that shares the installed packages. */
function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'broken-'));
  folders.push(folder);
  // Some tests run a program as another user, who needs access.
  chmodSync(folder, 0o755);
  // No test needs the packages of the benchmarks.
  const filter = (path: string): boolean => basename(path) !== 'node_modules';
  for (const name of readdirSync(checkout))
    if (!notCopied.has(name)) cpSync(join(checkout, name), join(folder, name), { recursive: true, filter });
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, '.work'));
  symlinkSync(join(checkout, '.work', 'vscode-server'), join(folder, '.work', 'vscode-server'));
  return folder;
}

/** Runs a program of the copy to its end. @returns its exit code, and what it printed */
async function run(copy: string, words: readonly string[]): Promise<{ code: number; said: string }> {
  const own = join(copy, '.own');
  rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  const child = spawn(process.execPath, words, {
    cwd: copy,
    env: { ...process.env, ...ownPlaces(own) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => said.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  running.delete(child);
  return { code: code ?? -1, said: Buffer.concat(said).toString() };
}

/** Broken code may leave files anywhere; these places are deleted with the copy. */
function ownPlaces(folder: string): Record<string, string> {
  const names = ['TMPDIR', 'HOME', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME'];
  const places = names.map((name) => [name, join(folder, name)] as const);
  for (const [, path] of places) mkdirSync(path, { recursive: true });
  const bin = join(checkout, 'node_modules', '.bin');
  return { ...Object.fromEntries(places), PATH: [bin, process.env.PATH].join(delimiter) };
}

/** Builds the bundles for tests outside of test/unit; those in test/unit build their own. */
async function build(copy: string, file: string): Promise<string> {
  if (file.startsWith('test/unit/')) return '';
  const built = await run(copy, ['esbuild.mjs']);
  if (built.code !== 0) return built.said;
  if (file.startsWith('test/faults/')) return '';
  const pack = "import('./scripts/packExtension.ts').then(({ packExtension }) => packExtension())";
  const packed = await run(copy, ['--eval', pack]);
  return packed.code === 0 ? '' : packed.said;
}

/** @param isBroken the first failure is enough */
async function runTests(copy: string, file: string, isBroken: boolean): Promise<Verdict> {
  const trouble = await build(copy, file);
  if (trouble !== '') return { kind: 'not-run', why: trouble };
  const report = join(copy, '.report.json');
  rmSync(report, { force: true });
  const { code, said } = await run(copy, [
    'node_modules/mocha/bin/mocha.js',
    ...['--require', './scripts/endOnSignal.ts', '--timeout', String(TIMEOUT_MS), '--exit'],
    ...['--reporter', 'json', '--reporter-option', `output=${report}`, ...(isBroken ? ['--bail'] : []), file],
  ]);
  let result: MochaReport;
  try {
    result = JSON.parse(readFileSync(report, 'utf8')) as MochaReport;
  } catch {
    return {
      kind: 'not-run',
      why: `${file} was not run to its end (exit code ${String(code)}): ${said.slice(-2000)}`,
    };
  }
  const [failure] = result.failures;
  if (failure !== undefined) {
    const why = `${failure.fullTitle}: ${kindOf(failure.err)}`;
    // This can happen to any test on a busy machine.
    return { kind: failure.err.code === 'ERR_MOCHA_TIMEOUT' ? 'not-run' : 'red', why };
  }
  const { tests } = result.stats;
  return tests > 0 ? { kind: 'green', why: '' } : { kind: 'not-run', why: `${file} has no test` };
}

/** The first line of an error, which begins with its type. */
function kindOf({ stack = '', message = '' }: MochaError): string {
  const [first = ''] = (stack === '' ? message : stack).split('\n');
  return first.slice(0, 160);
}

/** @returns the broken text; a sentence where the row cannot be applied */
async function breakText({ file, from, to }: BrokenRow): Promise<{ text: string } | { refused: string }> {
  const text = readFileSync(join(checkout, file), 'utf8');
  const parts = text.split(from);
  if (parts.length !== 2) return { refused: `the text to replace occurs ${String(parts.length - 1)} times` };
  const broken = parts.join(to);
  try {
    await transform(broken, { loader: 'ts' });
  } catch (error) {
    return { refused: `what is broken does not parse: ${String(error)}` };
  }
  return { text: broken };
}

/** @returns red where every test file of the row fails */
async function runRow(
  copy: string,
  row: BrokenRow,
  unbroken: ReadonlyMap<string, Verdict>,
): Promise<Verdict> {
  for (const file of row.tests) {
    const before = unbroken.get(file);
    if (before?.kind !== 'green')
      return { kind: 'not-run', why: `without any change, ${before?.why ?? `${file} was not run`}` };
  }
  const broken = await breakText(row);
  if ('refused' in broken) return { kind: 'not-run', why: broken.refused };
  const path = join(copy, row.file);
  writeFileSync(path, broken.text);
  try {
    const whys: string[] = [];
    for (const file of row.tests) {
      const verdict = await runTests(copy, file, true);
      if (verdict.kind !== 'red') return { ...verdict, why: verdict.why === '' ? file : verdict.why };
      whys.push(verdict.why);
    }
    return { kind: 'red', why: whys.join('\n       ') };
  } finally {
    cpSync(join(checkout, row.file), path);
  }
}

/** Does `work` for each of the items, in as many copies at once as there are. */
async function forEach<T>(items: readonly T[], copies: readonly string[], work: Work<T>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    copies.map(async (copy) => {
      for (const item of waiting) {
        if (isInterrupted) return;
        const begin = performance.now();
        await work(copy, item, () => `${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s`);
      }
    }),
  );
}

type Work<T> = (copy: string, item: T, seconds: () => string) => Promise<void>;

const words = { red: 'red', green: 'STAYED GREEN', 'not-run': 'NOT PROVEN' } as const;

async function main(chosen: readonly (readonly [number: number, row: BrokenRow])[]): Promise<boolean> {
  const copies = Array.from({ length: Math.min(COPIES, chosen.length) }, makeCopy);
  const unbroken = new Map<string, Verdict>();
  const files = [...new Set(chosen.flatMap(([, { tests }]) => tests))];
  await forEach(files, copies, async (copy, file, seconds) => {
    const verdict = await runTests(copy, file, false);
    if (isInterrupted) return;
    unbroken.set(file, verdict);
    console.log(
      `  as it is ${seconds()}  ${file}${verdict.kind === 'green' ? '' : `  FAILED: ${verdict.why}`}`,
    );
  });
  let red = 0;
  await forEach(chosen, copies, async (copy, [number, row], seconds) => {
    const { kind, why } = await runRow(copy, row, unbroken);
    if (isInterrupted) return;
    if (kind === 'red') red += 1;
    console.log(
      `${String(number).padStart(4)} ${seconds()}  ${words[kind].padEnd(12)}  ${row.file}\n       ${why}`,
    );
  });
  console.log(`\n${String(red)} red, ${String(chosen.length - red)} green`);
  return red === chosen.length;
}

/** Ends what runs, and removes the copies. */
function interrupt(): void {
  if (isInterrupted) return;
  isInterrupted = true;
  for (const child of running) child.kill('SIGTERM');
  setTimeout(() => {
    for (const { pid } of running) if (pid !== undefined) killTree(pid);
  }, GRACE_MS).unref();
}

const numbers = process.argv.slice(2).map(Number);
const chosen = [...rows.entries()]
  .map(([index, row]) => [index + 1, row] as const)
  .filter(([number]) => numbers.length === 0 || numbers.includes(number));
for (const reason of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(reason, interrupt);
if (chosen.length === 0 || numbers.some((number) => !(number in rows || number === rows.length))) {
  console.error(`Name rows by their numbers, from 1 to ${String(rows.length)}.`);
  process.exitCode = 1;
} else {
  try {
    process.exitCode = (await main(chosen)) ? 0 : 1;
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
