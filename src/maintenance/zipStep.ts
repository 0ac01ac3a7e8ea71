import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, fromSystemError, withLoss, type FailureCode } from '../base/failure.ts';
import { formatFileName, parseFileName } from '../files/fileName.ts';
import type { DatedLogFile, LogFile } from '../files/logFile.ts';
import type { Archives } from '../files/archivePort.ts';
import { removeIfThere, syncFolder, temporaryFor } from '../files/durable.ts';
import { formatComment, timesOfPlain } from '../files/entryTimes.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { giveName } from '../files/newFile.ts';
import { identify, isUnchanged } from '../files/identity.ts';
import { openToRead } from '../files/safeOpen.ts';

export interface ZipContext {
  readonly folder: string;
  /** The time of the run, in ms since 1970: it decides which times of entries are believed. */
  readonly now: number;
  readonly lock: FolderLock;
  readonly archives: Archives;
  /** The archives of the family that existed at the start. */
  readonly existing: readonly Pick<DatedLogFile, 'name' | 'inner'>[];
  readonly signal?: AbortSignal | undefined;
}

const ATTEMPTS = 3;

/**
 * Puts a rotated file into an archive called `to` or the next free name. It writes under a temporary name, syncs, reads
 * the archive again, gives it its final name, and only then removes the file. If an archive of the family already holds
 * the same bytes (because a run was killed before it removed the file), only the file is removed. An interruption at
 * any step loses nothing.
 * @returns the archive's name
 * @throws Failure `source-changing`, `file-missing`, `disk-full`, `archive-damaged`, `cancelled` …
 */
export async function zipFile(name: string, to: string, context: ZipContext): Promise<string> {
  const source = join(context.folder, name);
  let target = to;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const file = identify(context.folder, name);
    if (file === undefined) throw new Failure('file-missing', { path: source });
    const twin = await findTwin(file, source, context);
    const placed =
      twin === undefined
        ? await writeArchive(file, target, context)
        : await removeSource(file, twin, context);
    if (placed.kind === 'done') return placed.name;
    if (placed.kind === 'taken') target = nextSerial(target);
  }
  throw new Failure('source-changing', { name });
}

type Placed = { kind: 'done'; name: string } | { kind: 'changed' } | { kind: 'taken' };

async function writeArchive(file: LogFile, target: string, context: ZipContext): Promise<Placed> {
  const { folder, archives, lock, signal } = context;
  const source = join(folder, file.name);
  const temporary = temporaryFor(join(folder, target));
  try {
    const comment = formatComment(timesOfPlain(source, context.now), await countLines(source, signal));
    const name = target.replace(/\.zip$/, '');
    const options = { name, comment, modified: file.modified, bytes: file.bytes, signal };
    const content = await archives.write(source, temporary, options);
    await archives.verify(temporary, content);
    syncFolder(folder);
    return await lock.exclusive(() => {
      if (content.bytes !== file.bytes || !isUnchanged(folder, file)) return { kind: 'changed' };
      if (!giveName(temporary, join(folder, target))) return { kind: 'taken' };
      syncFolder(folder);
      unlinkSync(source);
      return { kind: 'done', name: target };
    });
  } catch (error) {
    // The file that was to be zipped stays.
    throw withLoss(named(fromSystemError(error, source), temporary, join(folder, target)), 'none');
  } finally {
    // If it cannot be removed now, the next run sweeps it.
    removeIfThere(temporary);
  }
}

/** Puts the final name into a failure that names the temporary file. */
function named(failure: Failure, temporary: string, target: string): Failure {
  const { code, data, cause } = failure;
  return 'path' in data && data.path === temporary
    ? new Failure(code, { ...data, path: target }, cause)
    : failure;
}

async function removeSource(file: LogFile, twin: string, { folder, lock }: ZipContext): Promise<Placed> {
  return lock.exclusive(() => {
    if (!isUnchanged(folder, file)) return { kind: 'changed' };
    unlinkSync(join(folder, file.name));
    return { kind: 'done', name: twin };
  });
}

/** With these failures, an archive cannot be read or is gone. It does not count as one that holds the file. */
const noTwins: ReadonlySet<FailureCode> = new Set([
  'archive-damaged',
  'password-needed',
  'archive-unsupported',
  'file-missing',
]);

/** The archive that already holds the file's bytes, if there is one. */
async function findTwin(file: LogFile, source: string, context: ZipContext): Promise<string | undefined> {
  for (const { name, inner } of context.existing) {
    if (inner?.bytes !== file.bytes) continue;
    const isTwin = await context.archives
      .holds(join(context.folder, name), source)
      .catch((error: unknown) => {
        const failure = fromSystemError(error, source);
        if (noTwins.has(failure.code)) return false;
        throw failure;
      });
    if (isTwin) return name;
  }
  return undefined;
}

function nextSerial(target: string): string {
  const parts = parseFileName(target);
  return parts.kind === 'archive' ? formatFileName({ ...parts, serial: parts.serial + 1 }) : target;
}

const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** The number of lines of a file. A last line without a line end counts. */
async function countLines(path: string, signal: AbortSignal | undefined): Promise<number> {
  const { handle } = await openToRead(path);
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let lines = 0;
  let last = NEWLINE;
  try {
    for (;;) {
      if (signal?.aborted === true) throw new Failure('cancelled', {});
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, null);
      if (bytesRead === 0) return last === NEWLINE ? lines : lines + 1;
      const piece = buffer.subarray(0, bytesRead);
      for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) lines += 1;
      last = piece[bytesRead - 1] ?? NEWLINE;
    }
  } finally {
    await handle.close();
  }
}
