import { join } from 'node:path';
import { Failure, fromSystemError, isFailure } from '../../base/failure.ts';
import { turns } from '../../base/turns.ts';
import type { FailedStep } from '../carryOut.ts';
import { hasExpired, isBelievable, type CleanInput, type FoundArchive } from './sessionPlan.ts';
import { walkSessions, type TreeFile, type TreeFolder } from '../../files/sessionTree.ts';
import { parseTime } from '../../files/entry.ts';
import { countKnown } from '../../sessions/passwordRing.ts';
import { progressTeller, type AppContext } from '../../workspace/workspace.ts';
import { requireSessionArchive, withArchive } from '../../sessions/sessionArchive.ts';

/** The contents of the folder of session archives. `failed` lists the paths that could not be read. */
export interface SessionsSeen extends Pick<CleanInput, 'archives' | 'temporaries' | 'folders'> {
  readonly failed: readonly FailedStep[];
}

/** Several archives are opened at once, because reading and deriving keys run on the threads of Node's pool. */
const PARALLEL = 8;

/**
 * Reads the whole tree of session archives. Only archives that have expired by the times of their files are opened, and
 * those whose files have times that cannot be.
 * @param logs path of `logs/`; the files directly in it are no session archives
 * @throws Failure `cancelled`
 */
export async function lookAtSessions(
  base: string,
  logs: string,
  times: Pick<CleanInput, 'retentionDays' | 'now'>,
  context: AppContext,
): Promise<SessionsSeen> {
  const [archives, temporaries, toOpen]: [TreeFile[], TreeFile[], TreeFile[]] = [[], [], []];
  const folders: TreeFolder[] = [];
  const failed: FailedStep[] = [];
  const turn = turns();
  for (const entry of walkSessions(base, logs)) {
    if (entry.kind === 'folder') folders.push(entry);
    else if (entry.kind === 'unreadable') failed.push({ name: entry.path, failure: entry.failure });
    else if (entry.kind === 'temporary') temporaries.push(entry.file);
    else (isToOpen(entry.file, times) ? toOpen : archives).push(entry.file);
    await turn();
    throwIfCancelled(context);
  }
  const opened = await openEach(toOpen, times.now, failed, context);
  return { archives: [...archives, ...opened], temporaries, folders, failed };
}

function isToOpen(file: TreeFile, times: Pick<CleanInput, 'retentionDays' | 'now'>): boolean {
  return hasExpired(file, times) || !isBelievable(file, times.now);
}

async function openEach(
  files: readonly TreeFile[],
  now: number,
  failed: FailedStep[],
  context: AppContext,
): Promise<FoundArchive[]> {
  const opened: FoundArchive[] = [];
  const tell = progressTeller(context, files.length);
  const waiting = files.values();

  async function openOn(): Promise<void> {
    for (const file of waiting) {
      throwIfCancelled(context);
      const path = join(file.folder, file.name);
      tell(file.name);
      try {
        opened.push({ ...file, ...(await lookInside(path, isBelievable(file, now), context)) });
      } catch (error) {
        const failure = fromSystemError(error, path);
        if (isFailure(failure, 'cancelled')) throw failure;
        // The file was removed meanwhile.
        if (isFailure(failure, 'file-missing')) continue;
        failed.push({ name: path, failure });
        opened.push({ ...file, verdict: 'unreadable' });
      }
    }
  }

  await Promise.all(Array.from({ length: PARALLEL }, openOn));
  return opened;
}

async function lookInside(
  path: string,
  isDated: boolean,
  { signal }: AppContext,
): Promise<Pick<FoundArchive, 'verdict' | 'createdAt'>> {
  try {
    await requireSessionArchive(path);
  } catch (error) {
    if (isFailure(error, 'not-a-session-archive')) return { verdict: 'other' };
    throw error;
  }
  const createdAt = isDated || countKnown() === 0 ? undefined : await timeInside(path, signal);
  return { verdict: 'session', ...(createdAt !== undefined && { createdAt }) };
}

/** @returns undefined if no known password opens the archive or it contains no time */
async function timeInside(path: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const meta = await withArchive(path, (archive) => archive.meta(), { signal });
    return parseTime(meta?.value.created_at);
  } catch (error) {
    if (isFailure(error, 'cancelled')) throw error;
    return undefined;
  }
}

function throwIfCancelled({ signal }: AppContext): void {
  if (signal.aborted) throw new Failure('cancelled', {});
}
