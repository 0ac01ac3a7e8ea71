import type { FileHandle } from 'node:fs/promises';
import {
  type Compression,
  compressionIn,
  isPlainText,
  isUnreadCompression,
  MAGIC_BYTES,
} from '../archive/codec/compression.ts';
import { decompress } from '../archive/codec/decompress.ts';
import { discard } from '../archive/codec/memory.ts';
import { textMembers } from '../archive/sessionMembers.ts';
import type { ZipMember } from '../archive/zip/readZip.ts';
import { Failure, isFailure, toFailureMessage, type FailureMessage } from '../base/failure.ts';
import { compressionOf, pathInWorkspace } from '../files/logFile.ts';
import { parseFileName } from '../files/fileName.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { openToRead } from '../files/safeOpen.ts';
import { openingOf, recorded } from '../workspace/deeds.ts';
import { isZipName, type LogPlace, pathOf } from '../workspace/logPlaces.ts';
import { type AppContext, requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';
import { isSessionArchive, type SessionArchive, withArchive } from '../sessions/sessionArchive.ts';
import { textSizeOf, type TextSize } from './textSize.ts';
import { BYTES_PER_MB } from '../base/units.ts';

/** Texts up to this size are shown whole. VS Code colours and searches them without a prompt. */
const WHOLE_BYTES = 20 * BYTES_PER_MB;
/** Parts are smaller, so that each one appears at once: the page receives about 20 MB per second. */
const PART_BYTES = 5 * BYTES_PER_MB;
/** How far after its nominal end a part may end at a line end. */
const REACH_BYTES = BYTES_PER_MB;
const NEWLINE = 0x0a;

export function partCount(bytes: number): number {
  return bytes <= WHOLE_BYTES ? 1 : Math.ceil(bytes / PART_BYTES);
}

interface Source {
  readonly bytes: number;
  read(from: number, to: number): AsyncIterable<Buffer>;
}

/**
 * The bytes of one part, counted from 0. A part ends after the first line that ends at or after its nominal end. If no
 * line ends within 1 MB after it, the part ends there, between two characters. So the parts follow one another without
 * gap or overlap, and none is larger than 20 MB.
 */
export async function slicePart(source: Source, part: number): Promise<Uint8Array> {
  const isWhole = partCount(source.bytes) === 1;
  const nominalStart = part * PART_BYTES;
  const nominalEnd = isWhole ? source.bytes : Math.min(nominalStart + PART_BYTES, source.bytes);
  const from = Math.max(0, nominalStart - 1);
  const to = Math.min(source.bytes, nominalEnd + REACH_BYTES + MAX_CHARACTER_BYTES);
  const pieces: Buffer[] = [];
  for await (const piece of source.read(from, to)) pieces.push(piece);
  const window = Buffer.concat(pieces);
  const start = boundary(window, nominalStart - from, nominalStart === 0);
  const end = boundary(window, nominalEnd - from, nominalEnd >= source.bytes);
  // The part is copied, because only a whole buffer can be transferred to another thread.
  return Uint8Array.prototype.slice.call(window, start, Math.max(start, end));
}

const MAX_CHARACTER_BYTES = 4;

/** The real end of a part that nominally ends at `at`. `exact` means that `at` is an end of the text itself. */
function boundary(window: Buffer, at: number, exact: boolean): number {
  if (exact) return at === 0 ? 0 : window.length;
  const newline = window.indexOf(NEWLINE, at - 1);
  if (newline !== -1 && newline < at + REACH_BYTES) return newline + 1;
  let end = Math.min(window.length, at + REACH_BYTES);
  // The search stops after the longest possible character. The window of the part before stops there, too, and both
  // parts must agree on the boundary.
  const limit = Math.min(window.length, end + MAX_CHARACTER_BYTES - 1);
  while (end < limit && isContinuation(window[end])) end += 1;
  return end;
}

/** Whether a byte is the second, third or fourth byte of a UTF-8 character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

export interface LogInput extends WorkspaceInput, LogPlace {
  /** The file of a zip to read; not needed if there is only one. */
  readonly member?: string | undefined;
  /** A further folder of session archives; relative to the workspace, or anywhere. */
  readonly sessions?: string | undefined;
}

/** The text of a log. It is valid only while `use` runs. */
interface LogText {
  /** The text comes out of a session archive. */
  readonly isSession?: boolean;
  /** A damaged file is shown up to its damage; of a damaged zip nothing is. */
  readonly isShownUpToDamage?: true;
  /** The size in bytes. For some kinds of compression, the first call must read the whole text. */
  readonly size: () => Promise<TextSize>;
  /** The bytes from a position on, in pieces. `to` may be after the end. */
  readonly read: (from: number, to: number) => AsyncIterable<Buffer>;
}

/** The size of a log's text, and the number of parts in which it is shown. */
export interface LogSize {
  readonly textBytes: number;
  readonly parts: number;
  /** When the file was modified, in ms since 1970. */
  readonly modified: number;
  /** Set if a compressed file is damaged and the text ends there: what is wrong with it. */
  readonly damage?: FailureMessage | undefined;
}

type Context = { readonly [K in keyof AppContext]?: AppContext[K] | undefined };

/** @throws Failure those of reading; `archive-unsupported` if the text is too large to be shown even in parts */
export async function measureLog(input: LogInput, context?: Context): Promise<LogSize> {
  return withLog(input, context, async (text, modified) => {
    const { bytes: textBytes, damage } = await text.size();
    return { textBytes, parts: partCount(textBytes), modified, ...(damage !== undefined && { damage }) };
  });
}

/**
 * One part of a log's text, cut at line ends, counted from 0. A log of up to 20 MB is one part.
 * @throws Failure `no-such-part`, `audit-unavailable`, and those of reading
 */
export async function readLogPart(
  input: LogInput & {
    readonly part: number;
    /** Whether this read opens the log; a further read of one that is open is not recorded. */
    readonly opens?: boolean;
  },
  context?: Context,
): Promise<LogSize & { readonly bytes: Uint8Array }> {
  return withLog(input, context, async (text, modified) => {
    const { bytes: textBytes, damage } = await text.size();
    const parts = partCount(textBytes);
    const { part, name, opens = false } = input;
    if (!Number.isInteger(part) || part < 0 || part >= parts)
      throw new Failure('no-such-part', { name, part, parts });
    const read = (): Promise<Uint8Array> => slicePart({ bytes: textBytes, read: text.read }, part);
    const bytes = opens && text.isSession === true ? await opening(input, context, read) : await read();
    return { textBytes, parts, modified, bytes, ...(damage !== undefined && { damage }) };
  });
}

/**
 * Passes the whole text of a log to `sink`, in pieces as they are read.
 * @throws Failure `audit-unavailable`, and those of reading
 */
export async function streamLog(
  input: LogInput,
  sink: (piece: Buffer) => Promise<void>,
  context?: Context,
): Promise<void> {
  // A person names the file: only the folders of the policy and of `sessions` count, not those that were used.
  await withLog(input, { signal: context?.signal }, async (text) => {
    const read = async (): Promise<void> => {
      for await (const piece of text.read(0, Infinity)) await sink(piece);
    };
    if (text.isSession !== true) {
      await read();
      return;
    }
    // A text that cannot be opened is no deed: the password may be asked for yet.
    await text.size();
    await opening(input, context, read);
  });
}

/** Reads the text of a session archive, once its opening is recorded. */
function opening<T>(
  input: LogInput,
  { trail, environment = {}, door }: Context = {},
  read: () => Promise<T>,
): Promise<T> {
  if (trail === undefined) return read();
  const deed = openingOf(pathInWorkspace(input), input.member);
  return recorded({ trail, environment, door }, requireWorkspace(input), deed, read);
}

/**
 * Passes the text of a log to `sink`, as much of it as is shown: that of a damaged file ends at its damage.
 * @returns the damage; undefined if the text is whole
 * @throws Failure those of reading; `archive-damaged` if there is no text, or for a zip
 */
export async function streamShownLog(
  input: LogInput,
  sink: (piece: Buffer) => Promise<void>,
  context?: Context,
): Promise<FailureMessage | undefined> {
  return withLog(input, context, async (text) => {
    let isBegun = false;
    try {
      for await (const piece of text.read(0, Infinity)) {
        await sink(piece);
        isBegun ||= piece.length > 0;
      }
      return undefined;
    } catch (error) {
      const isShown = isBegun && text.isShownUpToDamage === true;
      if (!isShown || !isFailure(error, 'archive-damaged')) throw error;
      return toFailureMessage(error);
    }
  });
}

async function withLog<T>(
  input: LogInput,
  context: Context | undefined,
  use: (text: LogText, modified: number) => Promise<T>,
): Promise<T> {
  const { signal, environment } = context ?? {};
  const root = requireWorkspace(input);
  const path = pathOf(root, requireLog(root, input, { environment, sessions: input.sessions }));
  const { handle, stats } = await openToRead(path);
  try {
    const compression = await compressionOfLog(input, handle);
    if (compression === 'zip')
      return await withArchive(
        path,
        async (archive) => use(zipText(archive, choose(archive, input)), stats.mtimeMs),
        { signal },
      );
    const { name, member } = input;
    if (member !== undefined)
      throw new Failure('usage', { detail: `“--member” is for zips, and “${name}” is none.` });
    if (compression === undefined) return await use(plainText(handle, stats.size), stats.mtimeMs);
    const read = (): AsyncIterable<Buffer> =>
      decompress(compression, { name, handle, bytes: stats.size }, signal);
    const text: LogText = {
      isShownUpToDamage: true,
      size: () => textSizeOf(path, handle, read),
      read: (from, to) => sliced(read(), from, to),
    };
    return await use(text, stats.mtimeMs);
  } finally {
    await handle.close();
  }
}

/**
 * The compression of a log. For a foreign file in `logs/`, its first bytes decide, so a plain or empty file is read as
 * it is, whatever its name says. Our own logs are plain, or zips by their name: an empty one has lost its log.
 * @throws Failure `archive-damaged` if the file is neither compressed as its name says nor text, `archive-unsupported`
 *   for a compression that is not read here
 */
export async function compressionOfLog(
  { name, folder }: LogPlace,
  handle: FileHandle,
): Promise<Compression | undefined> {
  const parts = parseFileName(name);
  const extension = isZipName(name) ? 'zip' : compressionOf(parts);
  const isOurs = parts.kind !== 'foreign' || (folder ?? LOGS_FOLDER) !== LOGS_FOLDER;
  if (isOurs) return extension === 'zip' ? 'zip' : undefined;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
  const head = buffer.subarray(0, bytesRead);
  const compression = compressionIn(head);
  if (compression !== undefined) return extension === '' && compression === 'zip' ? undefined : compression;
  if (isUnreadCompression(head)) throw new Failure('archive-unsupported', { name, what: 'format' });
  if (extension === '' || isPlainText(head)) return undefined;
  if (extension === 'br') return 'brotli';
  // The zip may begin with other bytes.
  if (extension === 'zip') return 'zip';
  throw new Failure('archive-damaged', { name, check: 'beginning' });
}

function choose({ members }: SessionArchive, { name, member: wanted }: LogInput): ZipMember {
  const names = members.map((member) => member.name);
  const texts = textMembers(names);
  if (wanted === undefined && texts.length !== 1)
    throw new Failure('member-needed', { name, members: texts });
  const chosen = members.find((member) => member.name === (wanted ?? texts[0]));
  if (chosen === undefined) throw new Failure('no-such-member', { name: wanted ?? '', members: names });
  return chosen;
}

function plainText(handle: FileHandle, bytes: number): LogText {
  return {
    size: () => Promise.resolve({ bytes }),
    read(from, to) {
      const end = Math.min(to, bytes);
      if (end <= from) return nothing();
      return handle.createReadStream({
        start: from,
        end: end - 1,
        autoClose: false,
        highWaterMark: 1 << 18,
      }) as AsyncIterable<Buffer>;
    },
  };
}

function zipText(archive: SessionArchive, member: ZipMember): LogText {
  return {
    isSession: isSessionArchive(archive),
    // A read failure is reported here, before the text is read.
    async size() {
      await archive.requireOpen(member);
      return { bytes: member.bytes };
    },
    // The checks run at the end of the text, so a read up to the end must not stop before them.
    read: (from, to) => sliced(archive.read(member), from, to < member.bytes ? to : Infinity),
  };
}

/** Slices a compressed text, which can only be read from its beginning. Bytes before `from` are skipped. */
async function* sliced(text: AsyncIterable<Buffer>, from: number, to: number): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const piece of text) {
    const start = Math.max(0, from - position);
    const end = Math.min(piece.length, to - position);
    position += piece.length;
    if (start < end) yield piece.subarray(start, end);
    else discard(piece);
    if (position >= to) return;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- an empty stream has nothing to wait for
async function* nothing(): AsyncGenerator<Buffer> {
  yield* [];
}
