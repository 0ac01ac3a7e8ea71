import { lstatSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';
import { identify } from './identity.ts';
import type { LogFile } from './logFile.ts';
import { folderEntries } from './sessionTree.ts';

/** The zips and folders directly in a folder. */
interface ZipFolder {
  readonly zips: readonly LogFile[];
  /** Names of the folders in it. */
  readonly folders: readonly string[];
  /** The result of `folderTime` before the folder was read. */
  readonly modified: number;
  /** How many of its entries were read. */
  readonly entries: number;
}

/** All folders that were read, by their paths relative to the workspace with `/` between the parts. */
export interface ZipFolders {
  readonly folders: ReadonlyMap<string, ZipFolder>;
  /** False if the search stopped early: there are more. */
  readonly isWhole: boolean;
}

/** A folder to be searched, with all folders below it. */
interface Place {
  readonly path: string;
  /** Its own zips are left out. */
  readonly isBelowOnly?: boolean;
}

const MOST_ENTRIES = 100_000;
/** How many levels of folders below a place are read. */
const DEEPEST = 6;

/**
 * Lists the zips of `places` below `root` by their names, with one `lstat` each; no zip is opened. Links are not
 * followed, neither in the folders nor on the way to them. A file or folder that is unreadable or disappears is left
 * out. Synchronous, for workers.
 */
export function listZips(root: string, places: readonly Place[], most = MOST_ENTRIES): ZipFolders {
  return update(root, places, undefined, most);
}

/** Reads only the `changed` folders again, and those that are new in them; the others stay as in `before`. */
export function relistZips(
  root: string,
  places: readonly Place[],
  before: ZipFolders,
  changed: Iterable<string>,
  most = MOST_ENTRIES,
): ZipFolders {
  return update(root, places, { before, changed }, most);
}

function update(
  root: string,
  places: readonly Place[],
  last: { readonly before: ZipFolders; readonly changed: Iterable<string> } | undefined,
  most: number,
): ZipFolders {
  const folders = new Map(last?.before.folders);
  let entries = 0;
  for (const folder of folders.values()) entries += folder.entries;
  let isWhole = last?.before.isWhole ?? true;

  function look(path: string, place: Place): void {
    const known = folders.get(path);
    entries -= known?.entries ?? 0;
    const modified = folderTime(root, path);
    const now = modified === undefined ? undefined : { ...read(path, place), modified };
    if (now === undefined) folders.delete(path);
    else folders.set(path, now);
    const there = new Set(now?.folders);
    for (const name of known?.folders ?? []) if (!there.has(name)) forget(posix.join(path, name));
    if (levelsBelow(path, place) >= DEEPEST) return;
    for (const name of there) {
      const below = posix.join(path, name);
      if (!folders.has(below)) look(below, place);
    }
  }

  function read(path: string, { path: placePath, isBelowOnly }: Place): Omit<ZipFolder, 'modified'> {
    const zips: LogFile[] = [];
    const names: string[] = [];
    const full = join(root, path);
    const ignoresFiles = isBelowOnly === true && path === placePath;
    let seen = 0;
    try {
      for (const { kind, name } of folderEntries(full)) {
        if (ignoresFiles && kind !== 'folder') continue;
        if (entries >= most) {
          isWhole = false;
          break;
        }
        entries += 1;
        seen += 1;
        if (kind === 'folder') names.push(name);
        else if (kind === 'archive') {
          const file = zipAt(full, name);
          if (file !== undefined) zips.push({ ...file, folder: path });
        }
      }
    } catch {
      // The folder has disappeared, or the user may not read it.
    }
    return { zips, folders: names, entries: seen };
  }

  function forget(path: string): void {
    const gone = folders.get(path);
    if (gone === undefined) return;
    folders.delete(path);
    entries -= gone.entries;
    for (const name of gone.folders) forget(posix.join(path, name));
  }

  if (last === undefined) for (const place of places) look(place.path, place);
  for (const path of new Set(last?.changed)) {
    const place = placeOf(path, places);
    if (place === undefined) continue;
    // If the folder is new, read the nearest known folder above it.
    let known = path;
    while (known !== place.path && !folders.has(known)) known = posix.dirname(known);
    look(known, place);
  }
  return { folders, isWhole };
}

/** The innermost place that a folder lies in. */
function placeOf(path: string, places: readonly Place[]): Place | undefined {
  const around = places.filter((place) => path === place.path || path.startsWith(`${place.path}/`));
  return around.sort((a, b) => b.path.length - a.path.length)[0];
}

function levelsBelow(path: string, place: Place): number {
  return path.split('/').length - place.path.split('/').length;
}

/**
 * When a name was last added to a folder or removed from it.
 * @returns undefined unless `path` and all folders on the way to it are real folders
 */
export function folderTime(root: string, path: string): number | undefined {
  let folder = root;
  let modified: number | undefined;
  for (const part of path.split('/')) {
    folder = join(folder, part);
    const stats = statsOf(folder);
    if (stats?.isDirectory() !== true) return undefined;
    modified = stats.mtimeMs;
  }
  return modified;
}

function zipAt(folder: string, name: string): LogFile | undefined {
  try {
    return identify(folder, name);
  } catch {
    // Only this file is left out.
    return undefined;
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
