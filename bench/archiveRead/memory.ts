import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { sideBySide } from '../sideBySide.ts';
import { mb, type Row } from '../table.ts';
import type { Archive, Archives } from './archives.ts';

const TURNS = 5;
const MOST_BEYOND_BYTES = 64 * 1_048_576;

/** The peak memory of a process that reads an archive, minus that of a process that only loads the same code. */
export async function memoryRows(archives: Archives): Promise<readonly Row[]> {
  const rows: readonly (readonly [what: string, archive: Archive])[] = [
    ['a 20 MB log, deflate', archives.deflated],
    ['a 20 MB log, lzma', archives.lzma],
    ['a 20 MB log, bzip2', archives.bzip2],
    ['a bomb of 300 MB, deflate', archives.deflatedBomb],
    ['a bomb of 300 MB, lzma', archives.lzmaBomb],
    ['a bomb of 300 MB, bzip2', archives.bzip2Bomb],
  ];
  const { idle } = await sideBySide(TURNS, { idle: () => peak() });
  const measured: Row[] = [];
  for (const [what, { path, bytes, dictionaryBytes }] of rows) {
    const { reading } = await sideBySide(TURNS, { reading: () => peak(path) });
    const limit = bytes + dictionaryBytes + MOST_BEYOND_BYTES;
    measured.push({
      what: `peak memory for ${what}`,
      measured: mb(reading - idle),
      against: `an idle process, ${mb(idle)}`,
      ratio: '',
      goal: `≤ ${mb(limit)}`,
      met: reading - idle <= limit,
    });
  }
  return measured;
}

function peak(...words: readonly string[]): number {
  const script = join(import.meta.dirname, 'readAlone.ts');
  return Number(execFileSync(process.execPath, [script, ...words], { encoding: 'utf8' }));
}
