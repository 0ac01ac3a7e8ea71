import { readSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from '../files/list.ts';
import type { RequestFacts } from '../entries/filter.ts';
import { parseTime } from '../files/entry.ts';
import type { LogFile } from '../files/logFile.ts';
import { whileOpen } from '../files/safeOpen.ts';

/** A request as an API log records it. */
export interface RecentRequest extends RequestFacts {
  /** In ms since 1970. */
  readonly time?: number | undefined;
}

/** The limit of bytes that are read from all plain files together. */
const MOST_BYTES = 4 * 1_048_576;
const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * The last requests of the API log, newest first. They come from the active file, then from rotated files, never from
 * archives. Lines that are no entries, for instance torn lines, are skipped. So are files that cannot be read.
 * @throws Failure those of `listFiles`
 */
export function recentRequests(folder: string, most: number): RecentRequest[] {
  const requests: RecentRequest[] = [];
  let left = MOST_BYTES;
  for (const { name } of newestFirst(listFiles(folder).files)) {
    if (left <= 0 || requests.length >= most) break;
    left -= readBack(join(folder, name), left, (line) => {
      const request = toRequest(line);
      if (request !== undefined) requests.push(request);
      return requests.length < most;
    });
  }
  return requests;
}

function newestFirst(files: readonly LogFile[]): LogFile[] {
  const ages = files.flatMap((file) => {
    const { parts } = file;
    if (parts.kind === 'active' && parts.family === 'api') return [{ file, age: -Infinity }];
    return parts.kind === 'rotated' && parts.family === 'api' ? [{ file, age: -parts.number }] : [];
  });
  return ages.sort((a, b) => a.age - b.age).map(({ file }) => file);
}

/** Passes the lines of a file to `take`, last line first, until it returns false. @returns the number of bytes read */
function readBack(path: string, most: number, take: (line: string) => boolean): number {
  let read = 0;
  try {
    whileOpen(path, (descriptor, { size }) => {
      let position = size;
      /** The rest of a line whose beginning is in the next block. */
      let rest = Buffer.alloc(0);
      while (position > 0 && read < most) {
        const length = Math.min(BLOCK_BYTES, position, most - read);
        const block = Buffer.alloc(length);
        const count = readSync(descriptor, block, 0, length, position - length);
        read += count;
        if (count < length) return;
        position -= length;
        let end = length;
        for (
          let at = block.lastIndexOf(NEWLINE);
          at !== -1;
          at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)
        ) {
          const line = Buffer.concat([block.subarray(at + 1, end), rest]);
          if (line.length > 0 && !take(line.toString())) return;
          rest = Buffer.alloc(0);
          end = at;
        }
        rest = Buffer.concat([block.subarray(0, end), rest]);
      }
      if (position === 0 && rest.length > 0) take(rest.toString());
    });
  } catch {
    // A file that cannot be read any further has given what it had.
  }
  return read;
}

const entryStart = '{"timestamp"';

/** Parses a line. If another entry follows a torn one on the same line, that other entry is parsed. */
function toRequest(line: string): RecentRequest | undefined {
  const next = line.lastIndexOf(entryStart);
  return parseEntry(line) ?? (next > 0 ? parseEntry(line.slice(next)) : undefined);
}

function parseEntry(line: string): RecentRequest | undefined {
  if (!line.startsWith('{')) return undefined;
  let entry: { [K in keyof RequestFacts]?: unknown } & { timestamp?: unknown };
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    return undefined;
  }
  const { method, path, status } = entry;
  if (typeof method !== 'string' || typeof path !== 'string' || typeof status !== 'number') return undefined;
  // This entry is the recorder's own note about dropped entries.
  if (method === '-' && path === '-') return undefined;
  return { method, path, status, time: parseTime(entry.timestamp) };
}
