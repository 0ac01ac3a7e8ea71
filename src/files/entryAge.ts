import { DAY_MS } from '../base/units.ts';
import type { DatedLogFile } from './logFile.ts';

/**
 * The time that a file's age counts from, in ms since 1970: that of its last entry, else the end of the UTC day in
 * its name, else its modification time. A time more than a day ahead of `now` is not believed and counts as the
 * modification time.
 */
export function entryTime(file: DatedLogFile, now: number): number {
  const time = file.last ?? endOfDay(dayInName(file)) ?? file.modified;
  return time > now + DAY_MS ? file.modified : time;
}

function dayInName({ parts }: DatedLogFile): string | undefined {
  return parts.kind === 'archive' || parts.kind === 'foreign' ? parts.day : undefined;
}

function endOfDay(day: string | undefined): number | undefined {
  return day === undefined ? undefined : Date.parse(`${day}T23:59:59.999Z`);
}

/** Oldest first; files of one time stand in the order of their numbers and serials. */
export function oldestFirst(files: Iterable<DatedLogFile>, now: number): DatedLogFile[] {
  // Told once for each file: a comparison is made many times.
  const keyed = Array.from(files, (file) => ({ file, time: entryTime(file, now), order: order(file) }));
  keyed.sort((a, b) => a.time - b.time || a.order - b.order || compareNames(a.file, b.file));
  return keyed.map(({ file }) => file);
}

function order({ parts }: DatedLogFile): number {
  if (parts.kind === 'rotated') return parts.number;
  return parts.kind === 'archive' ? parts.serial : 0;
}

function compareNames(a: DatedLogFile, b: DatedLogFile): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
