import { withZip } from '../archive/zip/readZip.ts';
import { hasCode, isFailure, type FailureCode } from '../base/failure.ts';
import { isSameFile } from '../files/identity.ts';
import { pathInWorkspace, type LogFile } from '../files/logFile.ts';
import type { LockState } from './archiveMember.ts';
import { pathOf, requireArchive } from '../workspace/logPlaces.ts';
import { countKnown, knownPasswords, passwordsVersion, smallest } from './passwordRing.ts';
import { requireWorkspace, type AppContext, type WorkspaceInput } from '../workspace/workspace.ts';

interface Probed {
  /** The file that was opened, and the version of the known passwords at that time. */
  readonly file: LogFile;
  readonly version: number;
  readonly lock: LockState;
}

/** The results by workspace and path, oldest first. */
const known = new Map<string, Probed>();
const MOST_KNOWN = 20_000;

/**
 * Reports for each archive, in the given order, whether a known password opens it. If no password is known, no archive
 * is opened. The result is also `unknown` if an archive changed since it was listed or could not be read just now.
 */
export async function probeArchives(
  input: WorkspaceInput & { readonly files: readonly LogFile[] },
  context: Pick<AppContext, 'signal' | 'environment'>,
): Promise<LockState[]> {
  const root = requireWorkspace(input);
  const locks: LockState[] = [];
  for (const file of input.files) {
    const lock = lockOf(root, file);
    locks.push(lock === 'unknown' && countKnown() > 0 ? await probe(root, file, context) : lock);
  }
  return locks;
}

/** The known result for an archive, without opening it. */
export function lockOf(root: string, file: LogFile): LockState {
  const probed = known.get(keyOf(root, file));
  if (probed === undefined || !isSameFile(probed.file, file)) return 'unknown';
  return probed.lock === 'none' || probed.version === passwordsVersion() ? probed.lock : 'unknown';
}

async function probe(
  root: string,
  file: LogFile,
  { signal, environment }: Pick<AppContext, 'signal' | 'environment'>,
): Promise<LockState> {
  // The version is read first: a password that is added meanwhile may not have been tried.
  const version = passwordsVersion();
  try {
    const { name, folder = '' } = file;
    if (!isSameFile(requireArchive(root, { name, folder }, { environment }), file)) return 'unknown';
    const lock = await withZip(
      pathOf(root, file),
      async (zip): Promise<LockState> => {
        const member = smallest(zip.members.filter(({ encrypted }) => encrypted));
        if (member === undefined) return 'none';
        return (await zip.opens(member)) ? 'open' : 'locked';
      },
      { passwords: knownPasswords, signal },
    );
    return remember(root, { file, version, lock });
  } catch (error) {
    if (isFailure(error, 'cancelled')) throw error;
    // No password opens an archive that is damaged or encrypted in another way.
    const isLocked = hasCode(error) && unopened.has(error.code);
    return isLocked ? remember(root, { file, version, lock: 'locked' }) : 'unknown';
  }
}

const unopened: ReadonlySet<FailureCode> = new Set([
  'archive-damaged',
  'archive-unsupported',
  'password-needed',
  'password-wrong',
]);

function remember(root: string, probed: Probed): LockState {
  const key = keyOf(root, probed.file);
  known.delete(key);
  known.set(key, probed);
  for (const [oldest] of known) {
    if (known.size <= MOST_KNOWN) break;
    known.delete(oldest);
  }
  return probed.lock;
}

function keyOf(root: string, file: LogFile): string {
  return `${root}\n${pathInWorkspace(file)}`;
}
