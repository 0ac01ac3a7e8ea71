import type { FileName } from './fileName.ts';
import { LOGS_FOLDER } from './places.ts';

/** A regular file directly in `logs/`, or a zip in another folder, as a listing finds it. Times are ms since 1970. */
export interface LogFile {
  readonly name: string;
  /** Its folder, relative to the workspace with `/` between its parts; absent for `logs/` itself. */
  readonly folder?: string;
  readonly parts: FileName;
  readonly bytes: number;
  readonly modified: number;
  /** Inode; with `bytes` and `modified` it tells whether a file is still the one that was looked at. */
  readonly inode: number;
}

/** Where a file is, relative to the workspace with `/` between its parts. */
export function pathInWorkspace({ folder = LOGS_FOLDER, name }: Pick<LogFile, 'folder' | 'name'>): string {
  return `${folder}/${name}`;
}

/** The times of the entries of a file, where they could be read. */
export interface EntryTimes {
  /** Time of the first and the last entry. */
  readonly first?: number;
  readonly last?: number;
  /** Of an archive: the size and CRC-32 of the log inside. */
  readonly inner?: { readonly bytes: number; readonly crc32: number };
}

export interface DatedLogFile extends LogFile, EntryTimes {}

/** What `ls` calls a file. */
export type ListedKind = 'active' | 'rotated' | 'archive' | 'session' | 'foreign' | 'leftover';

export interface Totals {
  readonly files: number;
  readonly bytes: number;
}
