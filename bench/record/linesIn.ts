import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NEWLINE = 10;

/** The number of lines and bytes of all logs in `folder`/logs. */
export function linesIn(folder: string): { lines: number; bytes: number } {
  let lines = 0;
  let bytes = 0;
  for (const name of readdirSync(join(folder, 'logs'))) {
    if (!/\.log(?:$|\.)/.test(name)) continue;
    const content = readFileSync(join(folder, 'logs', name));
    bytes += content.length;
    for (let at = content.indexOf(NEWLINE); at !== -1; at = content.indexOf(NEWLINE, at + 1)) lines += 1;
  }
  return { lines, bytes };
}
