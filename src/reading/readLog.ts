import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Compression, compressionIn, MAGIC_BYTES } from '../archive/codec/compression.ts';
import { decompress } from '../archive/codec/decompress.ts';
import { discard } from '../archive/codec/memory.ts';
import type { ZipMember } from '../archive/zip/readZip.ts';
import { Failure, fromSystemError } from '../base/failure.ts';
import { compressionOf } from '../files/logFile.ts';
import { parseFileName } from '../files/fileName.ts';
import { isZipName, type LogPlace, pathOf } from '../workspace/logPlaces.ts';
import { type AppContext, requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';
import { type SessionArchive, withArchive } from '../sessions/sessionArchive.ts';
import { textSizeOf } from './textSize.ts';
import { BYTES_PER_MB } from '../base/units.ts';

/** Texts up to this size are shown whole; VS Code colours and searches them without a prompt. */
const WHOLE_BYTES = 20 * BYTES_PER_MB;
/** Parts are smaller, so that each appears at once: about 20 MB a second reach the page. */
const PART_BYTES = 5 * BYTES_PER_MB;
/** How far behind its nominal end a part may reach for a line end. */
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
 * The bytes of one part, counted from 0. A part ends with the first line that ends at or behind its nominal end; where no
 * line ends within 1 MB of it, it ends there, between two characters. So parts follow one another without gap or overlap,
 * and none is larger than 20 MB.
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
  // A copy of its own: whole buffers can be handed to another thread.
  return Uint8Array.prototype.slice.call(window, start, Math.max(start, end));
}

const MAX_CHARACTER_BYTES = 4;

/** Where the part that nominally ends at `at` really ends; `exact` at the text's own ends. */
function boundary(window: Buffer, at: number, exact: boolean): number {
  if (exact) return at === 0 ? 0 : window.length;
  const newline = window.indexOf(NEWLINE, at - 1);
  if (newline !== -1 && newline < at + REACH_BYTES) return newline + 1;
  let end = Math.min(window.length, at + REACH_BYTES);
  // No further than a character can be: the window of the part in front ends there, and both have to agree.
  const limit = Math.min(window.length, end + MAX_CHARACTER_BYTES - 1);
  while (end < limit && isContinuation(window[end])) end += 1;
  return end;
}

/** Second to fourth bytes of a UTF-8 character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

export interface LogInput extends WorkspaceInput, LogPlace {
  /** Which file of a zip; not needed where there is only one. */
  readonly member?: string | undefined;
  /** One more folder of session archives; relative to the workspace, or anywhere. */
  readonly sessions?: string | undefined;
}

/** The text of a log while `use` runs. */
interface LogText {
  /** In bytes. For some kinds of compression this takes reading the whole text, the first time. */
  readonly size: () => number | Promise<number>;
  /** The bytes from some position on, in pieces; `to` may lie behind the end. */
  readonly read: (from: number, to: number) => AsyncIterable<Buffer>;
}

/** How large a log's text is, and in how many parts it is shown. */
export interface LogSize {
  readonly textBytes: number;
  readonly parts: number;
  /** Of the file, in ms since 1970. */
  readonly modified: number;
}

type Cancelling = Pick<AppContext, 'signal'>;

/** @throws Failure those of reading; `archive-unsupported` where the text is too large to be shown, in parts either */
export async function measureLog(input: LogInput, context?: Cancelling): Promise<LogSize> {
  return withLog(input, context?.signal, async (text, modified) => {
    const textBytes = await text.size();
    return { textBytes, parts: partCount(textBytes), modified };
  });
}

/**
 * One part of a log's text, cut at line ends, counted from 0. A log of up to 20 MB is one part.
 * @throws Failure `no-such-part`, and those of reading
 */
export async function readLogPart(
  input: LogInput & { readonly part: number },
  context?: Cancelling,
): Promise<LogSize & { readonly bytes: Uint8Array }> {
  return withLog(input, context?.signal, async (text, modified) => {
    const textBytes = await text.size();
    const parts = partCount(textBytes);
    const { part, name } = input;
    if (!Number.isInteger(part) || part < 0 || part >= parts)
      throw new Failure('no-such-part', { name, part, parts });
    const bytes = await slicePart({ bytes: textBytes, read: text.read }, part);
    return { textBytes, parts, modified, bytes };
  });
}

/** The whole text of a log, in pieces as they come. */
export async function streamLog(
  input: LogInput,
  sink: (piece: Buffer) => Promise<void>,
  context?: Cancelling,
): Promise<void> {
  await withLog(input, context?.signal, async (text) => {
    for await (const piece of text.read(0, Infinity)) await sink(piece);
  });
}

async function withLog<T>(
  input: LogInput,
  signal: AbortSignal | undefined,
  use: (text: LogText, modified: number) => Promise<T>,
): Promise<T> {
  const root = requireWorkspace(input);
  const path = pathOf(root, requireLog(root, input.name, input.folder, input.sessions));
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw fromSystemError(error, path);
    },
  );
  try {
    const stats = await handle.stat();
    const compression = await compressionOfLog(input.name, handle);
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
      size: () => textSizeOf(path, handle, read),
      read: (from, to) => sliced(read(), from, to),
    };
    return await use(text, stats.mtimeMs);
  } finally {
    await handle.close();
  }
}

/**
 * What the first bytes of a foreign file tell; logs of ours are plain, or zips by their name.
 * @throws Failure `archive-damaged` where the name speaks of a compression, and the content of none
 */
async function compressionOfLog(name: string, handle: FileHandle): Promise<Compression | undefined> {
  const parts = parseFileName(name);
  const extension = compressionOf(parts);
  if (extension === 'zip' || isZipName(name)) return 'zip';
  if (parts.kind !== 'foreign') return undefined;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
  const compression = compressionIn(buffer.subarray(0, bytesRead));
  if (extension === '') return compression === 'zip' ? undefined : compression;
  if (compression !== undefined) return compression;
  throw new Failure('archive-damaged', { name, check: bytesRead === 0 ? 'empty' : 'beginning' });
}

function choose({ members }: SessionArchive, { name, member: wanted }: LogInput): ZipMember {
  const names = members.map((member) => member.name);
  if (wanted === undefined && members.length !== 1)
    throw new Failure('member-needed', { name, members: names });
  const chosen = wanted === undefined ? members[0] : members.find((member) => member.name === wanted);
  if (chosen === undefined) throw new Failure('no-such-member', { name: wanted ?? '', members: names });
  return chosen;
}

function plainText(handle: FileHandle, bytes: number): LogText {
  return {
    size: () => Promise.resolve(bytes),
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
    // What cannot be read is told before anybody waits for it.
    async size() {
      await archive.requireOpen(member);
      return member.bytes;
    },
    // What is read to its end is checked there.
    read: (from, to) => sliced(archive.read(member), from, to < member.bytes ? to : Infinity),
  };
}

/** A compressed text can only be read from its beginning; what comes before `from` is passed over. */
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
