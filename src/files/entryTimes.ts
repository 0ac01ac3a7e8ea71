import { readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseTime, timeOfLine } from './entry.ts';
import { isSameFile } from './identity.ts';
import type { DatedLogFile, EntryTimes, LogFile } from './logFile.ts';
import { whileOpen } from './safeOpen.ts';
import type { Archives } from './archivePort.ts';
import { DAY_MS } from '../base/units.ts';

/**
 * Reads entry times, and caches those of the files of the last call while their inode, size and modification time stay.
 */
export interface TimesReader {
  /** Adds entry times to files of `folder`. An unreadable file gets none. */
  date(folder: string, files: readonly LogFile[]): Promise<DatedLogFile[]>;
  /** As `date`, for some of the files: the cached times of the others are kept. */
  dateSome(folder: string, files: readonly LogFile[]): Promise<DatedLogFile[]>;
}

/** How many files are read before other work gets its turn. */
const READ_AT_ONCE = 100;
const NEWLINE = 0x0a;
const FIRST_LOOK_BYTES = 64 * 1024;
/** The time of a longer line is not read. */
const LAST_LOOK_BYTES = 1024 * 1024;

export function timesReader(archives: Pick<Archives, 'inspect'>): TimesReader {
  const known = new Map<string, Map<string, DatedLogFile>>();

  async function dateSome(folder: string, files: readonly LogFile[]): Promise<DatedLogFile[]> {
    const before = known.get(folder);
    const dated: DatedLogFile[] = [];
    let read = 0;
    for (const file of files) {
      const cached = before?.get(file.name);
      if (cached !== undefined && isSameFile(cached, file)) {
        dated.push(cached);
        continue;
      }
      dated.push({ ...file, ...(await readTimes(join(folder, file.name), file, archives)) });
      read += 1;
      // Many files take seconds, and this thread must answer other calls.
      if (read % READ_AT_ONCE === 0) await setImmediate();
    }
    return dated;
  }

  return {
    async date(folder, files) {
      const dated = await dateSome(folder, files);
      known.set(folder, new Map(dated.map((file) => [file.name, file])));
      return dated;
    },
    async dateSome(folder, files) {
      const dated = await dateSome(folder, files);
      for (const file of dated) known.get(folder)?.set(file.name, file);
      return dated;
    },
  };
}

async function readTimes(
  path: string,
  file: LogFile,
  archives: Pick<Archives, 'inspect'>,
): Promise<EntryTimes> {
  try {
    if (file.parts.kind === 'archive') return await timesOfArchive(path, archives);
    if (file.parts.kind === 'leftover' || (file.parts.kind === 'foreign' && file.parts.compression !== ''))
      return {};
    return timesOfPlain(path);
  } catch {
    // A file without readable times still has its name and its modification time; opening it shows the error.
    return {};
  }
}

async function timesOfArchive(path: string, archives: Pick<Archives, 'inspect'>): Promise<EntryTimes> {
  const content = await archives.inspect(path);
  if (content === undefined) return {};
  const { first, last } = parseComment(content.comment);
  const inner = { bytes: content.bytes, crc32: content.crc32 };
  return { inner, ...(first !== undefined && { first }), ...(last !== undefined && { last }) };
}

/** The comment of an archive's entry: first and last time (ISO 8601) and line count, as JSON. */
export function formatComment(times: EntryTimes, lines: number): string {
  return JSON.stringify({ first: toIso(times.first), last: toIso(times.last), lines });
}

function parseComment(comment: string): EntryTimes {
  try {
    const { first, last } = JSON.parse(comment) as { first?: unknown; last?: unknown };
    const [start, end] = [parseTime(first), parseTime(last)];
    return { ...(start !== undefined && { first: start }), ...(end !== undefined && { last: end }) };
  } catch {
    return {};
  }
}

function toIso(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

/** The times of the first and the last line that have one, within 1 MB from either end. */
export function timesOfPlain(path: string): EntryTimes {
  return whileOpen(path, (descriptor, { size }) => {
    const last = lastTime(descriptor, size);
    const first = firstTime(descriptor, size);
    return { ...(first !== undefined && { first }), ...(last !== undefined && { last }) };
  });
}

function firstTime(descriptor: number, size: number): number | undefined {
  for (const look of [FIRST_LOOK_BYTES, LAST_LOOK_BYTES]) {
    const piece = readPiece(descriptor, 0, Math.min(look, size));
    for (let start = 0, end = 0; end !== -1; start = end + 1) {
      end = piece.indexOf(NEWLINE, start);
      const time = timeOfPiece(piece, start, end === -1 ? piece.length : end);
      if (time !== undefined) return time;
    }
    if (piece.length === size) break;
  }
  return undefined;
}

function lastTime(descriptor: number, size: number): number | undefined {
  for (const look of [FIRST_LOOK_BYTES, LAST_LOOK_BYTES]) {
    const piece = readPiece(descriptor, Math.max(0, size - look), Math.min(look, size));
    for (let end = piece.length; end > 0;) {
      const newline = piece.lastIndexOf(NEWLINE, end - 1);
      const time = timeOfPiece(piece, newline + 1, end);
      if (time !== undefined) return time;
      end = newline;
    }
    if (piece.length === size) break;
  }
  return undefined;
}

const OPENING_BRACE = 0x7b;

function timeOfPiece(piece: Buffer, start: number, end: number): number | undefined {
  return piece[start] === OPENING_BRACE ? timeOfLine(piece.toString('utf8', start, end)) : undefined;
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

/**
 * The time that a file's age counts from, in ms since 1970: the time of its last entry, else the end of the UTC day in
 * its name, else its modification time. A time more than a day after `now` is ignored, and the modification time
 * counts.
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
