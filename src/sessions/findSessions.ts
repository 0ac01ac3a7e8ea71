import { basename, dirname, posix, relative, resolve, sep } from 'node:path';
import { Failure, isFailure } from '../base/failure.ts';
import { kindOf } from '../files/list.ts';
import { listZips } from '../files/zipFolders.ts';
import type { LogFile } from '../files/logFile.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import type { SessionIds } from '../archive/sessionMeta.ts';
import { pathOf } from '../workspace/logPlaces.ts';
import {
  requireWorkspace,
  progressTeller,
  type AppContext,
  type Surroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { sessionFolders } from '../workspace/usedSessionFolders.ts';
import { withArchive } from './sessionArchive.ts';

export interface FoundSession {
  readonly file: LogFile;
  readonly ids: SessionIds;
}

export interface FoundSessions {
  readonly found: readonly FoundSession[];
  /** The number of archives that were searched. */
  readonly searched: number;
  /** The number of further archives that no known password opened. */
  readonly unopened: number;
  /** The number of further archives that could not be read or do not describe a session. */
  readonly unreadable: number;
  /** The archives of `unopened` and `unreadable`, in the order of the paths. */
  readonly notSearched: readonly LogFile[];
}

interface FindInput extends WorkspaceInput {
  /** The id of a user, session, chat, message or request. It must match exactly and as a whole. */
  readonly id: string;
  /** The folder of the session archives, if it is not that of the policy; relative to the workspace, or anywhere. */
  readonly sessions?: string | undefined;
}

/** Several archives are searched at once, because keys are derived on the threads of Node's pool. */
const PARALLEL = 8;

/**
 * Finds the session archives whose `meta.json` contains an id, among those that a known password opens: in the folder
 * that is named, else in the policy's, in those used before, and in `logs/`. The result is in the order of the paths. Only `meta.json` is read.
 * @throws Failure `cancelled`; `workspace-not-a-folder` for a folder named by `sessions`
 */
export async function findSessions(input: FindInput, context: AppContext): Promise<FoundSessions> {
  const root = requireWorkspace(input);
  const archives = archivesOf(root, input.sessions, context);
  const found = new Map<Archive, SessionIds>();
  const left = new Set<Archive>();
  const count = { searched: 0, unopened: 0, unreadable: 0 };
  const tell = progressTeller(context, archives.length);
  let next = 0;

  async function searchOn(): Promise<void> {
    for (let archive = archives[next]; archive !== undefined; archive = archives[next]) {
      next += 1;
      if (context.signal.aborted) throw new Failure('cancelled', {});
      tell(archive.file.name);
      await search(archive);
    }
  }

  async function search(archive: Archive): Promise<void> {
    const ids = await idsIn(root, archive, context).catch((error: unknown) => {
      if (isFailure(error, 'cancelled')) throw error;
      const isLocked = isFailure(error, 'password-needed') || isFailure(error, 'password-wrong');
      count[isLocked ? 'unopened' : 'unreadable'] += 1;
      left.add(archive);
      return undefined;
    });
    if (ids === undefined) return;
    count.searched += 1;
    if (Object.values(ids).flat().includes(input.id)) found.set(archive, ids);
  }

  await Promise.all(Array.from({ length: PARALLEL }, searchOn));
  // The searches end in any order, so the result takes the order of `archives`.
  const sorted = archives.flatMap((archive) => {
    const ids = found.get(archive);
    return ids === undefined ? [] : [{ file: archive.file, ids }];
  });
  const notSearched = archives.filter((archive) => left.has(archive)).map(({ file }) => file);
  return { found: sorted, ...count, notSearched };
}

/** @returns undefined if the zip is not a session archive: `logs/` also holds archives of other kinds */
async function idsIn(
  root: string,
  { file, isSession }: Archive,
  { signal }: AppContext,
): Promise<SessionIds | undefined> {
  let isOne = isSession;
  const reading = withArchive(
    pathOf(root, file),
    async (archive) => {
      isOne ||= archive.metaMember?.encrypted === true;
      if (!isOne) return undefined;
      const meta = await archive.meta();
      if (meta === undefined) throw new Failure('not-a-session-archive', { name: file.name });
      return meta.ids;
    },
    { signal },
  );
  return reading.catch((error: unknown) => {
    if (isOne || isFailure(error, 'cancelled')) throw error;
    return undefined;
  });
}

interface Archive {
  readonly file: LogFile;
  /** True if it lies where only session archives lie. */
  readonly isSession: boolean;
}

function archivesOf(root: string, named: string | undefined, { environment }: Surroundings): Archive[] {
  const [own, ...used] = sessionFolders(root, environment);
  const sessions = [
    ...(named === undefined ? zipsBelow(root, own) : zipsIn(root, resolve(root, named))),
    ...used.flatMap((folder) => zipsBelow(root, folder)),
  ];
  const others = zipsBelow(root, LOGS_FOLDER);
  const isInLogs = ({ folder }: LogFile): boolean => folder === undefined;
  const byPath = new Map<string, Archive>();
  for (const file of others) byPath.set(pathOf(root, file), { file, isSession: false });
  for (const file of sessions) byPath.set(pathOf(root, file), { file, isSession: !isInLogs(file) });
  return [...byPath].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, archive]) => archive);
}

function zipsBelow(root: string, path: string): LogFile[] {
  // There is no limit, because an archive that is left out would look like one without the id.
  const { folders } = listZips(root, [{ path }], Infinity);
  return [...folders.values()].flatMap(({ zips }) => zips).map(placed);
}

/** The zips of a folder that the user named. The folder may be anywhere. */
function zipsIn(root: string, path: string): LogFile[] {
  const what = kindOf(path);
  if (what !== 'folder') throw new Failure('workspace-not-a-folder', { path, what });
  const base = dirname(path);
  return zipsBelow(base, basename(path)).map((file) => {
    const folder = resolve(base, file.folder ?? LOGS_FOLDER);
    return placed({ ...file, folder: relative(root, folder).split(sep).join(posix.sep) || '.' });
  });
}

/** A file directly in `logs/` has no `folder`. */
function placed({ folder = LOGS_FOLDER, ...file }: LogFile): LogFile {
  return folder === LOGS_FOLDER ? file : { ...file, folder };
}
