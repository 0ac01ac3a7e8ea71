import { createHash } from 'node:crypto';
import { lstatSync, watch, type FSWatcher } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { compareAge } from '../files/fileName.ts';
import { listFiles } from '../files/list.ts';
import type { LogFile } from '../files/logFile.ts';
import { openToRead } from '../files/safeOpen.ts';

/** Where a stream is: the file, by the hash of its first line, and the bytes of its text that were sent. */
export interface StreamPosition {
  /** `-` for a log without a line. */
  readonly file: string;
  readonly offset: number;
}

const PIECE_BYTES = 64 * 1024;
/** A reader that took nothing while so much was appended is cut off. It resumes by its id. */
const WAITING_BYTES = 1_048_576;
const HEARTBEAT_MS = 15_000;
/** File systems whose changes are not reported are looked at so often. */
const LOOK_MS = 1000;
const NEWLINE = 0x0a;
const LONGEST_LINE = 16 * 1_048_576;
const ACTIVE = 'api.log';

/** `id` of the server-sent events of HTML, and back. */
function formatPosition({ file, offset }: StreamPosition): string {
  return `${file}:${String(offset)}`;
}

/** @returns undefined for a text that is no position */
export function parsePosition(text: string): StreamPosition | undefined {
  const [, file, digits] = /^([\w-]{22}|-):(\d{1,15})$/.exec(text) ?? [];
  return file === undefined ? undefined : { file, offset: Number(digits) };
}

/** A file that is being read. It is open, so it is read to its end although it is renamed or removed. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  file: string;
  /** The bytes that were sent. */
  offset: number;
}

/**
 * New entries of the API log, of all processes that write it, as server-sent events: the very lines of the file. An event
 * `gap` says that lines since the position are no longer there as plain text. The stream reads only as fast as its
 * reader does.
 * @param folder `logs/`
 * @param since where a reader stopped; undefined for what comes from now on
 * @param ending ends the stream with an event `end`, after which the reader may resume elsewhere or later
 */
export function followLog(
  folder: string,
  since: StreamPosition | undefined,
  onEnd: () => void,
  ending: AbortSignal,
): ReadableStream<Uint8Array> {
  let current: OpenFile | undefined;
  let isBegun = false;
  let isEnded = false;
  let rest = Buffer.alloc(0);
  let watcher: FSWatcher | undefined;
  let wake: (() => void) | undefined;
  /** The size of the active file when the reader last took something. */
  let sizeAtPull = 0;

  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    ending.removeEventListener('abort', finish);
    watcher?.close();
    clearInterval(looking);
    clearInterval(beating);
    void current?.handle.close().catch(() => undefined);
    wake?.();
    onEnd();
  };
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const finish = (): void => {
    controller?.enqueue(encode(END));
    controller?.close();
    end();
  };
  ending.addEventListener('abort', finish);
  const onChange = (): void => {
    if ((controller?.desiredSize ?? 1) <= 0 && sizeOf(join(folder, ACTIVE)) - sizeAtPull > WAITING_BYTES) {
      controller?.close();
      end();
    }
    wake?.();
  };
  try {
    watcher = watch(folder, onChange);
    watcher.on('error', () => watcher?.close());
  } catch {
    // Looking finds out.
  }
  const looking = setInterval(onChange, LOOK_MS).unref();
  const beating = setInterval(() => {
    if ((controller?.desiredSize ?? 0) > 0 && !isEnded) controller?.enqueue(encode(': alive\n\n'));
  }, HEARTBEAT_MS).unref();

  const hasEnded = (): boolean => isEnded;

  /** The first piece of the stream. */
  async function begin(): Promise<string> {
    if (since === undefined) {
      current = await openFile(join(folder, ACTIVE), Infinity);
      return `retry: 1000\nid: ${formatPosition(current ?? NOWHERE)}\nevent: ready\ndata: {}\n\n`;
    }
    const found = await fileWith(folder, since);
    if (found !== undefined) {
      current = found;
      return 'retry: 1000\n\n';
    }
    const [oldest] = plainFiles(folder);
    current = oldest === undefined ? undefined : await openFile(join(folder, oldest.name), 0);
    return since.file === '-' ? 'retry: 1000\n\n' : `retry: 1000\n\n${GAP}`;
  }

  /** Further events; empty if there are none now. */
  async function more(): Promise<string> {
    if (current === undefined) {
      current = await openFile(join(folder, ACTIVE), 0);
      if (current === undefined) return '';
    }
    const text = await readLines(current);
    if (text !== '') return text;
    const active = inodeOf(join(folder, ACTIVE));
    if (active === current.inode) return '';
    // It was rotated: what was appended before the rename is read first.
    const last = await readLines(current);
    if (last !== '') return last;
    return goOn(current);
  }

  async function readLines(open: OpenFile): Promise<string> {
    const block = Buffer.allocUnsafe(PIECE_BYTES);
    const { bytesRead } = await open.handle.read(block, 0, PIECE_BYTES, open.offset + rest.length);
    if (bytesRead === 0) return '';
    const text = Buffer.concat([rest, block.subarray(0, bytesRead)]);
    const stop = text.lastIndexOf(NEWLINE) + 1;
    if (stop === 0) {
      rest = text.length > LONGEST_LINE ? Buffer.alloc(0) : text;
      // The line goes on: the next piece may be there already.
      return readLines(open);
    }
    if (open.file === '-') open.file = hashOf(text.subarray(0, text.indexOf(NEWLINE)));
    const events: string[] = [];
    for (let at = 0; at < stop;) {
      const lineEnd = text.indexOf(NEWLINE, at);
      const line = text.toString('utf8', at, lineEnd);
      open.offset += lineEnd + 1 - at;
      at = lineEnd + 1;
      if (line !== '') events.push(`id: ${formatPosition(open)}\ndata: ${line.replaceAll('\r', '')}\n\n`);
    }
    rest = Buffer.from(text.subarray(stop));
    return events.join('');
  }

  /** Opens the file that follows a rotated one. */
  async function goOn(before: OpenFile): Promise<string> {
    const files = plainFiles(folder);
    const place = files.findIndex(({ inode }) => inode === before.inode);
    const next = files[place + 1];
    if (next === undefined) return '';
    const opened = await openFile(join(folder, next.name), 0);
    if (opened === undefined) return '';
    current = opened;
    rest = Buffer.alloc(0);
    await before.handle.close();
    // A file that was zipped meanwhile may have had files behind it that were zipped, too.
    return place === -1 && files.length > 1 ? `${GAP}${await more()}` : more();
  }

  return new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      async pull(given) {
        try {
          sizeAtPull = sizeOf(join(folder, ACTIVE));
          for (;;) {
            const text = isBegun ? await more() : await begin();
            isBegun = true;
            if (hasEnded()) {
              // The reader left while this file was being opened.
              await current?.handle.close();
              return;
            }
            if (text !== '') {
              given.enqueue(encode(text));
              return;
            }
            await new Promise<void>((resolve) => (wake = resolve));
            if (hasEnded()) return;
          }
        } catch (error) {
          // A file that was closed meanwhile must not take away what the reader has still to get.
          if (hasEnded()) return;
          end();
          given.error(error);
        }
      },
      cancel: end,
    },
    { highWaterMark: PIECE_BYTES, size: (piece) => piece.byteLength },
  );
}

const NOWHERE: StreamPosition = { file: '-', offset: 0 };
const GAP = 'event: gap\ndata: {}\n\n';
/** It has no id, so a reader that resumes goes on behind the last entry. */
const END = 'event: end\ndata: {}\n\n';
const encoder = new TextEncoder();

function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

function hashOf(line: Uint8Array): string {
  return createHash('sha256').update(line).digest('base64url').slice(0, 22);
}

/** The plain files of the API log, oldest first. */
function plainFiles(folder: string): readonly LogFile[] {
  return listFiles(folder)
    .files.filter(
      ({ parts: { kind, family } }) => (kind === 'active' || kind === 'rotated') && family === 'api',
    )
    .sort((a, b) => compareAge(a.parts, b.parts));
}

/** @param offset Infinity for the end of its last line */
async function openFile(path: string, offset: number): Promise<OpenFile | undefined> {
  if (inodeOf(path) === undefined) return undefined;
  const { handle, stats } = await openToRead(path);
  const first = await firstLineOf(handle);
  return {
    handle,
    inode: stats.ino,
    file: first === undefined ? '-' : hashOf(first),
    offset: offset === Infinity ? await endOfLines(handle, stats.size) : offset,
  };
}

async function fileWith(folder: string, { file, offset }: StreamPosition): Promise<OpenFile | undefined> {
  if (file === '-') return openFile(join(folder, ACTIVE), 0);
  for (const { name } of plainFiles(folder).toReversed()) {
    const open = await openFile(join(folder, name), offset);
    if (open?.file === file && offset <= (await open.handle.stat()).size) return open;
    await open?.handle.close();
  }
  return undefined;
}

async function firstLineOf(handle: FileHandle): Promise<Uint8Array | undefined> {
  for (let length = PIECE_BYTES; ; length *= 4) {
    const block = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(block, 0, length, 0);
    const end = block.subarray(0, bytesRead).indexOf(NEWLINE);
    if (end !== -1) return block.subarray(0, end);
    if (bytesRead < length || length > LONGEST_LINE) return undefined;
  }
}

/** A last line without its end is being written: it is sent when it is whole. */
async function endOfLines(handle: FileHandle, size: number): Promise<number> {
  for (let to = size; to > 0; to -= PIECE_BYTES) {
    const from = Math.max(0, to - PIECE_BYTES);
    const block = Buffer.allocUnsafe(to - from);
    const { bytesRead } = await handle.read(block, 0, to - from, from);
    const end = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (end !== -1) return from + end + 1;
  }
  return 0;
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
