import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { proveOpens, reencrypt } from '../archive/zip/reencrypt.ts';
import {
  Failure,
  fromSystemError,
  isFailure,
  toFailureMessage,
  type FailureMessage,
} from '../base/failure.ts';
import { removeIfThere, replacementsIn } from '../files/durable.ts';
import { requireRegularFile } from '../files/identity.ts';
import { replaceArchive } from '../files/newFile.ts';
import { walkSessions } from '../files/sessionTree.ts';
import { folderTime } from '../files/zipFolders.ts';
import type { LogFile } from '../files/logFile.ts';
import type { EnvironmentSettings } from '../policy/environment.ts';
import { knowPassword, knownPasswords } from './passwordRing.ts';
import { recorded } from '../workspace/deeds.ts';
import { pathOf, type LogPlace } from '../workspace/logPlaces.ts';
import {
  logsFolder,
  progressTeller,
  reportAction,
  requirePolicy,
  requireWorkspace,
  type AppContext,
  type Surroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';
import { requireSessionArchive } from './sessionArchive.ts';
import { sessionSettings, sessionsPlace, type SessionsPlace } from '../workspace/sessionsFolder.ts';
import { usedFolders } from '../workspace/usedSessionFolders.ts';
import { withMaintenanceLock } from '../workspace/maintenanceLock.ts';

/** The archives to rewrite: those of `files` and of `folders`; those of all session folders if both are absent. */
export interface RekeyScope extends WorkspaceInput {
  /** The values of the environment that override the policy; absent in VS Code. */
  readonly fromEnvironment?: EnvironmentSettings | undefined;
  readonly files?: readonly LogPlace[] | undefined;
  /** Folders in a folder of session archives, with all below them; relative to the workspace, with `/` between the parts. */
  readonly folders?: readonly string[] | undefined;
}

export interface RekeyInput extends RekeyScope {
  /**
   * The new password, wiped afterwards. It becomes known (first in the ring) before the first archive is rewritten. If
   * it is absent, the password of an earlier run is used, for the archives that this run left.
   */
  readonly password?: Uint8Array | undefined;
  /** The `change` of the earlier run. */
  readonly change?: number | undefined;
  /** How long to wait for another run, or for maintenance, in ms. */
  readonly patience?: number | undefined;
}

export interface RekeyReport {
  /** The number of archives that were rewritten. */
  readonly rekeyed: number;
  /** The number of archives that the new password already opened. */
  readonly already: number;
  /** The archives that were left as they are, by their paths. */
  readonly skipped: readonly { readonly path: string; readonly failure: FailureMessage }[];
  readonly cancelled: boolean;
  /** Identifies the new password until another one is given. */
  readonly change: number;
}

/**
 * Counts the zips that a change of the password concerns. Changes nothing.
 * @throws Failure `not-managed`, `policy-damaged` …; `session-skipped` if there is no usable sessions folder
 */
export function considerRekeying(input: RekeyScope, surroundings: Surroundings): { readonly count: number } {
  return { count: archivesOf(requireWorkspace(input), input, surroundings).archives.length };
}

/**
 * Rewrites the archives that a known password opens under a new password, one after the other, each atomically. Holds
 * the maintenance lock meanwhile. An archive that cannot be rewritten, or is not a session archive, is left as it is
 * and reported.
 * @throws Failure as `considerRekeying`; `maintenance-busy`; `password-needed` if the password of the earlier run was
 *   forgotten or another change has begun; `audit-unavailable`
 */
export async function rekeySessions(input: RekeyInput, context: AppContext): Promise<RekeyReport> {
  const password = Uint8Array.from(newPasswordOf(input));
  try {
    const root = requireWorkspace(input);
    requirePolicy(root);
    return await withMaintenanceLock(root, input, context, () => {
      const { archives, shown } = archivesOf(root, input, context);
      const deed = {
        action: 'passwords_changed',
        entity: '',
        details: { archives: archives.length },
      } as const;
      return recorded(context, root, deed, async () => {
        const change = makeKnown(password);
        return { ...(await rekeyAll(root, { archives, shown }, password, context)), change };
      });
    });
  } finally {
    password.fill(0);
    input.password?.fill(0);
  }
}

/** The bytes of the password in the ring. The ring wipes them when the password is forgotten. */
let last: { readonly password: Uint8Array | undefined; readonly change: number } = {
  password: undefined,
  change: 0,
};

function newPasswordOf({ password, change, files = [] }: RekeyInput): Uint8Array {
  if (password !== undefined) return password;
  const isKnown = last.password !== undefined && knownPasswords.candidates().includes(last.password);
  if (isKnown && last.password !== undefined && change === last.change) return last.password;
  throw new Failure('password-needed', { name: files[0]?.name ?? '' });
}

/** @returns the number of the change. It stays the same if several workspaces get the same password in turn. */
function makeKnown(password: Uint8Array): number {
  knowPassword(Uint8Array.from(password));
  const known = knownPasswords.candidates().find((form) => Buffer.compare(form, password) === 0);
  if (known !== last.password) last = { password: known, change: last.change + 1 };
  return last.change;
}

async function rekeyAll(
  root: string,
  { archives, shown }: Found,
  password: Uint8Array,
  context: AppContext,
): Promise<Omit<RekeyReport, 'change'>> {
  const { signal } = context;
  const sweepBeside = sweeper(archives);
  const skipped: { readonly path: string; readonly failure: FailureMessage }[] = [];
  const count = { rekeyed: 0, already: 0 };
  const tell = progressTeller(context, archives.length);
  let cancelled = false;

  async function rekey({ path, look }: Archive): Promise<void> {
    const file = look();
    sweepBeside(path);
    await requireSessionArchive(path);
    const pieces = await reencrypt(path, { passwords: knownPasswords, password, signal });
    if (pieces !== undefined) {
      await proveOpens(basename(path), pieces, password, signal);
      replaceArchive(path, file, pieces);
    }
    count[pieces === undefined ? 'already' : 'rekeyed'] += 1;
  }

  for (const archive of archives) {
    cancelled = signal.aborted;
    if (cancelled) break;
    tell(basename(archive.path));
    try {
      await rekey(archive);
    } catch (error) {
      cancelled = isFailure(error, 'cancelled');
      if (cancelled) break;
      const path = shown(archive.path);
      skipped.push({ path, failure: named(path, toFailureMessage(fromSystemError(error, archive.path))) });
    }
  }
  if (count.rekeyed > 0) reportAction(context, root, { kind: 'rekeyed', archives: count.rekeyed });
  return { ...count, skipped, cancelled };
}

/** Puts the path into the failure instead of the name, because archives of several chats may have the same name. */
function named(path: string, { code, data }: FailureMessage): FailureMessage {
  return { code, data: 'name' in data ? { ...data, name: path } : data };
}

interface Archive {
  /** An absolute path. If the contents of a folder cannot be listed, this is the path of the folder. */
  readonly path: string;
  /**
   * Looks at the file as it is now. No link on its path is followed.
   * @throws Failure `file-missing`, `not-a-regular-file` …
   */
  readonly look: () => LogFile;
}

interface Found {
  readonly archives: readonly Archive[];
  readonly shown: SessionsPlace['shown'];
}

/** The archives of the scope in the order of their paths, each once. */
function archivesOf(root: string, scope: RekeyScope, surroundings: Surroundings): Found {
  const { fromEnvironment, files, folders } = scope;
  const { path, shown } = sessionsPlace(
    root,
    sessionSettings(requirePolicy(root), fromEnvironment),
    fromEnvironment,
  );
  const tops = [path, ...usedFolders(root, surroundings).map(({ folder }) => join(root, folder))];
  const isAll = files === undefined && folders === undefined;
  const wanted = isAll ? tops : (folders ?? []).map((folder) => join(root, folder));
  const below = wanted.map((folder) => belowOneOf(tops, folder));
  const named = (files ?? []).map((place) => ({
    path: pathOf(root, place),
    look: () => requireLog(root, place, surroundings),
  }));
  const found = [
    ...below.flatMap(({ top, folder }) => zipsBelow(dirname(top), folder, logsFolder(root))),
    ...named,
  ];
  const byPath = new Map(found.map((archive) => [archive.path, archive]));
  const archives = [...byPath.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { archives, shown };
}

function belowOneOf(
  tops: readonly string[],
  path: string,
): { readonly top: string; readonly folder: string } {
  const top = tops.find((each) => path === each || path.startsWith(each + sep));
  if (top === undefined) throw new Failure('not-an-archive-place', { path, folders: tops });
  return { top, folder: path };
}

/**
 * Finds all zips below a folder, without a limit: an archive that is passed over would keep its old password.
 * @param base a trusted folder above; only the folders below it are checked for links
 */
function zipsBelow(base: string, path: string, logs: string): Archive[] {
  const isReached = (folder: string): boolean =>
    folderTime(base, relative(base, folder).split(sep).join(posix.sep)) !== undefined;
  if (!isReached(path)) return [];
  const archives: Archive[] = [];
  for (const entry of walkSessions(path, logs)) {
    if (entry.kind === 'unreadable')
      archives.push({
        path: entry.path,
        look() {
          throw entry.failure;
        },
      });
    if (entry.kind !== 'archive') continue;
    const { folder, name } = entry.file;
    archives.push({
      path: join(folder, name),
      look() {
        if (!isReached(folder)) throw new Failure('file-missing', { path: join(folder, name) });
        return requireRegularFile(folder, name);
      },
    });
  }
  return archives;
}

/** Removes the temporary files of a killed run, also beside archives that are not rewritten now; once per folder. */
function sweeper(archives: readonly Archive[]): (path: string) => void {
  const paths = new Set(archives.map(({ path }) => path));
  const swept = new Set<string>();
  return (path) => {
    const folder = dirname(path);
    if (swept.has(folder)) return;
    swept.add(folder);
    for (const left of replacementsIn(folder))
      if (paths.has(left.replace(/\.tmp-[0-9a-f]+$/, ''))) removeIfThere(left);
  };
}
