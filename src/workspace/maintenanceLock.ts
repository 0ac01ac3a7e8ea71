import { Failure, isFailure, withLoss } from '../base/failure.ts';
import { MAINTENANCE_LOCK, openFolderLock } from '../files/folderLock.ts';
import { logsFolder, type AppContext } from './workspace.ts';

/**
 * Runs `work` under the maintenance lock in `logs/`: no other run changes the files of the workspace meanwhile.
 * @param patience how long to wait for another run, in ms
 * @throws Failure `maintenance-busy`, `sqlite-missing` …
 */
export function withMaintenanceLock<T>(
  root: string,
  options: { readonly patience?: number | undefined },
  context: AppContext,
  work: () => Promise<T>,
): Promise<T> {
  return holdMaintenanceLock(logsFolder(root), options, context, work);
}

/** The same in any folder. */
export async function holdMaintenanceLock<T>(
  folder: string,
  { patience = 0 }: { readonly patience?: number | undefined },
  { signal }: AppContext,
  work: () => Promise<T>,
): Promise<T> {
  const waiting = { patience, signal };
  const lock = await openFolderLock(folder, MAINTENANCE_LOCK, waiting).catch(inOurWords(folder));
  try {
    const held = await lock.hold(waiting).catch(inOurWords(folder));
    try {
      return await work();
    } finally {
      held.release();
    }
  } finally {
    lock.close();
  }
}

function inOurWords(path: string): (error: unknown) => never {
  return (error) => {
    const isBusy = isFailure(error, 'lock-busy');
    // Nothing is changed without the lock.
    throw isBusy ? new Failure('maintenance-busy', { path }, error) : withLoss(error, 'none');
  };
}
