/**
 * `npm run bench -- files record`: runs the named measurements, or all without a name, each beside its comparison.
 * Prints medians; the first turn of each only warms up. The exit code is 1 if a goal is missed.
 */
import { cpus, release, totalmem } from 'node:os';
import { archiveRead } from './archiveRead.ts';
import { archiveWrite } from './archiveWrite.ts';
import { files } from './files.ts';
import { record } from './record.ts';
import { formatTable, type Row } from './table.ts';
import { tree } from './tree.ts';

const tables: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  files,
  record,
  tree,
  'archive-read': archiveRead,
  'archive-write': archiveWrite,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(tables, name));
if (unknown.length > 0) {
  console.error(`There is no table ${unknown.join(', ')}. Tables: ${Object.keys(tables).join(', ')}.`);
  process.exit(2);
}
const { node, zlib, uv, v8 } = process.versions;
const [cpu] = cpus();
console.log(`Node ${node}, zlib ${zlib}, libuv ${uv}, V8 ${v8}, ${process.platform} ${release()}`);
console.log(
  `${String(cpus().length)} × ${cpu?.model ?? 'CPU'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB; files are in the page cache`,
);
for (const [name, measure] of Object.entries(tables)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const rows = await measure();
  console.log(`\n${name}\n${formatTable(rows)}`);
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}
