import { Failure, fromSystemError, toFailureMessage } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import { syncFolder } from '../files/durable.ts';
import { heldOpen } from '../files/heldOpen.ts';
import { identifyGrown, isUnchanged } from '../files/identity.ts';
import { listFiles } from '../files/list.ts';
import { removeFile } from '../files/removeFile.ts';
import { currentForeignNames } from '../model/foreignName.ts';
import type { LogFile } from '../model/logFile.ts';
import type { Step } from '../model/maintenance.ts';
import { logsFolder, reportAction, requirePolicy, requireWorkspace, withLock } from './context.ts';
import type { AppContext, WorkspaceInput } from './context.ts';
import { requireLog } from './requireLog.ts';

/** Why a log may be written to right now: ours, the newest of another program's, or open in one. */
export type Writer = 'active' | 'current' | 'held-open';

export interface DeletionInput extends WorkspaceInput {
  /** The logs as the person saw them. */
  readonly files: readonly LogFile[];
}

/** A log that a person is asked about before it is deleted. */
export interface LogToDelete {
  /** As it is now. */
  readonly file: LogFile;
  /** Why it may be written to right now. */
  readonly writer?: Writer;
}

export interface RefusedLog {
  readonly name: string;
  readonly failure: FailureMessage;
}

/**
 * Looks at logs that a person wants to delete, and changes nothing. One that is written to may have grown; any other that
 * is not the one that the person saw is refused.
 * @throws Failure `not-managed`, `policy-damaged` …, `deletions-held`
 */
export function considerDeletion(input: DeletionInput): {
  asked: readonly LogToDelete[];
  refused: readonly RefusedLog[];
} {
  const root = requireWorkspace(input);
  requireNoHold(root);
  const writers = writersOf(root, input.files);
  const asked: LogToDelete[] = [];
  const refused: RefusedLog[] = [];
  for (const file of input.files) {
    const writer = writers.get(file.name);
    try {
      const now = requireTheOne(root, file, writer);
      asked.push(writer === undefined ? { file: now } : { file: now, writer });
    } catch (error) {
      refused.push({ name: file.name, failure: toFailureMessage(error) });
    }
  }
  return { asked, refused };
}

/**
 * Deletes logs for good, because a person wants it: each under the exclusive lock, and only while it is the one that was
 * looked at.
 * @throws Failure as `considerDeletion`, and `lock-busy`, `sqlite-missing` …
 */
export async function deleteLogs(
  input: DeletionInput & {
    /** Also those that may be written to. */
    readonly alsoWritten: boolean;
  },
  context: AppContext,
): Promise<{ deleted: readonly LogFile[]; refused: readonly RefusedLog[] }> {
  const root = requireWorkspace(input);
  requireNoHold(root);
  const folder = logsFolder(root);
  const writers = writersOf(root, input.files);
  const deleted: LogFile[] = [];
  const refused: RefusedLog[] = [];
  const attempt = async (name: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      refused.push({ name, failure: toFailureMessage(fromSystemError(error, folder)) });
    }
  };
  await withLock(root, context, async (lock) => {
    for (const file of input.files) {
      if (context.signal.aborted) break;
      const { name } = file;
      const writer = writers.get(name);
      await attempt(name, async () => {
        if (writer !== undefined && !input.alsoWritten) throw new Failure('log-held-open', { name });
        requireTheOne(root, file, writer);
        const removed = await removeFile(folder, file, lock, { mayHaveGrown: writer !== undefined });
        if (removed === undefined) throw new Failure('source-changing', { name });
        deleted.push(removed);
        const step: Step = { kind: 'delete', name, bytes: removed.bytes, reason: 'asked' };
        reportAction(context, root, { kind: 'delete', step });
      });
    }
    if (deleted.length > 0)
      await attempt('.', () => {
        syncFolder(folder);
      });
  });
  return { deleted, refused };
}

function requireNoHold(root: string): void {
  if (requirePolicy(root).retention.hold) throw new Failure('deletions-held', { path: root });
}

function requireTheOne(root: string, file: LogFile, writer: Writer | undefined): LogFile {
  requireLog(root, file.name);
  const folder = logsFolder(root);
  const now = identifyGrown(folder, file);
  if (now === undefined || (writer === undefined && !isUnchanged(folder, file)))
    throw new Failure('source-changing', { name: file.name });
  return now;
}

/** Which of the files may be written to right now. */
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
