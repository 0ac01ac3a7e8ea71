/** Formatting, lint, types, floors, texts and dead code: one line per tool, and what a tool says only when it fails. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The slowest first, so that it doesn't run alone at the end. */
const tools = {
  eslint: 'eslint . --max-warnings 0',
  prettier: 'prettier --check --log-level warn .',
  types: 'tsc --project .',
  'types of the pages': 'tsc --project src/webview',
  'dead code': 'knip',
  texts: 'node scripts/l10n.ts --check',
  floors: 'depcruise src --config .dependency-cruiser.cjs',
};

const env = {
  ...process.env,
  // In front, so that every tool runs under the Node 24 that is installed there, whoever started this script.
  PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
};

/** Resolves to true where the tool is content. */
function run(name, command) {
  const begin = performance.now();
  const child = spawn(command, { cwd: root, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  child.stderr.on('data', (chunk) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = ((performance.now() - begin) / 1000).toFixed(1).padStart(5);
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${seconds} s  ${name}\n`);
      if (code !== 0) process.stdout.write(`\n> ${command}\n${Buffer.concat(said).toString()}\n`);
      resolve(code === 0);
    });
  });
}

const waiting = Object.entries(tools);
const results = [];
async function work() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
    results.push(await run(...next));
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
process.exitCode = results.every(Boolean) ? 0 : 1;
