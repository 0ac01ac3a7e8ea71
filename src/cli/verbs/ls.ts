import { inlineApp } from '../../jobs/jobs.ts';
import type { ListedFile } from '../../reading/listLogs.ts';
import { printable } from '../../words/failures.ts';
import { formatBytes } from '../../base/locale.ts';
import { Exit, type Verb } from '../verb.ts';
import { print, printJson } from '../output.ts';

export const ls: Verb = {
  options: { times: 'flag' },
  positionals: { min: 0, max: 0 },
  async run({ root, json, flag, environment }) {
    const files = await inlineApp(environment).run('listLogs', { root, times: flag('times') });
    if (json) await printJson(files);
    else await print(table(files));
    return Exit.done;
  },
};

function table(files: readonly ListedFile[]): string {
  const rows = files.map((file) => [
    file.kind,
    formatBytes(file.bytes),
    file.lastEntry === undefined ? file.modified : `${file.firstEntry ?? '?'} – ${file.lastEntry}`,
    printable(file.name),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
