import { join } from 'node:path';
import { Failure } from '../base/failure.ts';
import { compareAge, type ManagedFamily } from '../files/fileName.ts';
import { listFiles } from '../files/list.ts';
import type { LogFile } from '../files/logFile.ts';
import { openToRead } from '../files/safeOpen.ts';
import { type OpenZip, withZip } from '../archive/zip/readZip.ts';
import { PRINT_BYTES, printOf } from '../workspace/expiredLogs.ts';
import { logsFolder } from '../workspace/workspace.ts';

/** How far a family of logs was read. It stays good while its file grows, is rotated and is zipped. */
export interface LogPosition {
  /** The file, see `printOf`. */
  readonly print: string;
  /** A rotated file keeps its number on the disk; a zip of it has another one. */
  readonly inode: number;
  /** Bytes of the text in front of the next line, and their lines. */
  readonly offset: number;
  readonly lines: number;
}

/** A line of a log, without its end. */
export interface LogLine {
  readonly text: string;
  /** Identifies the line's place: it is the same wherever the file lies when it is read. */
  readonly place: string;
  /** Where reading goes on behind the line. */
  readonly after: LogPosition;
}

export interface ReadLines {
  readonly root: string;
  readonly family: ManagedFamily;
  /** Undefined for all lines that are there. */
  readonly from: LogPosition | undefined;
  readonly signal: AbortSignal;
}

const PIECE_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
/** A line that is longer is no entry of ours. */
const LONGEST_LINE = 16 * 1_048_576;

/**
 * Passes the lines of a family behind a position to `take`, the oldest first, through rotated files and archives, each
 * whole line once. It ends at the end of the active file. `take` is waited for, so little is in memory.
 * @param onGone called when the file of the position is no longer there; then reading begins at the oldest file
 * @throws Failure those of reading, `logs-missing`, `cancelled`
 */
export async function readLines(
  { root, family, from, signal }: ReadLines,
  take: (line: LogLine) => Promise<void>,
  onGone: (position: LogPosition) => void,
): Promise<void> {
  let files = filesOf(root, family);
  let at = from === undefined ? 0 : await indexOf(root, files, from, signal);
  if (from !== undefined && at === -1) onGone(from);
  let position = at === -1 ? undefined : from;
  for (let file = files[Math.max(at, 0)]; file !== undefined; file = files[at + 1]) {
    position = await readFile({ root, file, from: position, signal }, take);
    files = filesOf(root, family);
    at = position === undefined ? sameInode(files, file.inode) : await indexOf(root, files, position, signal);
    const found = files[at];
    if (found?.parts.kind === 'active') return;
    // It was rotated meanwhile: what was appended before the rename is read before the next file.
    if (file.parts.kind === 'active' && found !== undefined)
      await readFile({ root, file: found, from: position, signal }, take);
    // It expired as soon as it was read.
    if (at === -1) at = files.findIndex((each) => compareAge(each.parts, file.parts) > 0) - 1;
    position = undefined;
  }
}

/** The files of a family that hold its lines, the oldest first. */
function filesOf(root: string, family: ManagedFamily): readonly LogFile[] {
  return listFiles(logsFolder(root))
    .files.filter(
      ({ parts: { kind, ...parts } }) => /^(?:active|rotated|archive)$/.test(kind) && parts.family === family,
    )
    .sort((a, b) => compareAge(a.parts, b.parts));
}

function sameInode(files: readonly LogFile[], inode: number): number {
  return files.findIndex((file) => file.inode === inode);
}

/** Where the file of a position stands in the order; -1 if it is gone. Of files with one beginning the oldest counts. */
async function indexOf(
  root: string,
  files: readonly LogFile[],
  { print, inode }: LogPosition,
  signal: AbortSignal,
): Promise<number> {
  const isIt = async (file: LogFile | undefined): Promise<boolean> =>
    file !== undefined && printOf(await headOf(root, file, signal)) === print;
  const unmoved = sameInode(files, inode);
  if (await isIt(files[unmoved])) return unmoved;
  for (const [index, file] of files.entries()) if (await isIt(file)) return index;
  return -1;
}

/** The first kilobyte of a log's text; nothing of a file that is gone or damaged. */
async function headOf(root: string, file: LogFile, signal: AbortSignal): Promise<Uint8Array> {
  let head: Buffer = Buffer.alloc(0);
  try {
    await eachPiece({ root, file, offset: 0, signal }, (piece) => {
      head = Buffer.concat([head, piece]);
      return Promise.resolve(head.length < PRINT_BYTES);
    });
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return head;
}

interface ReadFile {
  readonly root: string;
  readonly file: LogFile;
  readonly from: LogPosition | undefined;
  readonly signal: AbortSignal;
}

/** @returns the position at the end of the last line; undefined if the file has no line yet */
async function readFile(
  { root, file, from, signal }: ReadFile,
  take: (line: LogLine) => Promise<void>,
): Promise<LogPosition | undefined> {
  const print = printOf(await headOf(root, file, signal));
  let position = from;
  let offset = from?.offset ?? 0;
  let lines = from?.lines ?? 0;
  let rest: Buffer = Buffer.alloc(0);

  const takeLine = async (line: Buffer, length: number): Promise<void> => {
    const place = `${file.parts.kind === 'foreign' ? '' : file.parts.family}:${print}:${String(offset)}`;
    offset += length;
    lines += 1;
    position = { print, inode: file.inode, offset, lines };
    if (line.length > 0) await take({ text: line.toString(), place, after: position });
  };

  await eachPiece({ root, file, offset, signal }, async (piece) => {
    const text: Buffer = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let start = 0;
    for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, start)) {
      await takeLine(text.subarray(start, at), at + 1 - start);
      start = at + 1;
    }
    // The piece's memory is used again.
    rest = Buffer.from(text.subarray(start));
    if (rest.length > LONGEST_LINE)
      throw new Failure('unexpected', { detail: `${file.name}: a line is too long` });
    return true;
  });
  // The last line of the active file is still being written.
  if (rest.length > 0 && file.parts.kind !== 'active') await takeLine(rest, rest.length);
  return position;
}

/**
 * Passes the text of a log from a byte on to `use`, until that says false. A plain file is not read in front of it. The
 * memory of a piece is used again.
 */
async function eachPiece(
  { root, file, offset, signal }: { readonly offset: number } & Omit<ReadFile, 'from'>,
  use: (piece: Buffer) => Promise<boolean>,
): Promise<void> {
  const path = join(logsFolder(root), file.name);
  if (file.parts.kind !== 'archive') {
    const { handle } = await openToRead(path);
    try {
      const pieces = handle.createReadStream({
        start: offset,
        autoClose: false,
        highWaterMark: PIECE_BYTES,
        signal,
      });
      for await (const piece of pieces) if (!(await use(piece as Buffer))) return;
    } finally {
      await handle.close();
    }
    return;
  }
  const read = async (zip: OpenZip): Promise<void> => {
    const [member] = zip.members;
    if (member === undefined) return;
    let at = 0;
    for await (const piece of zip.read(member)) {
      const skipped = Math.min(piece.length, Math.max(0, offset - at));
      at += piece.length;
      if (skipped < piece.length && !(await use(piece.subarray(skipped)))) return;
    }
  };
  await withZip(path, read, { signal });
}
