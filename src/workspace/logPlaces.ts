import { join, relative, resolve, sep } from 'node:path';
import { Failure } from '../base/failure.ts';
import { requireRegularFile } from '../files/identity.ts';
import { kindOf } from '../files/list.ts';
import type { LogFile } from '../files/logFile.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { isDevice } from '../files/fileName.ts';
import { logsFolder, sessionsFolder } from './workspace.ts';

/** Where a log is: its name, and its folder as `LogFile` has it. */
export interface LogPlace {
  readonly name: string;
  readonly folder?: string | undefined;
}

/** The folders that hold zips which are opened, with all that is below them; relative to the workspace. */
function archiveFolders(root: string): readonly string[] {
  return [LOGS_FOLDER, sessionsFolder(root)];
}

/** The folder that a log lies in. Only of a place that was looked at: it leads wherever it says. */
export function folderPathOf(root: string, { folder }: LogPlace): string {
  return folder === undefined ? logsFolder(root) : join(root, ...folder.split('/'));
}

export function pathOf(root: string, place: LogPlace): string {
  return join(folderPathOf(root, place), place.name);
}

/** How a log is called beside logs of other folders: by its path in the workspace where it does not lie in `logs/`. */
export function shownName({ name, folder }: LogPlace): string {
  return folder === undefined ? name : `${folder}/${name}`;
}

/**
 * A zip of one of the archive folders, or of a folder below, as it is now. A link on the way there is not followed.
 * @param sessions one more folder of session archives; relative to the workspace, or anywhere
 * @throws Failure `not-an-archive-place`, `logs-not-a-folder`, `file-missing`, `not-a-regular-file`
 */
export function requireArchive(
  root: string,
  { name, folder }: Required<LogPlace> & { folder: string },
  sessions?: string,
  platform: string = process.platform,
): LogFile {
  const folders = archiveFolders(root);
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
  // The workspace itself may be reached by a link.
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

/** The folders to go through from `base`; the first one is `..` where `path` does not lie below. */
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

/** Nothing that leads elsewhere. Windows has more of it: drives, streams, devices, and ends of names that it leaves out. */
function isPlainName(name: string, platform: string): boolean {
  if (/^\.{0,2}$|[\0/]/.test(name)) return false;
  return platform !== 'win32' || !(/[\\:]|[. ]$/.test(name) || isDevice(name));
}
