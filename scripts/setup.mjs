/**
 * The first steps on a bare machine, in plain JavaScript that Node 20 runs with nothing installed: the project's
 * packages, among them the Node 24 under which everything else runs.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const checkout = join(import.meta.dirname, '..');
const bin = join(checkout, 'node_modules', '.bin');
const node24 = join(
  checkout,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
const PARENT_LOOK_MS = 200;

/** Installs the packages, unless exactly the versions in package-lock.json are installed. */
export async function ensureDependencies() {
  const isComplete = () => existsSync(node24) && dependenciesAreComplete('.');
  await install('.', isComplete, 'Installing packages (about half a minute)…');
}

/** Does the same for the programs that the benchmarks compare with. They are a package of their own. */
export async function ensureRivals() {
  const isComplete = () => dependenciesAreComplete('bench');
  await install('bench', isComplete, 'Installing the programs to compare with (about ten seconds)…');
}

async function install(folder, isComplete, message) {
  if (isComplete()) return;
  console.log(message);
  const words = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await start('npm', words, {});
  if (code !== 0 || !isComplete()) throw new Error('The packages could not be installed.');
}

/** Whether the record of the installed packages, which npm writes as its last step, matches package-lock.json. */
function dependenciesAreComplete(folder) {
  const installed = packagesIn(join(folder, 'node_modules/.package-lock.json'));
  return Object.entries(packagesIn(join(folder, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    // Packages for other platforms only are not installed.
    if (installed[path] === undefined) return Boolean(wanted.optional ?? wanted.devOptional);
    return installed[path].version === wanted.version;
  });
}

function packagesIn(lock) {
  const path = join(checkout, lock);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** Continues with a script under Node 24; this process then ends with the same exit code. */
export async function continueUnderNode24(script, words) {
  // The channel tells the script when this process is gone, in any way.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
  process.exitCode = await start(node24, [join(checkout, script), ...words], { stdio, env });
}

/** Runs the steps; a failure is a sentence, not a stack. */
export async function carryOut(steps) {
  try {
    await steps();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/** @returns the exit code; signals are passed on, so that Ctrl+C ends both */
async function start(command, words, options) {
  const child = spawn(command, words, {
    cwd: checkout,
    stdio: 'inherit',
    // npm is a .cmd file on Windows.
    shell: process.platform === 'win32' && command === 'npm',
    ...options,
  });
  const end = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  // npm passes SIGTERM on to the shell that it started. The shell dies without passing it on to its child.
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    end('SIGTERM');
  }, PARENT_LOOK_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => {
    clearInterval(look);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, end);
  });
}
