import { opendirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fromSystemError, isFailure, type Failure } from '../base/failure.ts';
import { markOf, type FileMark } from './identity.ts';

/** A regular file somewhere below the folder of session archives. */
export interface TreeFile extends FileMark {
  /** The absolute path of its folder. */
  readonly folder: string;
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
      for (const { kind, name } of folderEntries(path)) {
        entries += 1;
        if (kind === 'folder') {
          if (!name.startsWith('.')) below.push(path + sep + name);
        } else if (kind !== 'other' && !isLogs) {
          const mark = markOf(path, name);
          if (mark !== undefined) yield { kind, file: { ...mark, folder: path } };
        }
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

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** An entry of a folder as the folder itself tells it, so that most files need no `lstat`. A link is `other`. */
interface FolderEntry {
  readonly name: string;
  readonly kind: 'folder' | 'archive' | 'temporary' | 'other';
}

/** The temporary files that interrupted writers leave: ours, and those of pyzipper's users (FORMATS §2). */
const temporaryName = /\.zip\.tmp(?:-[0-9a-f]{16})?$/i;

/**
 * The entries directly in a folder, one by one, because a folder may have very many. An `archive` or `temporary` has the
 * name of one; it may turn out to be no regular file. Synchronous, for workers.
 * @throws the error of the system
 */
export function* folderEntries(path: string): Generator<FolderEntry> {
  const folder = opendirSync(path, { bufferSize: 1024 });
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync())
      yield { name: entry.name, kind: entry.isDirectory() ? 'folder' : kindOfName(entry.name) };
  } finally {
    folder.closeSync();
  }
}

function kindOfName(name: string): FolderEntry['kind'] {
  if (/\.zip$/i.test(name)) return 'archive';
  return temporaryName.test(name) ? 'temporary' : 'other';
}
