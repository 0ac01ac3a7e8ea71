import { utimes, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import type { Chance } from './chance.ts';

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;

/** The input of every part of the demo. */
export interface Demo {
  /** The folder for the logs. */
  readonly logs: string;
  readonly chance: Chance;
  /** The moment at which all logs end, in ms since 1970. */
  readonly now: number;
}

/** A time as log files name it: `2026-02-14T18:22:33.120Z`. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}

/** The UTC day: `2026-02-14`. */
export function day(time: number): string {
  return iso(time).slice(0, 10);
}

/** Writes a log that was last written at `time`. */
export async function writeLog(
  folder: string,
  name: string,
  content: string | Buffer,
  time: number,
): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, content);
  await utimes(path, time / 1000, time / 1000);
}

/** Writes a log into a zip of its own. */
export async function writeZip(
  folder: string,
  entry: string,
  content: string,
  time: number,
  comment = '',
): Promise<void> {
  const name = `${entry}.zip`;
  const zip = new ZipArchive({ zlib: { level: 6 } });
  const written = pipeline(zip, createWriteStream(join(folder, name)));
  zip.append(content, { name: entry, date: new Date(time), ...(comment !== '' && { comment }) });
  await Promise.all([zip.finalize(), written]);
  await utimes(join(folder, name), time / 1000, time / 1000);
}

/** Times from `first` to `last`, `count` of them and as unevenly apart as people's requests are. */
export function times(chance: Chance, first: number, last: number, count: number): number[] {
  const gaps = Array.from({ length: count }, () => chance.mostlyShort(1000));
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  let passed = 0;
  return gaps.map((gap) => {
    passed += gap;
    return Math.round(first + ((last - first) * passed) / whole);
  });
}
