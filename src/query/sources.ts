import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { crc32 } from 'node:zlib';
import { Failure, isFailure } from '../base/failure.ts';
import { compareAge } from '../files/fileName.ts';
import { listFiles } from '../files/list.ts';
import { compressionOf, type LogFile, pathInWorkspace } from '../files/logFile.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { openToRead } from '../files/safeOpen.ts';
import { listZips } from '../files/zipFolders.ts';
import { countKnown } from '../sessions/passwordRing.ts';
import { logsFolder, type Surroundings } from '../workspace/workspace.ts';
import { pathOf } from '../workspace/logPlaces.ts';
import { sessionFolders } from '../workspace/usedSessionFolders.ts';

/** A file that is searched. A plain one is open from the first look on, so that it can be renamed or removed. */
export interface SearchedFile extends LogFile {
  readonly open?: FileHandle;
}

/** The files of a workspace at one moment, newest first as far as their names tell. */
export interface Snapshot {
  readonly files: readonly SearchedFile[];
  /** Whether a text is that of a plain file in the list: an archive is finished before its log goes. */
  readonly isPlainToo: (text: { readonly bytes: number; readonly crc32: number }) => Promise<boolean>;
  /** Hands over an open file, which is then closed by the caller. */
  readonly keepOpen: (file: SearchedFile) => FileHandle | undefined;
  readonly close: () => Promise<void>;
}

/** Further plain files are opened when it is their turn. */
const MOST_OPEN = 256;
/** How often the folder is looked at again if it changed while its files were opened. */
const MOST_LOOKS = 20;

/**
 * Takes stock of everything readable: the files of `logs/` and, if passwords are known, the session archives. Two looks
 * at the folder have to agree, else a file that is renamed in between would be missed, or found twice.
 * @param accepts whether the file at a path in the workspace is wanted
 * @throws Failure `logs-missing`, `logs-not-a-folder`, `no-permission`
 */
export async function takeStock(
  root: string,
  accepts: (path: string) => boolean,
  surroundings: Surroundings,
): Promise<Snapshot> {
  let files = listed(root, accepts);
  let open = new Map<number, FileHandle>();
  for (let look = 1; ; look += 1) {
    const before = files;
    open = await openPlain(root, before, open);
    files = listed(root, accepts);
    if (look === MOST_LOOKS || isSame(before, files)) break;
  }
  const searched = files
    .map((file): SearchedFile => {
      const handle = open.get(file.inode);
      return handle === undefined ? file : { ...file, open: handle };
    })
    .sort((one, other) => compareFiles(other, one));
  const archives = countKnown() > 0 ? sessionArchives(root, surroundings).filter(isAccepted(accepts)) : [];
  return {
    files: [...searched, ...archives.sort((one, other) => other.modified - one.modified)],
    isPlainToo: async ({ bytes, crc32: sum }) => {
      for (const { bytes: size, open: handle, parts } of searched)
        if (handle !== undefined && parts.kind === 'rotated' && size === bytes)
          if ((await crc32Of(handle, size)) === sum) return true;
      return false;
    },
    keepOpen: ({ inode }) => {
      const handle = open.get(inode);
      open.delete(inode);
      return handle;
    },
    close: async () => {
      await Promise.all(Array.from(open.values(), (handle) => handle.close()));
    },
  };
}

function listed(root: string, accepts: (path: string) => boolean): LogFile[] {
  const { files } = listFiles(logsFolder(root));
  return files.filter((file) => file.parts.kind !== 'leftover').filter(isAccepted(accepts));
}

function isAccepted(accepts: (path: string) => boolean): (file: LogFile) => boolean {
  return (file) => accepts(pathInWorkspace(file));
}

/** Whether both looks found the same files under the same names; a file may have grown. */
function isSame(one: readonly LogFile[], other: readonly LogFile[]): boolean {
  const inodes = new Map(one.map(({ name, inode }) => [name, inode]));
  return one.length === other.length && other.every(({ name, inode }) => inodes.get(name) === inode);
}

/** Opens the plain files that are not open yet. */
async function openPlain(
  root: string,
  files: readonly LogFile[],
  open: ReadonlyMap<number, FileHandle>,
): Promise<Map<number, FileHandle>> {
  const now = new Map(open);
  for (const file of files) {
    if (now.size >= MOST_OPEN) break;
    if (compressionOf(file.parts) !== '' || now.has(file.inode)) continue;
    try {
      const { handle, stats } = await openToRead(pathOf(root, file));
      // Another file has this name meanwhile: the next look finds both.
      if (now.has(stats.ino)) await handle.close();
      else now.set(stats.ino, handle);
    } catch {
      // It is gone, or its reading will say what is wrong.
    }
  }
  return now;
}

/** Opens a file of the list, wherever it is now. @throws Failure `file-missing` if it is gone, and those of opening */
export async function openListed(
  root: string,
  file: SearchedFile,
): Promise<{ readonly path: string; readonly handle: FileHandle; readonly stats: Stats }> {
  const path = pathOf(root, file);
  if (file.open !== undefined) return { path, handle: file.open, stats: await file.open.stat() };
  const found = await openIfSame(path, file.inode);
  if (found !== undefined) return found;
  const moved = listFiles(logsFolder(root)).files.find(({ inode }) => inode === file.inode);
  const again = moved && (await openIfSame(pathOf(root, moved), file.inode));
  if (again === undefined) throw new Failure('file-missing', { path });
  return again;
}

async function openIfSame(
  path: string,
  inode: number,
): Promise<{ readonly path: string; readonly handle: FileHandle; readonly stats: Stats } | undefined> {
  try {
    const opened = await openToRead(path);
    if (opened.stats.ino === inode) return { path, ...opened };
    await opened.handle.close();
  } catch (error) {
    if (!isFailure(error, 'file-missing')) throw error;
  }
  return undefined;
}

/** Orders files by family, then by age, then by path. */
export function compareFiles(one: LogFile, other: LogFile): number {
  const [path, otherPath] = [pathInWorkspace(one), pathInWorkspace(other)];
  const byFamily = compareTexts(familyOf(one, path), familyOf(other, otherPath));
  return byFamily || compareAge(one.parts, other.parts) || compareTexts(path, otherPath);
}

/** A file of another program is a family of its own here. */
function familyOf({ parts }: LogFile, path: string): string {
  return parts.kind === 'active' || parts.kind === 'rotated' || parts.kind === 'archive'
    ? parts.family
    : path;
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function sessionArchives(root: string, { environment }: Surroundings): LogFile[] {
  const places = sessionFolders(root, environment).map((path) => ({ path }));
  const { folders } = listZips(root, places, Infinity);
  // The files directly in `logs/` are listed already.
  return [...folders].flatMap(([folder, { zips }]) => (folder === LOGS_FOLDER ? [] : zips));
}

async function crc32Of(handle: FileHandle, bytes: number): Promise<number> {
  const block = Buffer.allocUnsafe(1_048_576);
  let sum = 0;
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await handle.read(block, 0, Math.min(block.length, bytes - at), at);
    if (bytesRead === 0) break;
    sum = crc32(block.subarray(0, bytesRead), sum);
    at += bytesRead;
  }
  return sum;
}
