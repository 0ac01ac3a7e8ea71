import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { withZip } from '../archive/zip/readZip.ts';
import type { LogFile } from '../files/logFile.ts';
import { openToRead } from '../files/safeOpen.ts';
import type { Policy } from '../policy/policy.ts';
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

/**
 * Notes a log that is about to be deleted, with its lines, where events of its family are forwarded: a target that has
 * not got them can tell how many it misses. Nothing else needs the note, so a log that can't be read is deleted without.
 * @param folder `logs/`
 */
export async function noteExpired(
  state: StateFolder,
  { forwarding }: Pick<Policy, 'forwarding'>,
  folder: string,
  { name, parts }: LogFile,
): Promise<void> {
  if (parts.kind === 'foreign' || parts.kind === 'leftover') return;
  const { family } = parts;
  if (!((family === 'api' && forwarding.entries) || (family === 'usage' && forwarding.usage))) return;
  try {
    const { print, lines } = await countLines(join(folder, name), parts.kind === 'archive');
    const known = expiredLogs(state);
    // A run that was killed before it deleted the file noted it already.
    if (known.at(-1)?.print === print) return;
    const number = (known.at(-1)?.number ?? 0) + 1;
    state.write(STATE_NAME, [...known, { number, family, print, lines }].slice(-MOST_KEPT));
  } catch {
    return;
  }
}

async function countLines(
  path: string,
  isArchive: boolean,
): Promise<{ readonly print: string; readonly lines: number }> {
  let head: Buffer = Buffer.alloc(0);
  let lines = 0;
  let last = NEWLINE;
  const count = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) {
      if (head.length < PRINT_BYTES) head = Buffer.concat([head, piece.subarray(0, PRINT_BYTES)]);
      for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) lines += 1;
      last = piece.at(-1) ?? last;
    }
  };
  if (isArchive)
    await withZip(path, async (zip) => {
      const [member] = zip.members;
      if (member !== undefined) await count(zip.read(member));
    });
  else {
    const { handle } = await openToRead(path);
    try {
      await count(handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>);
    } finally {
      await handle.close();
    }
  }
  return { print: printOf(head), lines: last === NEWLINE ? lines : lines + 1 };
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
