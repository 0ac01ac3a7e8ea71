import { join, relative, resolve, sep } from 'node:path';
import { Failure } from '../base/failure.ts';
import type { Environment } from '../base/job.ts';
import { requireRegularFile } from '../files/identity.ts';
import { kindOf } from '../files/list.ts';
import type { LogFile } from '../files/logFile.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { isDevice } from '../files/fileName.ts';
import { sessionFolders } from './usedSessionFolders.ts';
import { logsFolder } from './workspace.ts';

/** The place of a log: its name, and its folder as in `LogFile`. */
export interface LogPlace {
  readonly name: string;
  readonly folder?: string | undefined;
}

/** Where archives may lie besides `logs/` and the policy's folder. */
export interface ArchivePlaces {
  /** Absent where the folders that were used need not be known. */
  readonly environment?: Environment | undefined;
  /** One more folder of session archives; relative to the workspace, or anywhere. */
  readonly sessions?: string | undefined;
}

/** The path of a log's folder. Call it only with a checked place, because it follows any folder name. */
export function folderPathOf(root: string, { folder }: LogPlace): string {
  return folder === undefined ? logsFolder(root) : join(root, ...folder.split('/'));
}

export function pathOf(root: string, place: LogPlace): string {
  return join(folderPathOf(root, place), place.name);
}

/** The name of a log beside logs of other folders: its path in the workspace unless it lies in `logs/`. */
export function shownName({ name, folder }: LogPlace): string {
  return folder === undefined ? name : `${folder}/${name}`;
}

/**
 * The current state of a zip in one of the archive folders, or in a folder below. A link on the way there is not
 * followed.
 * @throws Failure `not-an-archive-place`, `logs-not-a-folder`, `file-missing`, `not-a-regular-file`
 */
export function requireArchive(
  root: string,
  { name, folder }: Required<LogPlace> & { folder: string },
  { sessions, environment }: ArchivePlaces,
  platform: string = process.platform,
): LogFile {
  const folders = [LOGS_FOLDER, ...sessionFolders(root, environment)];
  const namedFolder = sessions === undefined ? undefined : resolve(root, sessions);
  const isBelow = folders.some((each) => folder === each || folder.startsWith(`${each}/`));
  const way = isBelow ? { base: root, parts: folder.split('/') } : wayFrom(namedFolder, join(root, folder));
  if (
    way?.parts.every((part) => isPlainName(part, platform)) !== true ||
    !isPlainName(name, platform) ||
    !isZipName(name)
  )
    throw new Failure('not-an-archive-place', { path: `${folder}/${name}`, folders });
  let place = way.base;
  // The workspace itself may be a link.
  if (!isBelow) requireFolderAt(place);
  for (const part of way.parts) {
    place = join(place, part);
    requireFolderAt(place);
  }
  return { ...requireRegularFile(place, name), folder };

  function requireFolderAt(path: string): void {
    const what = kindOf(path);
    if (what === 'missing') throw new Failure('file-missing', { path: join(root, folder, name) });
    if (what !== 'folder') throw new Failure('logs-not-a-folder', { path, what });
  }
}

/** The folders on the way from `base`; the first one is `..` if `path` does not lie below. */
function wayFrom(
  base: string | undefined,
  path: string,
): { readonly base: string; readonly parts: readonly string[] } | undefined {
  if (base === undefined) return undefined;
  const below = relative(base, path);
  return { base, parts: below === '' ? [] : below.split(sep) };
}

export function isZipName(name: string): boolean {
  return /\.zip$/i.test(name);
}

/**
 * Whether the name cannot lead to another folder. On Windows drives, streams and devices can, too, and the system drops
 * some characters at the end of a name.
 */
function isPlainName(name: string, platform: string): boolean {
  if (/^\.{0,2}$|[\0/]/.test(name)) return false;
  return platform !== 'win32' || !(/[\\:]|[. ]$/.test(name) || isDevice(name));
}
