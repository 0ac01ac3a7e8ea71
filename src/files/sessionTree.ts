import { lstatSync, opendirSync, realpathSync, type Dirent } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fromSystemError, isFailure, type Failure } from '../base/failure.ts';

/** A regular file somewhere below the folder of session archives. Times are ms since 1970. */
export interface TreeFile {
  readonly name: string;
  /** The absolute path of its folder. */
  readonly folder: string;
  readonly bytes: number;
  readonly modified: number;
  /** With `bytes` and `modified` it shows whether a file is unchanged. */
  readonly inode: number;
}

/** An entry in the tree of session archives; a folder comes after its content. */
export type TreeEntry =
  | { readonly kind: 'archive' | 'temporary'; readonly file: TreeFile }
  | TreeFolder
  | { readonly kind: 'unreadable'; readonly path: string; readonly failure: Failure };

export interface TreeFolder {
  readonly kind: 'folder';
  readonly path: string;
  /** How many names are in it, of all kinds. */
  readonly entries: number;
}

/** The temporary files that interrupted writers leave: ours, and those of pyzipper's users (FORMATS §2). */
const temporaryName = /\.zip\.tmp(?:-[0-9a-f]{16})?$/i;

/**
 * Walks the whole tree of session archives at `base`, with one `lstat` for each zip and temporary file; no file is
 * opened. Links are not followed. Folders whose names begin with a dot are skipped: an archive's path has no such
 * names, and the files there (`.git`) belong to other programs. The files directly in `logs` are logs, even if it lies
 * in the tree. A missing `base` counts as empty. The walk advances only when the caller asks for the next entry, so the
 * caller can pause.
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
      // The folder may have disappeared.
      if (!isFailure(failure, 'file-missing')) yield { kind: 'unreadable', path, failure };
      return;
    }
    for (const folder of below) yield* walk(folder);
    if (!isLogs) yield { kind: 'folder', path, entries };
  }
}

/** Whether the tree has an archive, judged by the names. */
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

/** The entries one by one, because a folder may have very many. */
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
