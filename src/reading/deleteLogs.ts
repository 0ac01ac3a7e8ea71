import { Failure, fromSystemError, toFailureMessage, type FailureMessage } from '../base/failure.ts';
import { syncFolder } from '../files/durable.ts';
import { heldOpen } from '../files/heldOpen.ts';
import { identifyGrown, isUnchanged } from '../files/identity.ts';
import { listFiles } from '../files/list.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { fileNow, removeLocked, removeUnlocked } from '../files/changeFile.ts';
import { currentForeignNames } from '../files/foreignName.ts';
import { pathInWorkspace, type LogFile } from '../files/logFile.ts';
import type { Step } from '../workspace/maintenance.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { recorded, type Deed } from '../workspace/deeds.ts';
import { folderPathOf, pathOf, shownName, type LogPlace } from '../workspace/logPlaces.ts';
import {
  logsFolder,
  reportAction,
  requirePolicy,
  requireWorkspace,
  withLock,
  type AppContext,
  type Surroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';
import { requireSessionArchive } from '../sessions/sessionArchive.ts';

/** Why a log may be written to right now: it is our active file, the newest of another program, or open in one. */
export type Writer = 'active' | 'current' | 'held-open';

export interface DeletionInput extends WorkspaceInput {
  /** The logs as the user saw them. */
  readonly files: readonly LogFile[];
}

/** A log that the user is asked about before it is deleted. */
export interface LogToDelete {
  /** The file as it is now. */
  readonly file: LogFile;
  /** Why it may be written to right now. */
  readonly writer?: Writer;
}

export interface RefusedLog {
  readonly name: string;
  /** See `LogFile`. */
  readonly folder?: string;
  readonly failure: FailureMessage;
}

/**
 * Checks the logs that the user wants to delete and changes nothing. A log that is being written to may have grown. Any
 * other log that differs from the one that the user saw is refused. Outside `logs/`, everything but session archives is
 * refused.
 * @throws Failure `not-managed`, `policy-damaged` …, `deletions-held`
 */
export async function considerDeletion(
  input: DeletionInput,
  surroundings: Surroundings,
): Promise<{
  asked: readonly LogToDelete[];
  refused: readonly RefusedLog[];
}> {
  const root = requireWorkspace(input);
  requireNoHold(root);
  const { logs, archives } = divide(input.files);
  const writers = writersOf(root, logs);
  const asked: LogToDelete[] = [];
  const refused: RefusedLog[] = [];
  for (const file of logs) {
    const writer = writers.get(file.name);
    try {
      const now = requireTheOne({ root, file, surroundings }, writer);
      asked.push(writer === undefined ? { file: now } : { file: now, writer });
    } catch (error) {
      refused.push(refusal(file, error));
    }
  }
  for (const file of archives) {
    try {
      asked.push({ file: await requireSeenArchive({ root, file, surroundings }) });
    } catch (error) {
      refused.push(refusal(file, error));
    }
  }
  return { asked, refused };
}

interface Deletion {
  readonly deleted: readonly LogFile[];
  readonly refused: readonly RefusedLog[];
}

/**
 * Deletes logs for good at the request of the user. Each log is deleted under the exclusive lock, and only if it is
 * still the one that was looked at. Session archives need no lock: no program writes to them once they have their
 * names.
 * @throws Failure as `considerDeletion`, and `lock-busy`, `sqlite-missing` …
 */
export async function deleteLogs(
  input: DeletionInput & {
    /** Whether to also delete logs that may be written to. */
    readonly alsoWritten: boolean;
  },
  context: AppContext,
): Promise<Deletion> {
  const root = requireWorkspace(input);
  requireNoHold(root);
  const { logs, archives } = divide(input.files);
  const writers = writersOf(root, logs);

  async function removeLog(file: LogFile, lock: FolderLock): Promise<LogFile> {
    const { name } = file;
    const writer = writers.get(name);
    if (writer !== undefined && !input.alsoWritten) throw new Failure('log-held-open', { name });
    requireTheOne({ root, file, surroundings: context }, writer);
    const folder = logsFolder(root);
    const options = { mayHaveGrown: writer !== undefined };
    // The file is looked at again, because the lock may have been waited for.
    return lock.exclusive(() =>
      remove(file, fileNow(folder, file, options), () => removeLocked(folder, file, options)),
    );
  }

  async function removeArchive(file: LogFile): Promise<LogFile> {
    const seen = { root, file, surroundings: context };
    await requireSeenArchive(seen);
    // The file and its path are checked again, because reading the archive took a while.
    const now = requireTheOne(seen, undefined);
    return remove(file, now, () => (removeUnlocked(folderPathOf(root, now), file) ? now : undefined));
  }

  /** Records the deletion of a file, and deletes it if it is still the same. */
  async function remove(
    file: LogFile,
    now: LogFile | undefined,
    work: () => LogFile | undefined,
  ): Promise<LogFile> {
    const changed = new Failure('source-changing', { name: file.name });
    if (now === undefined) throw changed;
    const deed: Deed = {
      action: 'log_deleted',
      entity: pathInWorkspace(file),
      details: { bytes: now.bytes },
    };
    return recorded(context, root, deed, () => {
      const removed = work();
      if (removed === undefined) throw changed;
      return removed;
    });
  }

  const place = { root, context };
  const removeArchives = (): Promise<Deletion> => deleteEach(archives, removeArchive, place);
  if (logs.length === 0 && archives.length > 0) return removeArchives();
  // The logs come first, because taking the lock can fail. Then nothing is deleted.
  const ofLogs = await withLock(root, context, (lock) =>
    deleteEach(logs, (file) => removeLog(file, lock), place),
  );
  const ofArchives = await removeArchives();
  return {
    deleted: [...ofLogs.deleted, ...ofArchives.deleted],
    refused: [...ofLogs.refused, ...ofArchives.refused],
  };
}

/** Deletes the files one after the other, reports each one, and syncs the folders. */
async function deleteEach(
  files: readonly LogFile[],
  remove: (file: LogFile) => Promise<LogFile>,
  { root, context }: { readonly root: string; readonly context: AppContext },
): Promise<Deletion> {
  const deleted: LogFile[] = [];
  const refused: RefusedLog[] = [];
  for (const file of files) {
    if (context.signal.aborted) break;
    try {
      const removed = await remove(file);
      deleted.push(removed);
      const step: Step = { kind: 'delete', name: shownName(removed), bytes: removed.bytes, reason: 'asked' };
      reportAction(context, root, { kind: 'delete', step });
    } catch (error) {
      refused.push(refusal(file, fromSystemError(error, folderPathOf(root, file))));
    }
  }
  for (const folder of new Set(deleted.map((file) => folderPathOf(root, file)))) {
    try {
      syncFolder(folder);
    } catch (error) {
      refused.push(refusal({ name: '.' }, error));
    }
  }
  return { deleted, refused };
}

/** Every file directly in `logs/` is a log. In other folders, only session archives are ours. */
function divide(files: readonly LogFile[]): { logs: readonly LogFile[]; archives: readonly LogFile[] } {
  const isArchive = ({ folder }: LogFile): boolean => folder !== undefined && folder !== LOGS_FOLDER;
  return { logs: files.filter((file) => !isArchive(file)), archives: files.filter(isArchive) };
}

function refusal({ name, folder }: LogPlace, error: unknown): RefusedLog {
  return { name, ...(folder !== undefined && { folder }), failure: toFailureMessage(error) };
}

/** A log as the user saw it. */
interface SeenLog {
  readonly root: string;
  readonly file: LogFile;
  readonly surroundings: Surroundings;
}

/** @throws Failure `source-changing`, `not-a-session-archive`, and those of `requireLog` */
async function requireSeenArchive(seen: SeenLog): Promise<LogFile> {
  const now = requireTheOne(seen, undefined);
  await requireSessionArchive(pathOf(seen.root, now));
  return now;
}

function requireNoHold(root: string): void {
  if (requirePolicy(root).retention.hold) throw new Failure('deletions-held', { path: root });
}

function requireTheOne({ root, file, surroundings }: SeenLog, writer: Writer | undefined): LogFile {
  const { folder } = requireLog(root, file, surroundings);
  const path = folderPathOf(root, file);
  const now = identifyGrown(path, file);
  if (now === undefined || (writer === undefined && !isUnchanged(path, file)))
    throw new Failure('source-changing', { name: file.name });
  return folder === undefined ? now : { ...now, folder };
}

/** The files that may be written to right now, with the reason. */
function writersOf(root: string, files: readonly LogFile[]): ReadonlyMap<string, Writer> {
  const folder = logsFolder(root);
  const writers = new Map<string, Writer>();
  const currents = currentNames(folder, files);
  for (const { name, parts } of files) {
    if (parts.kind === 'active') writers.set(name, 'active');
    else if (currents.has(name)) writers.set(name, 'current');
  }
  const names = files.map(({ name }) => name);
  for (const name of heldOpen(folder, names)) writers.set(name, 'held-open');
  return writers;
}

/** The current files of the foreign families that the files belong to. */
function currentNames(folder: string, files: readonly LogFile[]): ReadonlySet<string> {
  const families = new Set(files.flatMap(({ parts }) => (parts.kind === 'foreign' ? [parts.family] : [])));
  if (families.size === 0) return families;
  const all = listFiles(folder).files.flatMap(({ parts }) => (parts.kind === 'foreign' ? [parts] : []));
  const byFamily = Map.groupBy(
    all.filter(({ family }) => families.has(family)),
    ({ family }) => family,
  );
  return new Set([...byFamily.values()].flatMap((parts) => [...currentForeignNames(parts)]));
}
