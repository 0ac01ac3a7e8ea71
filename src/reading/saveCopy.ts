import type { Stats } from 'node:fs';
import { lstat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Failure, type FailureMessage } from '../base/failure.ts';
import { identify, isUnchanged } from '../files/identity.ts';
import { openToRead } from '../files/safeOpen.ts';
import { saveCopy as save, type CopyContent } from './copyFile.ts';
import { compressionOf, pathInWorkspace, type LogFile } from '../files/logFile.ts';
import { isSessionArchive, withArchive } from '../sessions/sessionArchive.ts';
import { recorded, type Deed } from '../workspace/deeds.ts';
import { folderPathOf, isZipName, pathOf, shownName } from '../workspace/logPlaces.ts';
import {
  progressTeller,
  reportAction,
  requireWorkspace,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { measureLog, streamShownLog } from './readLog.ts';
import { requireLog } from '../workspace/requireLog.ts';

export interface SaveCopyInput extends WorkspaceInput {
  /** The log as the user saw it. */
  readonly file: LogFile;
  /** Whether to save the text of a compressed log instead of the file as it is. */
  readonly unzipped: boolean;
  /** The file of a zip to save, if there are several. */
  readonly member?: string | undefined;
  /** The absolute path of the copy. */
  readonly target: string;
  /** The existing file that the user agreed to replace. */
  readonly replaces?: LogFile | undefined;
  /** All files of the zip that are saved by the same command. */
  readonly members?: readonly string[] | undefined;
  /** The record of the command, once one of these was saved. */
  readonly record?: string | undefined;
}

export interface SavedCopy {
  readonly bytes: number;
  /** The id of the record; empty if there is none. */
  readonly record: string;
  readonly damage?: FailureMessage;
}

/**
 * Saves a copy of a log outside `logs/`, with the permissions of the log. If the log grows meanwhile, the copy holds
 * the bytes that existed at the start, without a line that was not finished then. The text of a damaged file is saved
 * as far as it is shown.
 * @returns the size of the copy, and the damage before which its text ends
 * @throws Failure `source-changing` if the log is not the one that the user saw, `member-needed`, `target-among-logs`,
 *   `target-exists`, `audit-unavailable`, `disk-full`, `cancelled` …
 */
export async function saveCopy(input: SaveCopyInput, context: AppContext): Promise<SavedCopy> {
  const root = requireWorkspace(input);
  const { file, target, replaces, member, members = [member], record: known } = input;
  const content = input.unzipped ? await textOf(root, input, context) : await bytesOf(root, file, context);
  const deed: Deed = {
    action: content.isDecrypted === true ? 'archive_decrypted' : 'log_downloaded',
    entity: pathInWorkspace(file),
    details: { target, ...(member !== undefined && { members }) },
  };
  try {
    const saving = async (record: string): Promise<{ bytes: number; record: string }> => {
      const bytes = await save(
        { root, path: resolve(target), replaces, environment: context.environment },
        {
          mode: content.mode,
          fill: (write) => content.fill(reporting(write, content, file.name, context)),
        },
      );
      return { bytes, record };
    };
    const { bytes, record } = await recorded(context, root, deed, saving, known);
    reportAction(context, root, { kind: 'copied', name: shownName(file), target });
    const damage = content.damage();
    return { bytes, record, ...(damage !== undefined && { damage }) };
  } finally {
    await content.close();
  }
}

/** The regular files at these paths, which copies would replace. */
export function filesAt({ paths }: { readonly paths: readonly string[] }): (LogFile | undefined)[] {
  return paths.map((path) => identify(dirname(path), basename(path)));
}

interface Content extends CopyContent {
  /** The text comes out of a session archive. */
  readonly isDecrypted?: boolean;
  /** The number of bytes of the copy; 0 if it is not known yet. */
  readonly total: number;
  readonly close: () => Promise<void>;
  /** Known once the content was read. */
  readonly damage: () => FailureMessage | undefined;
}

/** The file as it is, read through a descriptor that was checked. */
async function bytesOf(root: string, file: LogFile, context: AppContext): Promise<Content> {
  const { name } = file;
  const isPlain = compressionOf(file.parts) === '' && !isZipName(name);
  const path = pathOf(root, requireLog(root, file, context));
  const { handle, stats: start } = await openToRead(path);
  const close = (): Promise<void> => handle.close();
  try {
    const isTheOne = start.ino === file.inode && isSame(file, start, isPlain);
    if (!isTheOne) throw new Failure('source-changing', { name });
    return {
      mode: start.mode,
      total: start.size,
      close,
      damage: () => undefined,
      async fill(write) {
        const { bytes, lineEnd } = await copyPieces(handle, start.size, write);
        const end = await handle.stat();
        const was = { bytes: start.size, modified: start.mtimeMs };
        if (bytes !== start.size || !isSame(was, end, isPlain))
          throw new Failure('source-changing', { name });
        return end.size > bytes && lineEnd > 0 ? lineEnd : bytes;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether the file is unchanged. A plain log may have grown. */
function isSame(was: Pick<LogFile, 'bytes' | 'modified'>, now: Stats, isPlain: boolean): boolean {
  const hasGrown = now.size > was.bytes;
  return hasGrown ? isPlain : now.size === was.bytes && now.mtimeMs === was.modified;
}

const NEWLINE = 0x0a;
const PIECE_BYTES = 1 << 18;

/** @returns the number of bytes, and the position after the last line end */
async function copyPieces(
  handle: FileHandle,
  size: number,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<{ bytes: number; lineEnd: number }> {
  let bytes = 0;
  let lineEnd = 0;
  if (size === 0) return { bytes, lineEnd };
  const options = { start: 0, end: size - 1, autoClose: false, highWaterMark: PIECE_BYTES };
  for await (const piece of handle.createReadStream(options) as AsyncIterable<Buffer>) {
    await write(piece);
    const newline = piece.lastIndexOf(NEWLINE);
    if (newline !== -1) lineEnd = bytes + newline + 1;
    bytes += piece.length;
  }
  return { bytes, lineEnd };
}

/** The text inside a compressed file. The file is opened by its name, so it is checked again after reading. */
async function textOf(root: string, { file, member }: SaveCopyInput, context: AppContext): Promise<Content> {
  const { name, folder } = file;
  const path = pathOf(root, requireLog(root, { name, folder }, context));
  const { mode } = await lstat(path);
  const requireUnchanged = (): void => {
    if (!isUnchanged(folderPathOf(root, file), file)) throw new Failure('source-changing', { name });
  };
  let damage: FailureMessage | undefined;
  const { isEncrypted, isSession } = await formOf(path);
  // A text that cannot be opened is no deed: the password may be asked for yet.
  if (isEncrypted) {
    try {
      await measureLog({ root, name, folder, member }, context);
    } finally {
      requireUnchanged();
    }
  }
  return {
    isDecrypted: isSession,
    // A user who may read the archive does not necessarily have its password, so only the owner may read the copy.
    mode: isEncrypted ? mode & OWNERS_MODE : mode,
    total: 0,
    close: () => Promise.resolve(),
    damage: () => damage,
    async fill(write) {
      let bytes = 0;
      try {
        const sink = async (piece: Buffer): Promise<void> => {
          await write(piece);
          bytes += piece.length;
        };
        damage = await streamShownLog({ root, name, folder, member }, sink, context);
      } finally {
        // This also runs after a read failure: if the file was replaced, that is the reason to report.
        requireUnchanged();
      }
      return bytes;
    },
  };
}

const OWNERS_MODE = 0o700;

interface Form {
  readonly isEncrypted: boolean;
  readonly isSession: boolean;
}

async function formOf(path: string): Promise<Form> {
  const plain = { isEncrypted: false, isSession: false };
  if (!isZipName(path)) return plain;
  const look = withArchive(path, (archive) =>
    Promise.resolve({
      isEncrypted: archive.members.some(({ encrypted }) => encrypted),
      isSession: isSessionArchive(archive),
    }),
  );
  // A read failure is reported later, when the text is read.
  return look.catch(() => plain);
}

/** Reports how far it is, and stops when it is cancelled. */
function reporting(
  write: (piece: Uint8Array) => Promise<void>,
  { total }: Content,
  name: string,
  context: AppContext,
): (piece: Uint8Array) => Promise<void> {
  const tell = progressTeller(context, total);
  let done = 0;
  return async (piece) => {
    if (context.signal.aborted) throw new Failure('cancelled', {});
    await write(piece);
    done += piece.length;
    tell(name, done);
  };
}
