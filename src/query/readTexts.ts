import { decompress } from '../archive/codec/decompress.ts';
import { mainMember, textMembers } from '../archive/sessionMembers.ts';
import type { ZipMember } from '../archive/zip/readZip.ts';
import { Failure } from '../base/failure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import { pathInWorkspace } from '../files/logFile.ts';
import { compressionOfLog } from '../reading/readLog.ts';
import { isSessionArchive, withArchive } from '../sessions/sessionArchive.ts';
import { openListed, type SearchedFile, type Snapshot } from './sources.ts';

/** A text that is searched: a plain file, what is compressed in one, or a file of an archive. */
export interface SearchedText {
  /** The path in the workspace, with `!` and the member's name behind an archive. */
  readonly file: string;
  /** When the file was modified, in ms since 1970. */
  readonly modified: number;
  /** An encrypted text is never kept on disk, and showing it is recorded. */
  readonly isSession: boolean;
  /** The text in pieces, from its beginning at each call. The memory of a piece may be used again. */
  readonly read: () => AsyncIterable<Buffer>;
}

/**
 * Passes the texts of a file, one after the other. Of a damaged file, the text before the damage comes first.
 * @throws Failure `file-missing` if it is gone, and those of reading
 */
export async function readTexts(
  root: string,
  listed: SearchedFile,
  snapshot: Pick<Snapshot, 'isPlainToo'>,
  signal: AbortSignal,
  use: (text: SearchedText) => Promise<void>,
): Promise<void> {
  const { path, handle, stats } = await openListed(root, listed);
  const common = { modified: stats.mtimeMs, isSession: false };
  const file = pathInWorkspace(listed);
  try {
    const compression = await compressionOfLog(listed, handle);
    if (compression === undefined) {
      await use({ ...common, file, read: () => plainPieces(handle, stats.size, signal) });
      return;
    }
    if (compression !== 'zip') {
      const source = { name: listed.name, handle, bytes: stats.size };
      await use({
        ...common,
        file,
        read: () => bounded(decompress(compression, source, signal), stats.size, listed.name),
      });
      return;
    }
  } finally {
    if (listed.open === undefined) await handle.close();
  }
  await withArchive(
    path,
    async (archive) => {
      const isSession = isSessionArchive(archive);
      for (const member of membersOf(archive.members, isSession)) {
        if (listed.parts.kind === 'archive' && (await snapshot.isPlainToo(member))) continue;
        refuseBomb(member, listed.name);
        await archive.requireOpen(member);
        await use({
          ...common,
          isSession,
          file: `${file}!${member.name}`,
          read: () => bounded(archive.read(member), member.compressedBytes, listed.name),
        });
      }
    },
    { signal },
  );
}

/** The log of a session archive may stand in it twice, as text and as JSON. */
function membersOf(members: readonly ZipMember[], isSession: boolean): readonly ZipMember[] {
  const names = textMembers(members.map(({ name }) => name));
  const log = isSession ? mainMember(names) : undefined;
  return members.filter(({ name }) => (log === undefined ? names.includes(name) : name === log));
}

const PIECE_BYTES = BYTES_PER_MB;

interface Readable {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** The first `bytes` of a file, or fewer if it was cut. Each piece uses the memory of the one before. */
export async function* plainPieces(
  handle: Readable,
  bytes: number,
  signal: AbortSignal,
  from = 0,
): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE_BYTES, bytes - from)));
  for (let at = from; at < bytes;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(block, 0, Math.min(block.length, bytes - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

/** What grows more than this is made to fill memory, not to hold a log. */
const MOST_GROWTH = 1000;
const MOST_BYTES = 4 * 1024 * BYTES_PER_MB;
/** Less text than this does no harm, however small it was. */
const HARMLESS_BYTES = 16 * BYTES_PER_MB;

function isBomb(bytes: number, compressedBytes: number): boolean {
  return bytes > MOST_BYTES || (bytes > HARMLESS_BYTES && bytes > MOST_GROWTH * compressedBytes);
}

function refuseBomb({ name: member, bytes, compressedBytes }: ZipMember, name: string): void {
  if (isBomb(bytes, compressedBytes))
    throw new Failure('archive-unsupported', { name, member, what: 'growth' });
}

async function* bounded(
  pieces: AsyncIterable<Buffer>,
  compressedBytes: number,
  name: string,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (isBomb(bytes, compressedBytes)) throw new Failure('archive-unsupported', { name, what: 'growth' });
    yield piece;
  }
}
