/**
 * `npm run bench -- files record`: runs the named measurements, or all without a name, each beside its comparison.
 * Prints medians; the first turn of each only warms up. The exit code is 1 if a goal is missed.
 */
import { cpus, release, totalmem } from 'node:os';
import { buildExtension } from '../scripts/packExtension.ts';
import { runTool } from '../scripts/runTool.ts';
import { ensureSystemCommands, type SystemCommand } from '../scripts/systemPackages.ts';
import { archiveRead } from './archiveRead.ts';
import { archiveWrite } from './archiveWrite.ts';
import { audit } from './audit.ts';
import { postgresRows } from './audit/postgres.ts';
import { files } from './files.ts';
import { record } from './record.ts';
import { formatTable, type Row } from './table.ts';
import { tree } from './tree.ts';

interface Table {
  readonly measure: () => Promise<readonly Row[]>;
  readonly needs: readonly SystemCommand[];
}

const tables: Readonly<Record<string, Table>> = {
  files: { measure: files, needs: ['chromium'] },
  record: { measure: record, needs: [] },
  tree: { measure: tree, needs: ['chromium'] },
  audit: { measure: audit, needs: [] },
  'audit-postgres': { measure: postgresRows, needs: ['pg_createcluster'] },
  'archive-read': { measure: archiveRead, needs: ['7zz'] },
  'archive-write': { measure: archiveWrite, needs: ['7zz'] },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(tables, name));
if (unknown.length > 0) {
  console.error(`There is no table ${unknown.join(', ')}. Tables: ${Object.keys(tables).join(', ')}.`);
  process.exit(2);
}
const chosen = Object.entries(tables).filter(([name]) => wanted.length === 0 || wanted.includes(name));
await setUp(chosen.flatMap(([, { needs }]) => needs)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
const { node, zlib, uv, v8 } = process.versions;
const [cpu] = cpus();
console.log(`Node ${node}, zlib ${zlib}, libuv ${uv}, V8 ${v8}, ${process.platform} ${release()}`);
console.log(
  `${String(cpus().length)} × ${cpu?.model ?? 'CPU'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB; files are in the page cache`,
);
for (const [name, { measure }] of chosen) {
  const rows = await measure();
  console.log(`\n${name}\n${formatTable(rows)}`);
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}
// The channel to the process that started this one would keep it alive.
if (process.connected) process.disconnect();

/** @throws Error that says in a sentence what is missing or wrong */
async function setUp(needs: readonly SystemCommand[]): Promise<void> {
  await ensureSystemCommands([...new Set(needs)]);
  await buildExtension();
  // `npm run check` does without the packages of bench/package.json, so their types are checked here.
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'bench'];
  await runTool(process.execPath, tsc, 'The benchmarks have wrong types.');
}
