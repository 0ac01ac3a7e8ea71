import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withZip } from '../archive/readZip.ts';
import type { OpenZip, ZipMember } from '../archive/readZip.ts';
import { Failure, fromSystemError } from '../base/failure.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { isBookkeeping } from '../model/fileName.ts';
import { logsFolder, requireWorkspace } from './context.ts';
import type { WorkspaceInput } from './context.ts';
import { partCount, slicePart } from './parts.ts';

export interface LogInput extends WorkspaceInput {
  /** Name of a file directly in `logs/`. */
  readonly name: string;
  /** Which file of a zip; not needed where there is only one. */
  readonly member?: string | undefined;
}

/** The text of a log while `use` runs: its size, and its bytes in pieces, from some position on. */
interface LogText {
  readonly bytes: number;
  read(from: number, to: number): AsyncIterable<Buffer>;
}

/** How large a log's text is, and in how many parts it is shown. */
export interface LogSize {
  readonly textBytes: number;
  readonly parts: number;
  /** Of the file, in ms since 1970. */
  readonly modified: number;
}

export async function measureLog(input: LogInput): Promise<LogSize> {
  return withLog(input, ({ bytes }, modified) =>
    Promise.resolve({ textBytes: bytes, parts: partCount(bytes), modified }),
  );
}

/**
 * One part of a log's text, cut at line ends, counted from 0. A log of up to 20 MB is one part.
 * @throws Failure `no-such-part`, and those of reading
 */
export async function readLogPart(
  input: LogInput & { readonly part: number },
): Promise<LogSize & { readonly bytes: Uint8Array }> {
  return withLog(input, async (text, modified) => {
    const parts = partCount(text.bytes);
    const { part, name } = input;
    if (!Number.isInteger(part) || part < 0 || part >= parts)
      throw new Failure('no-such-part', { name, part, parts });
    const bytes = await slicePart(text, part);
    return { textBytes: text.bytes, parts, modified, bytes };
  });
}

/** The whole text of a log, in pieces as they come. */
export async function streamLog(input: LogInput, sink: (piece: Buffer) => Promise<void>): Promise<void> {
  await withLog(input, async (text) => {
    for await (const piece of text.read(0, text.bytes)) await sink(piece);
  });
}

async function withLog<T>(input: LogInput, use: (text: LogText, modified: number) => Promise<T>): Promise<T> {
  const path = pathOf(input);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw fromSystemError(error, path);
    },
  );
  try {
    const { size, mtimeMs } = await handle.stat();
    if (input.name.endsWith('.zip')) {
      return await withZip(path, async (zip) => use(zipText(zip, choose(zip, input)), mtimeMs));
    }
    const read = (from: number, to: number): AsyncIterable<Buffer> =>
      handle.createReadStream({
        start: from,
        end: Math.max(from, to - 1),
        autoClose: false,
        highWaterMark: 1 << 18,
      });
    const text = {
      bytes: size,
      read: (from: number, to: number) => (to <= from ? nothing() : read(from, to)),
    };
    return await use(text, mtimeMs);
  } finally {
    await handle.close();
  }
}

/** Only what stands directly in `logs/` and is a regular file: no way leads out of the folder. */
function pathOf(input: LogInput): string {
  const folder = logsFolder(requireWorkspace(input));
  const path = join(folder, input.name);
  const isName = basename(path) === input.name && dirname(path) === folder && !input.name.includes('\0');
  // The locks are opened by nobody else: closing one would drop it.
  if (!isName || isBookkeeping(input.name)) throw new Failure('not-a-log-name', { name: input.name });
  requireFolder(folder);
  const what = kindOf(path);
  if (what === 'missing') throw new Failure('file-missing', { path });
  if (what !== 'file') throw new Failure('not-a-regular-file', { path, what });
  return path;
}

function choose({ members }: OpenZip, { name, member: wanted }: LogInput): ZipMember {
  const names = members.map((member) => member.name);
  if (wanted === undefined && members.length !== 1)
    throw new Failure('member-needed', { name, members: names });
  const chosen = wanted === undefined ? members[0] : members.find((member) => member.name === wanted);
  if (chosen === undefined) throw new Failure('no-such-member', { name: wanted ?? '', members: names });
  return chosen;
}

/** A zip's text can only be read from its beginning; what comes before `from` is passed over. */
function zipText(zip: OpenZip, member: ZipMember): LogText {
  return {
    bytes: member.bytes,
    async *read(from, to) {
      let position = 0;
      for await (const piece of zip.read(member)) {
        const start = Math.max(0, from - position);
        const end = Math.min(piece.length, to - position);
        position += piece.length;
        if (start < end) yield piece.subarray(start, end);
        if (position >= to && to < member.bytes) return;
      }
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- an empty stream has nothing to wait for
async function* nothing(): AsyncGenerator<Buffer> {
  yield* [];
}
