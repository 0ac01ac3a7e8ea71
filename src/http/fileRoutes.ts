import { lstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as z from 'zod';
import type { App } from '../jobs/jobs.ts';
import { fromFailureMessage } from '../base/failure.ts';
import { MANAGED_FAMILIES } from '../files/fileName.ts';
import { listFiles } from '../files/list.ts';
import { isHandedOut, relistActive, type ListingRows } from '../reading/listLogs.ts';
import { compressionOf, plainNameOf, type LogFile } from '../files/logFile.ts';
import { openToRead } from '../files/safeOpen.ts';
import { streamLog } from '../reading/readLog.ts';
import { logsFolder } from '../workspace/workspace.ts';
import { notFound, Problem } from './problem.ts';
import { discard, jsonText, keep, type Answer } from './answer.ts';
import { flag, forCaller, noQuery, route, type Asked, type Route, type Workspace } from './routes.ts';

const FILES = '/workspaces/{id}/logs/files';
const FILE = `${FILES}/{filename}`;

const listed = z.object({
  name: z.string(),
  family: z.string(),
  kind: z.enum(['active', 'rotated', 'archive', 'session', 'foreign']),
  bytes: z.number(),
  modified: z.iso.datetime(),
  firstEntry: z.iso.datetime().optional(),
  lastEntry: z.iso.datetime().optional(),
});

/** The files of `logs/`: listed, handed out, deleted. */
export function fileRoutes(app: App): readonly Route[] {
  const listingAt = keptListings(app);
  return [
    route({
      method: 'GET',
      path: FILES,
      right: 'user',
      summary: 'The files of logs/, sorted by name.',
      query: noQuery,
      answer: z.object({ items: z.array(listed), nextCursor: z.null(), total: z.number() }),
      handle: async ({ workspace: { root } }) => jsonText(await listingAt(root)),
    }),
    route({
      method: 'GET',
      path: FILE,
      right: 'user',
      summary: 'A file as it is; with decompress=1 its text.',
      query: z.strictObject({ decompress: flag }),
      answer: 'application/octet-stream',
      handle: async ({ caller, workspace, params: { filename = '' }, query: { decompress } }) => {
        const file = fileNamed(workspace, filename);
        // What cannot be read is refused before it is recorded; nothing is sent before.
        const answer = await (decompress ? textOf(workspace, file) : bytesOf(workspace, file));
        try {
          await app.run('beginDownload', { root: workspace.root, name: file.name }, forCaller(caller));
        } catch (error) {
          await discard(answer);
          throw error;
        }
        return answer;
      },
    }),
    route({
      method: 'DELETE',
      path: FILE,
      right: 'administrator',
      summary: 'Deletes a file for good. The active file is rotated first with active=1, else it is refused.',
      query: z.strictObject({ active: flag }),
      answer: 'none',
      statuses: [204],
      handle: (asked) => remove(app, asked),
    }),
  ];
}

/** In a folder with more files this thread does not look at each of them: it would take too long. */
const MOST_LOOKED_AT = 500;
/** How long a listing is kept, in ms: the clock decides which times of entries are believed. */
const KEPT_MS = 10_000;

type Bytes = Uint8Array<ArrayBuffer>;

interface KeptListing {
  readonly listing: ListingRows;
  readonly bytes: Bytes;
  /** By the process's own clock, in ms. */
  readonly made: number;
}

/**
 * The listings of folders, as JSON. Requests that came in one turn of the event loop share one look at the folder, which
 * comes after all of them. Only if more than an active log has changed, the worker lists the folder again; what comes
 * meanwhile waits.
 */
function keptListings(app: App): (root: string) => Promise<Bytes> {
  const looks = new Map<string, Promise<Bytes>>();
  const jobs = new Map<string, Promise<ListingRows>>();
  const kept = new Map<string, KeptListing>();

  async function look(root: string): Promise<Bytes> {
    await new Promise((resolve) => setImmediate(resolve));
    await jobs.get(root)?.catch(() => undefined);
    looks.delete(root);
    const before = kept.get(root);
    if (before === undefined || performance.now() - before.made > KEPT_MS) return list(root);
    const listing = relistActive(root, before.listing);
    if (listing === undefined) return list(root);
    if (listing === before.listing) return before.bytes;
    const bytes = bytesOfRows(listing);
    keep(kept, root, { listing, bytes, made: before.made });
    return bytes;
  }

  async function list(root: string): Promise<Bytes> {
    const made = performance.now();
    const job = app.run('listRows', { root });
    jobs.set(root, job);
    try {
      const listing = await job;
      const bytes = bytesOfRows(listing);
      if (listing.files.length > MOST_LOOKED_AT) kept.delete(root);
      else keep(kept, root, { listing, bytes, made });
      return bytes;
    } finally {
      jobs.delete(root);
    }
  }

  return (root) => {
    const running = looks.get(root) ?? look(root);
    looks.set(root, running);
    return running;
  };
}

function bytesOfRows({ rows }: ListingRows): Bytes {
  const items = [...rows.values()].join(',');
  return Buffer.from(`{"items":[${items}],"nextCursor":null,"total":${String(rows.size)}}`);
}

/** A name is looked up in the folder's listing; it is never joined to a path before. @throws Problem `not-found` */
function fileNamed({ root }: Workspace, name: string): LogFile {
  const file = listFiles(logsFolder(root)).files.find((one) => one.name === name);
  if (file === undefined || !isHandedOut(file)) throw notFound();
  // A second name may lie anywhere: what it holds need not be a log.
  const { nlink } = lstatSync(join(logsFolder(root), name), { throwIfNoEntry: false }) ?? {};
  if (nlink !== 1) throw notFound();
  return file;
}

const types: Readonly<Record<string, string>> = {
  zip: 'application/zip',
  gz: 'application/gzip',
  zst: 'application/zstd',
  bz2: 'application/x-bzip2',
  xz: 'application/x-xz',
};
const TEXT = 'text/plain; charset=utf-8';

/** The bytes that the file had when it was opened, through the one descriptor that was checked. */
async function bytesOf({ root }: Workspace, file: LogFile): Promise<Answer> {
  const { handle, stats } = await openToRead(join(logsFolder(root), file.name));
  if (stats.nlink !== 1) {
    await handle.close();
    throw notFound();
  }
  const headers = {
    ...downloadHeaders(file.name, types[compressionOf(file.parts)] ?? typeOfName(file.name)),
    'content-length': String(stats.size),
  };
  if (stats.size > 0) return { status: 200, headers, body: piecesOf(handle, stats.size) };
  await handle.close();
  return { status: 200, headers, body: '' };
}

/** The first `size` bytes, and closes the file. A file that became shorter is an error: the client was told its length. */
function piecesOf(handle: FileHandle, size: number): Readable {
  let sent = 0;
  return new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      const length = Math.min(PIECE_BYTES, size - sent);
      handle.read(Buffer.allocUnsafeSlow(length), 0, length, sent).then(
        ({ bytesRead, buffer }) => {
          sent += bytesRead;
          if (bytesRead === 0) this.destroy(new Error('The file became shorter.'));
          else this.push(buffer.subarray(0, bytesRead));
          if (sent === size) this.push(null);
        },
        (error: unknown) => this.destroy(error as Error),
      );
    },
    destroy(error, done) {
      handle.close().then(
        () => {
          done(error);
        },
        () => {
          done(error);
        },
      );
    },
  });
}

const PIECE_BYTES = 256 * 1024;

function typeOfName(name: string): string {
  return types[name.slice(name.lastIndexOf('.') + 1)] ?? TEXT;
}

/**
 * The text of a log, as it is read. A log that cannot be read is refused before the first byte; damage that shows later
 * cuts the answer off.
 */
async function textOf({ root }: Workspace, file: LogFile): Promise<Answer> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const stop = new AbortController();
  writer.closed.catch(() => {
    stop.abort();
  });
  const work = streamLog(
    { root, name: file.name },
    async (piece) => {
      begin();
      // The piece's memory is used again.
      await writer.write(Uint8Array.from(piece));
    },
    { signal: stop.signal },
  );
  const ended = work.then(
    () => writer.close(),
    (error: unknown) => writer.abort(error),
  );
  ended.catch(() => undefined);
  await Promise.race([begun, work]);
  return { status: 200, headers: downloadHeaders(plainNameOf(file), TEXT), body: readable };
}

/** As RFC 6266 and RFC 8187 say: any name, and a plain one for older programs. */
function downloadHeaders(name: string, type: string): Answer['headers'] {
  const plain = name.replace(/[^\w.()+-]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return {
    'content-type': type,
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

async function remove(
  app: App,
  { caller, workspace, params: { filename = '' }, query }: Asked<{ readonly active: boolean }>,
): Promise<Answer> {
  const { root } = workspace;
  let file = fileNamed(workspace, filename);
  if (file.parts.kind === 'active') {
    if (!query.active)
      throw new Problem('conflict', 'This log is being written to. With ?active=1 it is rotated first.');
    await app.run('considerDeletion', { root, files: [file] });
    const { family } = file.parts;
    if (!(MANAGED_FAMILIES as readonly string[]).includes(family)) throw notFound();
    const { to } = await app.run('rotateNow', { root, family }, forCaller(caller));
    file = fileNamed(workspace, to);
  }
  const { refused } = await app.run(
    'deleteLogs',
    { root, files: [file], alsoWritten: false },
    forCaller(caller),
  );
  const [first] = refused;
  if (first !== undefined) throw fromFailureMessage(first.failure);
  return { status: 204, headers: {}, body: null };
}
