import { lstatSync, opendirSync, realpathSync, type Dirent } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fromSystemError, isFailure, type Failure } from '../base/failure.ts';

/** A regular file somewhere below the folder of session archives. Times are ms since 1970. */
export interface TreeFile {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly bytes: number;
  readonly modified: number;
  /** With `bytes` and `modified` it tells whether a file is still the one that was looked at. */
  readonly inode: number;
}

/** What is met in the tree of session archives; a folder after all that is in it. */
export type TreeEntry =
  | { readonly kind: 'archive' | 'temporary'; readonly file: TreeFile }
  | TreeFolder
  | { readonly kind: 'unreadable'; readonly path: string; readonly failure: Failure };

export interface TreeFolder {
  readonly kind: 'folder';
  readonly path: string;
  /** How many names are in it, of whatever kind. */
  readonly entries: number;
}

/** What interrupted writers leave: ours, and pyzipper's users (FORMATS §2). */
const temporaryName = /\.zip\.tmp(?:-[0-9a-f]{16})?$/i;

/**
 * Walks the whole tree of session archives at `base`, one `lstat` for each zip and temporary file; nothing is opened. Links
 * are not followed. Nor are folders whose names begin with a dot: no archive is in one (its path has no such names), and what
 * is in there (`.git`) is others'. The files directly in `logs` are logs, also where it lies in the tree. A `base` that is not
 * there is empty. It goes on as far as it is asked to, so that whoever asks can rest.
 */
export function* walkSessions(base: string, logs: string): Generator<TreeEntry> {
  const logsInTree = join(base, relative(realPathOf(base), realPathOf(logs)));
  yield* walk(base);

  function* walk(path: string): Generator<TreeEntry> {
    const below: string[] = [];
    let entries = 0;
    const isLogs = path === logsInTree;
    try {
      for (const entry of entriesOf(path)) {
        entries += 1;
        const { name } = entry;
        if (entry.isDirectory()) {
          if (!name.startsWith('.')) below.push(path + sep + name);
        } else if (!isLogs) yield* fileAt(path, name);
      }
    } catch (error) {
      const failure = fromSystemError(error, path);
      // It may have gone away meanwhile.
      if (!isFailure(failure, 'file-missing')) yield { kind: 'unreadable', path, failure };
      return;
    }
    for (const folder of below) yield* walk(folder);
    if (!isLogs) yield { kind: 'folder', path, entries };
  }
}

/** Whether there is an archive in the tree, by its name. */
export function hasArchives(base: string, logs: string): boolean {
  for (const { kind } of walkSessions(base, logs)) if (kind === 'archive') return true;
  return false;
}

function* fileAt(folder: string, name: string): Generator<TreeEntry> {
  const kind = /\.zip$/i.test(name) ? 'archive' : temporaryName.test(name) ? 'temporary' : undefined;
  if (kind === undefined) return;
  const stats = lstatSync(folder + sep + name, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return;
  yield { kind, file: { name, folder, bytes: stats.size, modified: stats.mtimeMs, inode: stats.ino } };
}

/** One after the other: nobody knows how many there are. */
function* entriesOf(path: string): Generator<Dirent> {
  const folder = opendirSync(path, { bufferSize: 1024 });
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield entry;
  } finally {
    folder.closeSync();
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
