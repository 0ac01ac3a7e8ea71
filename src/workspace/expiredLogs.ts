import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ManagedFamily } from '../files/fileName.ts';
import type { StateFolder } from './stateFolder.ts';

/** A log that was deleted while events of its family are forwarded, so that a target can tell what it missed. */
const expiredLog = z.strictObject({
  /** Counts all such files of the workspace, from 1. */
  number: z.number(),
  family: z.string(),
  print: z.string(),
  lines: z.number(),
});
const list = z.array(expiredLog);
export type ExpiredLog = z.infer<typeof expiredLog>;

const STATE_NAME = 'expired';
const MOST_KEPT = 1000;
const NEWLINE = 0x0a;

/** So much of a log's text is enough for its fingerprint. */
export const PRINT_BYTES = 1024;

/**
 * The fingerprint of a log: the SHA-256 of its first line, or of that line's first kilobyte. It stays while the log
 * grows, is rotated and is zipped.
 * @param head the first kilobyte of its text, or all of it
 */
export function printOf(head: Uint8Array): string {
  const end = head.indexOf(NEWLINE);
  const line = head.subarray(0, Math.min(end === -1 ? head.length : end, PRINT_BYTES));
  return createHash('sha256').update(line).digest('base64url').slice(0, 22);
}

/** Adds a log that is about to be deleted. */
export function noteExpired(
  folder: StateFolder,
  log: { readonly family: ManagedFamily; readonly print: string; readonly lines: number },
): void {
  const known = expiredLogs(folder);
  const number = (known.at(-1)?.number ?? 0) + 1;
  folder.write(STATE_NAME, [...known, { number, ...log }].slice(-MOST_KEPT));
}

/** The number of the last one; 0 before the first. */
export function lastExpired(folder: StateFolder): number {
  return expiredLogs(folder).at(-1)?.number ?? 0;
}

/** Those behind a number, in the order in which they were deleted. */
export function expiredSince(folder: StateFolder, number: number): readonly ExpiredLog[] {
  return expiredLogs(folder).filter((log) => log.number > number);
}

function expiredLogs(folder: StateFolder): readonly ExpiredLog[] {
  const parsed = list.safeParse(folder.read(STATE_NAME));
  return parsed.success ? parsed.data : [];
}
