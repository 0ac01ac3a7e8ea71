import { opendirSync } from 'node:fs';

/** An entry of a folder as the folder itself tells it, so that most files need no `lstat`. A link is `other`. */
export interface FolderEntry {
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
