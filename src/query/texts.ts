import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Failure, type FailureMessage, fromUnknown, isFailure, toFailureMessage } from '../base/failure.ts';
import { parseFileName } from '../files/fileName.ts';
import { pathInWorkspace } from '../files/logFile.ts';
import type { Surroundings } from '../workspace/workspace.ts';
import { readTexts, type SearchedText } from './readTexts.ts';
import { SAMPLE_BYTES } from './readers/choose.ts';
import { compareFiles, takeStock, type SearchedFile, type Snapshot } from './sources.ts';

/** An entry by its text. It stays valid when the file of the text grows, is renamed or zipped. */
export interface TextPosition {
  /** The text, by the hash of its first line. */
  readonly text: string;
  /** Where the text was, in case it is gone. */
  readonly file: string;
  readonly offset: number;
  /** ms since 1970 */
  readonly time: number;
}

/** What could not be searched. */
export interface Unread {
  /** Paths in the workspace of encrypted archives that no known password opens. */
  readonly locked: readonly string[];
  readonly unreadable: readonly { readonly file: string; readonly why: FailureMessage }[];
  /** Files that were deleted while they were searched. */
  readonly gone: readonly string[];
}

export interface RankedText extends SearchedText {
  /** The place of the text among all: a later one is newer. */
  readonly rank: number;
}

/** The texts of a workspace at one moment. */
export interface Texts {
  /** Passes them one after the other, those of the newest files first. What cannot be read is left out. */
  each(use: (text: RankedText) => Promise<void>): Promise<void>;
  /** The rank of the text of a position; if it is gone, one between those of its neighbours. */
  rankOf(position: TextPosition): Promise<number>;
}

export interface Searching extends Surroundings {
  readonly root: string;
  /** Whether the file at a path in the workspace is searched. */
  readonly accepts: (path: string) => boolean;
  readonly signal: AbortSignal;
}

/** @throws Failure `cancelled`, `logs-missing`, `logs-not-a-folder`, `no-permission` */
export async function withTexts(
  searching: Searching,
  work: (texts: Texts) => Promise<void>,
): Promise<Unread> {
  const { root, accepts, signal } = searching;
  const unread = nothingUnread();
  const snapshot = await takeStock(root, accepts, searching);
  const { files } = snapshot;

  async function read(index: number, use: (text: RankedText) => Promise<void>): Promise<void> {
    const file = files[index];
    if (file === undefined) return;
    let member = 0;
    await readTexts(root, file, snapshot, signal, async (text) => {
      await use({ ...text, rank: (files.length - index) * MOST_MEMBERS + member });
      member += 1;
    });
  }

  try {
    await work({
      async each(use) {
        for (const [index, file] of files.entries())
          await read(index, use).catch((error: unknown) => {
            leaveOut(unread, file, error, signal);
          });
      },
      async rankOf({ text: id, file: path }) {
        // Most often it is where it was.
        const isThere = (file: SearchedFile): boolean => path.split('!', 1)[0] === pathInWorkspace(file);
        const order = Array.from(files.keys()).sort((one, other) => at(other) - at(one));
        function at(index: number): number {
          const file = files[index];
          return file !== undefined && isThere(file) ? 1 : 0;
        }
        let rank: number | undefined;
        for (const index of order) {
          if (rank !== undefined) break;
          await read(index, async (text) => {
            if (rank === undefined && (await headOf(text)) === id) ({ rank } = text);
          }).catch((error: unknown) => {
            if (signal.aborted) throw error;
          });
        }
        return rank ?? rankOfGone(path, snapshot);
      },
    });
  } finally {
    await snapshot.close();
  }
  return unread;
}

export type UnreadSoFar = { -readonly [K in keyof Unread]: Unread[K][number][] };

export function nothingUnread(): UnreadSoFar {
  return { locked: [], unreadable: [], gone: [] };
}

/** Enters why a file was not read. @throws Failure `cancelled` if the search was stopped */
export function leaveOut(unread: UnreadSoFar, file: SearchedFile, error: unknown, signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('cancelled', {});
  const path = pathInWorkspace(file);
  if (isFailure(error, 'password-needed') || isFailure(error, 'password-wrong')) unread.locked.push(path);
  else if (isFailure(error, 'file-missing')) unread.gone.push(path);
  else unread.unreadable.push({ file: path, why: toFailureMessage(fromUnknown(error)) });
}

/** A zip holds fewer. */
const MOST_MEMBERS = 65_536;

/** Between the ranks of the files before and behind it. */
function rankOfGone(path: string, { files }: Snapshot): number {
  const [place = ''] = path.split('!', 1);
  const name = basename(place);
  const gone = { name, parts: parseFileName(name), bytes: 0, modified: 0, inode: 0 };
  const newer = files.filter((file) => compareFiles(file, gone) > 0).length;
  return (files.length - newer) * MOST_MEMBERS + MOST_MEMBERS - 1;
}

async function headOf({ read: readText }: SearchedText): Promise<string> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const piece of readText()) {
    read.push(Buffer.from(piece));
    length += piece.length;
    if (length >= SAMPLE_BYTES || piece.includes(NEWLINE)) break;
  }
  return idOf(Buffer.concat(read));
}

const NEWLINE = 0x0a;

/** What a text is known by: the SHA-256 of its first line, or of its first 64 KB. */
export function idOf(head: Buffer): string {
  const sample = head.subarray(0, SAMPLE_BYTES);
  const end = sample.indexOf(NEWLINE);
  return createHash('sha256')
    .update(end === -1 ? sample : sample.subarray(0, end))
    .digest('base64url')
    .slice(0, 22);
}
