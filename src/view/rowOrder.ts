import { FIRST_MODIFIED } from '../files/entryTimes.ts';
import { currentForeignNames } from '../files/foreignName.ts';
import type { FileName } from '../files/fileName.ts';
import type { DatedLogFile } from '../files/logFile.ts';

/** The order of rows in the *Workspace Logs* view, and the months that group them. */

const kinds: readonly FileName['kind'][] = ['active', 'rotated', 'leftover', 'archive', 'foreign'];

/** Sorts files: those that are written now come first, then the newest. A number counts more than a time. */
export function newestFirst<T extends DatedLogFile>(files: readonly T[]): T[] {
  const current = currentNames(files);
  // The keys are computed once for each file, because a file is compared many times.
  const keyed = files.map((file) => ({
    file,
    place: current.has(file.name) ? -1 : kinds.indexOf(file.parts.kind),
    number: file.parts.kind === 'rotated' ? file.parts.number : 0,
    time: timeOf(file),
  }));
  keyed.sort(
    (a, b) =>
      a.place - b.place || b.number - a.number || b.time - a.time || (a.file.name < b.file.name ? 1 : -1),
  );
  return keyed.map(({ file }) => file);
}

/** Sorts files of all families and kinds, the latest entry first. */
export function latestFirst<T extends DatedLogFile>(files: readonly T[]): T[] {
  const keyed = files.map((file) => ({ file, time: timeOf(file) }));
  keyed.sort((a, b) => b.time - a.time || (a.file.name < b.file.name ? 1 : -1));
  return keyed.map(({ file }) => file);
}

/** Sorts by name as people do: upper and lower case are equal, and numbers are sorted by their value. */
export function byName<T>(items: Iterable<T>, nameOf: (item: T) => string): T[] {
  const keyed = Array.from(items, (item) => ({ item, name: nameOf(item), key: naturalKey(nameOf(item)) }));
  // Comparing keys is used, because a collator takes three times as long.
  keyed.sort((a, b) => compare(a.key, b.key) || compare(a.name, b.name));
  return keyed.map(({ item }) => item);
}

function naturalKey(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface ByMonth<T> {
  /** The files before the months: those that are written now, and those that are not zipped yet. */
  readonly front: readonly T[];
  /** Newest first; YYYY-MM, or empty for files without a known time. */
  readonly months: readonly (readonly [month: string, files: readonly T[]])[];
}

/**
 * Groups the files of one family by month. Our plain files and leftovers come before the months, but only if there are
 * at most `most` of them: the months must stay within reach.
 */
export function byMonth<T extends DatedLogFile>(files: readonly T[], most: number): ByMonth<T> {
  const current = currentNames(files);
  const isCurrent = ({ name, parts }: T): boolean => parts.kind === 'active' || current.has(name);
  const plain = files.filter(({ parts }) => parts.kind === 'rotated' || parts.kind === 'leftover');
  const isFront = (file: T): boolean =>
    isCurrent(file) ||
    (plain.length <= most && (file.parts.kind === 'rotated' || file.parts.kind === 'leftover'));
  const months = new Map<string, T[]>();
  for (const file of files) {
    if (isFront(file)) continue;
    const month = monthOf(file);
    const others = months.get(month);
    if (others === undefined) months.set(month, [file]);
    else others.push(file);
  }
  return { front: files.filter(isFront), months: [...months].sort(([a], [b]) => compare(b, a)) };
}

/** The files of other programs that may be written to now. Our own active files are known by their names. */
function currentNames(files: readonly DatedLogFile[]): ReadonlySet<string> {
  return currentForeignNames(files.flatMap(({ parts }) => (parts.kind === 'foreign' ? [parts] : [])));
}

function timeOf(file: DatedLogFile): number {
  const day = dayInName(file);
  return file.last ?? (day === undefined ? file.modified : Date.parse(`${day}T12:00:00Z`));
}

/** The month of a file in local time, YYYY-MM. If the name contains a day, the month is taken from it unchanged. */
function monthOf(file: DatedLogFile): string {
  if (file.last === undefined) {
    const day = dayInName(file);
    if (day !== undefined) return day.slice(0, 7);
    // Some copies and archives do not keep times. Their files are of the year 1970.
    if (file.modified < FIRST_MODIFIED) return '';
  }
  const date = new Date(file.last ?? file.modified);
  const year = String(date.getFullYear()).padStart(4, '0');
  return `${year}-${String(date.getMonth() + 1).padStart(2, '0')}`;
}

function dayInName({ parts }: DatedLogFile): string | undefined {
  return parts.kind === 'archive' || parts.kind === 'foreign' ? parts.day : undefined;
}
