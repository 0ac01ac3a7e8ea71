import { type FSWatcher, watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Failure } from '../base/failure.ts';
import { listFiles } from '../files/list.ts';
import { compressionOf, type LogFile, pathInWorkspace } from '../files/logFile.ts';
import { openToRead } from '../files/safeOpen.ts';
import { pathOf } from '../workspace/logPlaces.ts';
import { logsFolder } from '../workspace/workspace.ts';
import type { Finder } from './finder.ts';
import { LineScanner } from './lineScanner.ts';
import { plainPieces, readTexts } from './readTexts.ts';
import { SAMPLE_BYTES } from './readers/choose.ts';
import type { ReadLine } from './readers/readLine.ts';
import { type FoundEntry, scanText } from './scan.ts';
import { takeStock, type SearchedFile } from './sources.ts';
import { leaveOut, nothingUnread, type Searching, type Unread } from './texts.ts';

/** Changes are reported by few file systems of other machines, so all are looked at so often. */
const LOOK_MS = 1000;
/** So much of a text is compared to know it again. */
const HEAD_BYTES = 4096;
const NEWLINE = 0x0a;

export interface Following extends Searching {
  readonly find: ((block: Buffer) => Finder) | undefined;
  readonly matches: (entry: FoundEntry) => boolean;
}

/**
 * Passes the entries that match: first those that are there, then those that are appended, in groups, until the signal
 * is aborted. A line is passed once, although its file is renamed, copied and truncated, zipped or deleted meanwhile;
 * it is whole when its line feed is written. Session archives and encrypted ones are not followed.
 * @param begin gets what is there, unordered, and what could not be read
 * @param more gets what came since, in the order of the files
 * @throws Failure those of a search, but not `cancelled`
 */
export async function followLogs(
  following: Following,
  begin: (entries: readonly FoundEntry[], unread: Unread) => Promise<void>,
  more: (entries: readonly FoundEntry[]) => Promise<void>,
): Promise<void> {
  const { root, signal } = following;
  const looks = lookings(logsFolder(root), signal);
  const followed = new FollowedFiles(following);
  try {
    const { entries, unread } = await followed.begin();
    await begin(entries, unread);
    while ((await looks.next()).done !== true) {
      const entries = await followed.look();
      if (entries.length > 0) await more(entries);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await looks.return(undefined);
    await followed.close();
  }
}

/** Yields when the folder may have changed, until the signal is aborted. */
async function* lookings(folder: string, signal: AbortSignal): AsyncGenerator<void, void, undefined> {
  let wake: () => void = () => undefined;
  let isChanged = true;
  const onChange = (): void => {
    isChanged = true;
    wake();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, onChange).on('error', () => watcher?.close());
  } catch {
    // Looking finds out.
  }
  const timer = setInterval(onChange, LOOK_MS);
  signal.addEventListener('abort', onChange);
  try {
    while (!signal.aborted) {
      if (isChanged) {
        isChanged = false;
        yield;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    watcher?.close();
    clearInterval(timer);
    signal.removeEventListener('abort', onChange);
  }
}

/** A text that was read up to a place. In a file of the same family, it is known again by its beginning. */
interface SeenText {
  readonly family: string;
  /** Its first bytes, as far as they were read. */
  readonly head: Buffer;
  /** Whole lines. */
  readonly bytes: number;
}

/** A plain file. It stays open, so that its end is read although it is renamed or deleted. */
interface FollowedFile {
  readonly handle: FileHandle;
  readonly family: string;
  /** Its path in the workspace now. */
  file: string;
  head: Buffer;
  /** How many bytes were read, and how many of them are whole lines. */
  read: number;
  bytes: number;
  scanner: LineScanner | undefined;
}

class FollowedFiles {
  readonly #following: Following;
  /** By inode. */
  readonly #plain = new Map<number, FollowedFile>();
  /** Texts of files that are gone, or were truncated. */
  #seen: SeenText[] = [];
  /** Compressed files that were read, by inode and size. */
  readonly #compressed = new Set<string>();
  #found: FoundEntry[] = [];

  constructor(following: Following) {
    this.#following = following;
  }

  /** Reads everything. */
  async begin(): Promise<{ readonly entries: readonly FoundEntry[]; readonly unread: Unread }> {
    const { root, accepts, signal } = this.#following;
    const unread = nothingUnread();
    const stock = await takeStock(root, accepts, this.#following);
    try {
      for (const file of stock.files)
        try {
          if (isPlain(file)) await this.#open(file, stock.keepOpen(file));
          else {
            this.#compressed.add(keyOf(file));
            await readTexts(root, file, stock, signal, async (text) => {
              if (!text.isSession) await scanText(text, this.#following, this.#take);
            });
          }
        } catch (error) {
          leaveOut(unread, file, error, signal);
        }
    } finally {
      await stock.close();
    }
    return { entries: this.#taken(), unread };
  }

  /** Reads what is new. */
  async look(): Promise<readonly FoundEntry[]> {
    const { root, accepts, signal } = this.#following;
    const files = listFiles(logsFolder(root)).files.filter(
      (file) => file.parts.kind !== 'leftover' && accepts(pathInWorkspace(file)),
    );
    const inodes = new Map(files.filter(isPlain).map((file) => [file.inode, file]));
    // Known files come first: a new one may be a copy of one of them.
    for (const [inode, followed] of this.#plain) {
      const file = inodes.get(inode);
      if (file !== undefined) followed.file = pathInWorkspace(file);
      await this.#readOn(followed);
      if (file === undefined) await this.#let(inode, followed);
    }
    for (const file of files) {
      if (isPlain(file) ? this.#plain.has(file.inode) : this.#compressed.has(keyOf(file))) continue;
      try {
        if (isPlain(file)) await this.#open(file, undefined);
        else await this.#readCompressed(file);
      } catch {
        // It is gone again, or unfinished: when it has grown, it is another one.
        if (signal.aborted) throw new Failure('cancelled', {});
      }
      this.#compressed.add(keyOf(file));
    }
    return this.#taken();
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#plain.values(), ({ handle }) => handle.close()));
  }

  readonly #take = (entry: FoundEntry): void => {
    if (this.#following.matches(entry)) this.#found.push(entry);
  };

  #taken(): readonly FoundEntry[] {
    const found = this.#found;
    this.#found = [];
    return found.sort((one, other) => Number(one.universal.time) - Number(other.universal.time));
  }

  /** Opens a plain file, and reads it from where a text that begins as it does was read up to. */
  async #open(file: SearchedFile, open: FileHandle | undefined): Promise<void> {
    const handle = open ?? (await openToRead(pathOf(this.#following.root, file))).handle;
    const { ino } = await handle.stat();
    if (this.#plain.has(ino)) {
      await handle.close();
      return;
    }
    const { family } = file.parts;
    const head = await headOf(handle, HEAD_BYTES);
    const bytes = open === undefined ? this.#knownBytes(family, head) : 0;
    const followed = {
      ...{ handle, family, file: pathInWorkspace(file), scanner: undefined },
      ...{ head: head.subarray(0, bytes), read: bytes, bytes },
    };
    this.#plain.set(ino, followed);
    await this.#readOn(followed);
  }

  /** Reads the lines that a plain file has more. */
  async #readOn(followed: FollowedFile): Promise<void> {
    const { handle } = followed;
    const { size, mtimeMs } = await handle.stat();
    if (size < followed.read || !(await hasHead(followed))) this.#beginAgain(followed);
    if (size === followed.read) return;
    followed.scanner ??= this.#scannerOf(followed, await headOf(handle, SAMPLE_BYTES), mtimeMs);
    const before = { found: this.#found.length, bytes: followed.bytes };
    for await (const piece of plainPieces(handle, size, this.#following.signal, followed.read)) {
      followed.scanner.push(piece);
      const rest = HEAD_BYTES - followed.head.length;
      if (rest > 0) followed.head = Buffer.concat([followed.head, piece.subarray(0, rest)]);
      const lineEnd = piece.lastIndexOf(NEWLINE);
      if (lineEnd !== -1) followed.bytes = followed.read + lineEnd + 1;
      followed.read += piece.length;
    }
    followed.scanner.flush();
    if (await hasHead(followed)) return;
    // It was truncated and written anew while it was read, so what was read may be a part of a line.
    this.#found.length = before.found;
    followed.bytes = before.bytes;
    this.#beginAgain(followed);
    await this.#readOn(followed);
  }

  /** The file was truncated. */
  #beginAgain(followed: FollowedFile): void {
    this.#remember(followed);
    Object.assign(followed, { scanner: undefined, head: Buffer.alloc(0), read: 0, bytes: 0 });
  }

  /** The file is gone from the folder, so its last line is whole. */
  async #let(inode: number, followed: FollowedFile): Promise<void> {
    followed.scanner?.end();
    this.#plain.delete(inode);
    this.#remember({ ...followed, bytes: followed.read });
    await followed.handle.close();
  }

  #scannerOf(followed: FollowedFile, head: Buffer, modified: number): LineScanner {
    const take = (entry: ReadLine, offset: number): void => {
      const { file } = followed;
      this.#take({ ...entry, universal: { ...entry.universal, file }, file, offset });
    };
    const context = { name: followed.file, modified };
    return new LineScanner(head, context, this.#following.find, take, followed.read);
  }

  async #readCompressed(file: LogFile): Promise<void> {
    const { root, signal, find, matches } = this.#following;
    const found: FoundEntry[] = [];
    await readTexts(root, file, { isPlainToo: () => Promise.resolve(false) }, signal, async (text) => {
      if (text.isSession) return;
      let known = 0;
      const onBegin = (head: Buffer): void => {
        known = this.#knownBytes(file.parts.family, head);
      };
      await scanText(text, { find, onBegin }, (entry) => {
        if (entry.offset >= known && matches(entry)) found.push(entry);
      });
    });
    // What is damaged, or unfinished, is not passed in part.
    this.#found.push(...found);
  }

  /** How many bytes of a text were read in a file of the family that has or had the same beginning. */
  #knownBytes(family: string, head: Buffer): number {
    const known = [...this.#seen, ...this.#plain.values()].filter(
      (seen) =>
        seen.family === family &&
        seen.head.length > 0 &&
        head.subarray(0, seen.head.length).equals(seen.head),
    );
    return Math.max(0, ...known.map(({ bytes }) => bytes));
  }

  #remember({ family, head, bytes }: SeenText): void {
    if (head.length > 0) this.#seen = [...this.#seen, { family, head, bytes }].slice(-MOST_SEEN);
  }
}

function isPlain({ parts }: LogFile): boolean {
  return compressionOf(parts) === '';
}

async function hasHead({ handle, head }: FollowedFile): Promise<boolean> {
  return head.length === 0 || (await headOf(handle, head.length)).equals(head);
}

/** Files that are gone longer are not zipped any more. */
const MOST_SEEN = 1000;

function keyOf({ inode, bytes }: LogFile): string {
  return `${String(inode)} ${String(bytes)}`;
}

async function headOf(handle: FileHandle, bytes: number): Promise<Buffer> {
  const head = Buffer.alloc(bytes);
  const { bytesRead } = await handle.read(head, 0, bytes, 0);
  return head.subarray(0, bytesRead);
}
