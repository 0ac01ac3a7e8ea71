import type { FileName } from './fileName.ts';
import { LOGS_FOLDER } from './places.ts';

/** A regular file directly in `logs/`, or a zip in another folder, as it was listed. Times are ms since 1970. */
export interface LogFile {
  readonly name: string;
  /** Its folder, relative to the workspace with `/` between its parts; absent for `logs/` itself. */
  readonly folder?: string;
  readonly parts: FileName;
  readonly bytes: number;
  readonly modified: number;
  /** The inode; with `bytes` and `modified` it shows whether a file is unchanged. */
  readonly inode: number;
}

/** The path of a file, relative to the workspace with `/` between its parts. */
export function pathInWorkspace({
  folder = LOGS_FOLDER,
  name,
}: {
  readonly folder?: string | undefined;
  readonly name: string;
}): string {
  return `${folder}/${name}`;
}

/** The times of a file's entries, if they could be read. */
export interface EntryTimes {
  /** The time of the first entry, and that of the newest one. */
  readonly first?: number;
  readonly last?: number;
  /** For an archive: the size and CRC-32 of the log inside. */
  readonly inner?: { readonly bytes: number; readonly crc32: number };
}

export interface DatedLogFile extends LogFile, EntryTimes {}

/** The kind of a file in the output of `ls`. */
export type ListedKind = 'active' | 'rotated' | 'archive' | 'session' | 'store' | 'foreign' | 'leftover';

export interface Totals {
  readonly files: number;
  readonly bytes: number;
}

/** The extension of a compressed log, without the dot; empty for a plain log or a leftover. */
export function compressionOf(parts: FileName): string {
  if (parts.kind === 'archive') return 'zip';
  return parts.kind === 'foreign' ? parts.compression : '';
}

/** The name of a log after it is unzipped. */
export function plainNameOf({ name, parts }: { readonly name: string; readonly parts: FileName }): string {
  const compression = compressionOf(parts);
  const plain = compression === '' ? name : name.slice(0, -compression.length - 1);
  return plain === '' ? name : plain;
}

/** The next step of the policy for a file. */
export type NextStep =
  /** Nothing happens at the next maintenance; the active file rotates at this size, in bytes. */
  | { readonly kind: 'rotates'; readonly atBytes: number }
  /** Zipped after so many rotations; 0 is the next maintenance. */
  | { readonly kind: 'zips'; readonly afterRotations: number }
  /** Expires at this time, in ms since 1970. */
  | { readonly kind: 'expires'; readonly at: number }
  /** The next maintenance does this. */
  | {
      readonly kind: 'due';
      readonly step: 'rotate' | 'delete' | 'sweep';
      readonly reason: 'size' | 'age' | 'cap' | 'leftover';
    }
  /** The file would be deleted, but this reason prevents it. */
  | { readonly kind: 'held'; readonly reason: 'hold' | 'unaccepted' | 'clock' };
