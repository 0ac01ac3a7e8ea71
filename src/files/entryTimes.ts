import { readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FIRST_PLAUSIBLE, plausibleTime, timeOfLine } from './entry.ts';
import { isSameFile } from './identity.ts';
import { compressionOf, type DatedLogFile, type EntryTimes, type LogFile } from './logFile.ts';
import { whileOpen } from './safeOpen.ts';
import type { Archives } from './archivePort.ts';
import { DAY_MS } from '../base/units.ts';

/**
 * Reads entry times, and caches those of the files of the last call while their inode, size and modification time stay.
 * `now` is in ms since 1970. It decides which times are believed (see `timesOfPlain`).
 */
export interface TimesReader {
  /** Adds entry times to files of `folder`. An unreadable file gets none. */
  date(folder: string, files: readonly LogFile[], now: number): Promise<DatedLogFile[]>;
  /** As `date`, for some of the files: the cached times of the others are kept. */
  dateSome(folder: string, files: readonly LogFile[], now: number): Promise<DatedLogFile[]>;
}

/** The times that were read, with what makes them depend on the clock. */
interface Reading {
  readonly times: EntryTimes;
  /** The earliest time that was too far ahead of the clock to be believed. */
  readonly ahead?: number;
}

interface Known {
  readonly file: DatedLogFile;
  readonly ahead: number;
}

/** How many files are read before other work gets its turn. */
const READ_AT_ONCE = 100;
const NEWLINE = 0x0a;
const FIRST_LOOK_BYTES = 64 * 1024;
/** The time of a longer line is not read. */
const LAST_LOOK_BYTES = 1024 * 1024;

export function timesReader(archives: Pick<Archives, 'inspect'>): TimesReader {
  const known = new Map<string, Map<string, Known>>();

  async function readSome(folder: string, files: readonly LogFile[], now: number): Promise<Known[]> {
    const before = known.get(folder);
    const dated: Known[] = [];
    let read = 0;
    for (const file of files) {
      const cached = before?.get(file.name);
      if (cached !== undefined && isSameFile(cached.file, file) && isSoundAt(cached, now)) {
        dated.push(cached);
        continue;
      }
      const { times, ahead = Infinity } = await readTimes(join(folder, file.name), file, archives, now);
      dated.push({ file: { ...file, ...times }, ahead });
      read += 1;
      // Many files take seconds, and this thread must answer other calls.
      if (read % READ_AT_ONCE === 0) await setImmediate();
    }
    return dated;
  }

  return {
    async date(folder, files, now) {
      const dated = await readSome(folder, files, now);
      known.set(folder, new Map(dated.map((each) => [each.file.name, each])));
      return dated.map(({ file }) => file);
    },
    async dateSome(folder, files, now) {
      const dated = await readSome(folder, files, now);
      for (const each of dated) known.get(folder)?.set(each.file.name, each);
      return dated.map(({ file }) => file);
    },
  };
}

/** Whether the same times would be believed now: a clock may be corrected, and what was ahead of it is not any more. */
function isSoundAt({ file, ahead }: Known, now: number): boolean {
  const { first = -Infinity, last = -Infinity } = file;
  return ahead > now + DAY_MS && Math.max(first, last) <= now + DAY_MS;
}

async function readTimes(
  path: string,
  file: LogFile,
  archives: Pick<Archives, 'inspect'>,
  now: number,
): Promise<Reading> {
  try {
    if (file.parts.kind === 'archive') return await timesOfArchive(path, archives, now);
    if (file.parts.kind === 'leftover' || (file.parts.kind === 'foreign' && file.parts.compression !== ''))
      return { times: {} };
    return readPlain(path, now);
  } catch {
    // A file without readable times still has its name and its modification time; opening it shows the error.
    return { times: {} };
  }
}

async function timesOfArchive(
  path: string,
  archives: Pick<Archives, 'inspect'>,
  now: number,
): Promise<Reading> {
  const content = await archives.inspect(path);
  if (content === undefined) return { times: {} };
  const { first, last } = parseComment(content.comment);
  const inner = { bytes: content.bytes, crc32: content.crc32 };
  const [start, end] = [plausibleTime(first, now), plausibleTime(last, now)];
  const times = {
    inner,
    ...(start?.isAhead === false && { first: start.time }),
    ...(end?.isAhead === false && { last: end.time }),
  };
  const ahead = [start, end].flatMap((time) => (time?.isAhead === true ? [time.time] : []));
  return { times, ...(ahead.length > 0 && { ahead: Math.min(...ahead) }) };
}

/** The comment of an archive's entry: first and last time (ISO 8601) and line count, as JSON. */
export function formatComment(times: EntryTimes, lines: number): string {
  return JSON.stringify({ first: toIso(times.first), last: toIso(times.last), lines });
}

function parseComment(comment: string): { readonly first?: unknown; readonly last?: unknown } {
  try {
    return (JSON.parse(comment) as { first?: unknown; last?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}

function toIso(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

/**
 * The time of the first line that has one, and the newest time of all lines that were looked at: those within 64 KB from
 * either end or, if none there has a time, within 1 MB. The last line alone tells little, because one entry that is
 * late or wrongly dated would make a whole file old. A time before the year 2000, or more than a day after `now`, is
 * ignored.
 * @param now ms since 1970
 */
export function timesOfPlain(path: string, now: number): EntryTimes {
  return readPlain(path, now).times;
}

function readPlain(path: string, now: number): Reading {
  return whileOpen(path, (descriptor, { size }) => {
    const front = lookFrom((look) => readPiece(descriptor, 0, look), size, now);
    const back =
      size <= FIRST_LOOK_BYTES
        ? front
        : lookFrom((look) => readPiece(descriptor, size - look, look), size, now);
    const newest = Math.max(front.newest, back.newest);
    const times = {
      ...(front.first !== undefined && { first: front.first }),
      ...(newest !== -Infinity && { last: newest }),
    };
    return { times, ahead: Math.min(front.ahead, back.ahead) };
  });
}

/** Looks at 64 KB from one end or, if no line there has a time, at 1 MB. */
function lookFrom(piece: (bytes: number) => Buffer, size: number, now: number): Found {
  const near = timesIn(piece(Math.min(FIRST_LOOK_BYTES, size)), now);
  if (near.first !== undefined || size <= FIRST_LOOK_BYTES) return near;
  return timesIn(piece(Math.min(LAST_LOOK_BYTES, size)), now);
}

/** The times in a piece of a log: those of its first line that has one, and its newest one. */
interface Found {
  first: number | undefined;
  newest: number;
  ahead: number;
}

const OPENING_BRACE = 0x7b;

/** A line that is cut at an end of the piece does not parse, so it has no time. */
function timesIn(piece: Buffer, now: number): Found {
  const found: Found = { first: undefined, newest: -Infinity, ahead: Infinity };
  for (let start = 0, end = 0; end !== -1; start = end + 1) {
    end = piece.indexOf(NEWLINE, start);
    if (piece[start] !== OPENING_BRACE) continue;
    const line = timeOfLine(piece.toString('utf8', start, end === -1 ? piece.length : end), now);
    if (line === undefined) continue;
    if (line.isAhead) found.ahead = Math.min(found.ahead, line.time);
    else {
      found.first ??= line.time;
      found.newest = Math.max(found.newest, line.time);
    }
  }
  return found;
}

function readPiece(descriptor: number, position: number, length: number): Buffer {
  const piece = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, piece, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return piece.subarray(0, filled);
}

/** No file system of today gives a file an earlier time by itself; copies and images without times do. */
export const FIRST_MODIFIED: number = Date.UTC(1980);

/**
 * The time that a file's age counts from, in ms since 1970: the time of its newest entry, else the end of the UTC day in
 * its name, else its modification time. A time more than a day after `now`, or before the year 2000 (1980 for the
 * modification time), tells nothing. A file about which nothing tells counts as written now, so it does not expire.
 */
export function entryTime(file: DatedLogFile, now: number): number {
  return (
    believed(file.last, FIRST_PLAUSIBLE, now) ??
    believed(endOfDay(dayInName(file)), FIRST_PLAUSIBLE, now) ??
    believed(file.modified, FIRST_MODIFIED, now) ??
    now
  );
}

function believed(time: number | undefined, from: number, now: number): number | undefined {
  return time !== undefined && time >= from && time <= now + DAY_MS ? time : undefined;
}

/**
 * Whether a file was written within a day, so that it does not expire whatever its entries say. Only plain files tell:
 * the modification time of an archive is not that of its entries.
 */
export function isFresh({ parts, modified }: LogFile, now: number): boolean {
  return compressionOf(parts) === '' && Math.abs(now - modified) <= DAY_MS;
}

/** The UTC day in a file's name, YYYY-MM-DD. */
function dayInName({ parts }: DatedLogFile): string | undefined {
  return parts.kind === 'archive' || parts.kind === 'foreign' ? parts.day : undefined;
}

function endOfDay(day: string | undefined): number | undefined {
  return day === undefined ? undefined : Date.parse(`${day}T23:59:59.999Z`);
}

/** Sorts files, the oldest first; files with the same time are in the order of their numbers and serials. */
export function oldestFirst(files: Iterable<DatedLogFile>, now: number): DatedLogFile[] {
  // Calculate the keys once per file, because sorting compares each file many times.
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
