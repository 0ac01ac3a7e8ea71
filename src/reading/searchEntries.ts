import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, isFailure } from '../base/failure.ts';
import { parseTime } from '../files/entry.ts';
import { compareAge } from '../files/fileName.ts';
import { listFiles } from '../files/list.ts';
import type { DatedLogFile, LogFile } from '../files/logFile.ts';
import { openToRead } from '../files/safeOpen.ts';
import {
  clock,
  logsFolder,
  requireWorkspace,
  times,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { streamLog } from './readLog.ts';

/** Which entries of the API log are asked for. All that is given has to fit. */
interface EntryFilter {
  /** ms since 1970; both ends are included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly user?: string | undefined;
  readonly method?: string | undefined;
  /** `404`, or `5xx` for a class. */
  readonly status?: string | undefined;
  /** Exact, or the beginning before a final `*`. */
  readonly path?: string | undefined;
}

/** The entry before which the next page goes on. It survives the rotation and the zipping of its file. */
interface EntryPosition {
  /** The file, by the SHA-256 of its text's first line. */
  readonly file: string;
  /** Where the entry begins, in bytes of the text. */
  readonly offset: number;
  /** ms since 1970, for the case that the file is gone; null if the entry has no time. */
  readonly time: number | null;
}

export interface EntrySearch extends WorkspaceInput {
  readonly filter: EntryFilter;
  readonly limit: number;
  readonly before?: EntryPosition | undefined;
}

export interface EntryPage {
  /** The entries as they are in the log, newest first: each is the JSON of one line. */
  readonly lines: readonly string[];
  readonly next: EntryPosition | undefined;
  /** Files that could not be read. */
  readonly unread: readonly string[];
}

interface Found {
  readonly line: string;
  readonly offset: number;
  readonly time: number | undefined;
}

/**
 * The entries of the API log, newest first: the active file, the rotated ones, the archives, each from its end. Torn
 * lines are left out.
 * @param also what an entry has to pass beside the filter
 * @throws Failure `logs-missing`, `cancelled` …
 */
export async function searchEntries(
  { root: given, filter, limit, before }: EntrySearch,
  { signal }: Pick<AppContext, 'signal'>,
  also: (line: string, file: LogFile) => boolean = () => true,
): Promise<EntryPage> {
  const root = requireWorkspace({ root: given });
  const folder = logsFolder(root);
  const files = await newestFirst(folder);
  const fits = compile(filter);
  const found: { readonly file: string; readonly entry: Found }[] = [];
  const unread: string[] = [];

  /** The file where the page goes on; undefined if it is gone, or for the first page. */
  let at = 0;
  let until: number | undefined;
  let latest = Infinity;
  if (before !== undefined) {
    const index = await indexOf(files, before.file, folder);
    if (index === undefined) latest = before.time ?? -Infinity;
    else {
      at = index;
      until = before.offset;
    }
  }
  for (; at < files.length && found.length <= limit; at += 1) {
    const file = files[at];
    if (file === undefined || isOutside(file, filter)) {
      until = undefined;
      continue;
    }
    signal.throwIfAborted();
    const wanted = limit + 1 - found.length;
    const takes = ({ line, time }: Found): boolean =>
      fits(line, time) && (time ?? latest) <= latest && also(line, file);
    try {
      const entries = await lastOf(root, file, { wanted, until, takes, signal });
      if (entries.length > 0) {
        const id = await idOf(folder, file, root);
        found.push(...entries.map((entry) => ({ file: id, entry })));
      }
    } catch (error) {
      if (isFailure(error, 'cancelled')) throw error;
      // A file that was zipped or deleted meanwhile is another one now; others are named.
      unread.push(file.name);
    }
    until = undefined;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next =
    found.length > limit && last !== undefined
      ? { file: last.file, offset: last.entry.offset, time: last.entry.time ?? null }
      : undefined;
  return { lines: shown.map(({ entry }) => entry.line), next, unread };
}

/** The files of the API log. The highest number is the newest rotated file; archives go by their days. */
async function newestFirst(folder: string): Promise<readonly DatedLogFile[]> {
  const files = listFiles(folder).files.filter(
    ({ parts }) => parts.kind !== 'foreign' && parts.family === 'api',
  );
  const dated = await times.date(folder, files, clock());
  return dated
    .filter(({ parts }) => parts.kind === 'active' || parts.kind === 'rotated' || parts.kind === 'archive')
    .sort((a, b) => compareAge(b.parts, a.parts));
}

/** Whether the known times of a file lie outside the range that is asked for. */
function isOutside({ parts, first, last }: DatedLogFile, { from, to }: EntryFilter): boolean {
  // The active file grows after it was dated.
  const isEarlier = from !== undefined && last !== undefined && parts.kind !== 'active' && last < from;
  return isEarlier || (to !== undefined && first !== undefined && parts.kind === 'archive' && first > to);
}

interface Wanted {
  readonly wanted: number;
  /** Entries that begin here or later are left out. */
  readonly until: number | undefined;
  readonly takes: (entry: Found) => boolean;
  readonly signal: AbortSignal;
}

/** The last entries of a file that fit, the last one first. */
async function lastOf(root: string, file: LogFile, asked: Wanted): Promise<readonly Found[]> {
  return file.parts.kind === 'archive' ? lastOfArchive(root, file, asked) : lastOfPlain(root, file, asked);
}

const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

async function lastOfPlain(
  root: string,
  { name }: LogFile,
  { wanted, until, takes, signal }: Wanted,
): Promise<Found[]> {
  const { handle, stats } = await openToRead(join(logsFolder(root), name));
  const found: Found[] = [];
  const take = (bytes: Uint8Array, offset: number): boolean => {
    const entry = toEntry(bytes, offset);
    if (entry !== undefined && takes(entry)) found.push(entry);
    return found.length < wanted;
  };
  try {
    let position = Math.min(until ?? stats.size, stats.size);
    let rest: Uint8Array = new Uint8Array();
    while (position > 0) {
      signal.throwIfAborted();
      const from = Math.max(0, position - BLOCK_BYTES);
      const block = Buffer.concat([await readAt(handle, from, position - from), rest]);
      let end = block.length;
      for (let at = block.lastIndexOf(NEWLINE); at !== -1;) {
        if (end - at > 1 && !take(block.subarray(at + 1, end), from + at + 1)) return found;
        end = at;
        at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1);
      }
      rest = block.subarray(0, end);
      position = from;
    }
    if (rest.length > 0) take(rest, 0);
    return found;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(block, at, length - at, from + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return block.subarray(0, at);
}

async function lastOfArchive(
  root: string,
  { name }: LogFile,
  { wanted, until, takes, signal }: Wanted,
): Promise<Found[]> {
  let kept: Found[] = [];
  await eachLine({ root, name, signal }, (bytes, offset) => {
    if (until !== undefined && offset >= until) return false;
    const entry = toEntry(bytes, offset);
    if (entry === undefined || !takes(entry)) return true;
    kept.push(entry);
    if (kept.length >= 2 * wanted) kept = kept.slice(-wanted);
    return true;
  });
  return kept.slice(-wanted).reverse();
}

/** Passes the lines of a log's text with their offsets, until `take` returns false. */
async function eachLine(
  log: { readonly root: string; readonly name: string; readonly signal: AbortSignal },
  take: (line: Buffer, offset: number) => boolean,
): Promise<void> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  const enough = new AbortController();
  const signal = AbortSignal.any([log.signal, enough.signal]);
  try {
    await streamLog(
      log,
      (piece) => {
        const text = Buffer.concat([rest, piece]);
        let start = 0;
        for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, start)) {
          if (!take(text.subarray(start, at), offset + start)) {
            enough.abort();
            break;
          }
          start = at + 1;
        }
        // The piece's memory is used again.
        rest = Buffer.from(text.subarray(start));
        offset += start;
        return Promise.resolve();
      },
      { signal },
    );
    if (rest.length > 0) take(rest, offset);
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
}

/** A torn line is none; an entry that follows a torn one on the same line is one. */
function toEntry(bytes: Uint8Array, offset: number): Found | undefined {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const whole = parsed(line, offset);
  if (whole !== undefined) return whole;
  const next = line.lastIndexOf(ENTRY_START);
  return next > 0 ? parsed(line.slice(next), offset + Buffer.byteLength(line.slice(0, next))) : undefined;
}

const ENTRY_START = '{"timestamp"';

function parsed(line: string, offset: number): Found | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return { line, offset, time: parseTime((JSON.parse(line) as { timestamp?: unknown }).timestamp) };
  } catch {
    return undefined;
  }
}

function compile({
  from,
  to,
  user,
  method,
  status,
  path,
}: EntryFilter): (line: string, time: number | undefined) => boolean {
  const isClass = status?.endsWith('xx') === true;
  const prefix = path?.endsWith('*') === true ? path.slice(0, -1) : undefined;
  return (line, time) => {
    if (from !== undefined && (time === undefined || time < from)) return false;
    if (to !== undefined && (time === undefined || time > to)) return false;
    if (user === undefined && method === undefined && status === undefined && path === undefined) return true;
    const entry = JSON.parse(line) as Record<string, unknown>;
    if (user !== undefined && entry.user !== user) return false;
    if (method !== undefined && String(entry.method).toUpperCase() !== method.toUpperCase()) return false;
    if (status !== undefined) {
      const own = String(entry.status);
      if (isClass ? own.length !== 3 || !own.startsWith(status.slice(0, 1)) : own !== status) return false;
    }
    if (path === undefined) return true;
    const own = String(entry.path);
    return prefix === undefined ? own === path : own.startsWith(prefix);
  };
}

/** Where the file with this id stands now, in the order of the files. */
async function indexOf(files: readonly LogFile[], id: string, folder: string): Promise<number | undefined> {
  for (const [index, file] of files.entries()) {
    try {
      if ((await idOf(folder, file, join(folder, '..'))) === id) return index;
    } catch {
      // It is gone, or cannot be read.
    }
  }
  return undefined;
}

/** The id of a file: it stays when the file is renamed or zipped, and while it grows. */
async function idOf(folder: string, file: LogFile, root: string): Promise<string> {
  let first: Uint8Array | undefined;
  if (file.parts.kind === 'archive')
    await eachLine({ root, name: file.name, signal: new AbortController().signal }, (line) => {
      first = Uint8Array.from(line);
      return false;
    });
  else first = await firstLineOf(join(folder, file.name));
  if (first === undefined) throw new Failure('file-missing', { path: join(folder, file.name) });
  return createHash('sha256').update(first).digest('base64url').slice(0, 22);
}

/** The longest line that the recorder writes is shorter. */
const FIRST_LINE_BYTES = 8 * 1_048_576;

async function firstLineOf(path: string): Promise<Uint8Array | undefined> {
  const { handle } = await openToRead(path);
  try {
    for (let length = BLOCK_BYTES; ; length *= 2) {
      const block = await readAt(handle, 0, length);
      const end = block.indexOf(NEWLINE);
      if (end !== -1) return block.subarray(0, end);
      if (block.length < length || length > FIRST_LINE_BYTES) return block.length > 0 ? block : undefined;
    }
  } finally {
    await handle.close();
  }
}
