import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Environment } from '../base/job.ts';
import { Failure, fromSystemError, hasCode, isFailure } from '../base/failure.ts';
import { makeFolder, removeIfThere, replaceFile, replacementsIn } from '../files/durable.ts';

/**
 * The folder outside the workspace where one user's programs store the state of one workspace: the accepted policy, the
 * last run of maintenance, later keys.
 */
export interface StateFolder {
  readonly path: string;
  /**
   * The value stored under `name`; undefined if there is none, or if it is no JSON. @throws Failure `state-unwritable`
   */
  read(name: string): unknown;
  /** @throws Failure `state-unwritable`, `disk-full` */
  write(name: string, value: unknown): void;
}

/** The parent of all state folders, by the conventions of the system. */
export function stateBase(environment: Environment, platform: string = process.platform): string {
  const name = 'workspace-logs';
  const xdg = environment.XDG_STATE_HOME;
  if (xdg?.startsWith('/') === true) return join(xdg, name);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', name);
  const local = environment.LOCALAPPDATA;
  if (platform === 'win32' && local !== undefined && local !== '') return join(local, name);
  return join(homedir(), '.local', 'state', name);
}

/** The workspace's id if its policy gives none: 12 hex digits of a hash of its real path. */
export function derivedWorkspaceId(root: string): string {
  return hashOfPath(root).slice(0, 12);
}

/** @param base the result of `stateBase` */
export function openStateFolder(root: string, workspaceId: string, base: string): StateFolder {
  const ending = `-${hashOfPath(root).slice(0, 8)}`;
  const path = join(base, workspaceId + ending);
  return {
    path,
    read(name) {
      // A policy from elsewhere may have changed the id: the last state of this path counts, under any id.
      try {
        const records = foldersEndingIn(base, ending).map((folder) => join(base, folder, `${name}.json`));
        const newest = newestOf(records);
        return newest === undefined ? undefined : readJson(newest);
      } catch (error) {
        throw unusable(path, error);
      }
    },
    write(name, value) {
      try {
        makeStateFolder(path);
        // Remove also what a killed write of another value left, because that value may never be written again.
        replacementsIn(path).forEach(removeIfThere);
        replaceFile(join(path, `${name}.json`), `${JSON.stringify(value)}\n`, 0o600);
      } catch (error) {
        throw unusable(path, error);
      }
    },
  };
}

/** Makes a folder directly below the parent of all state folders. Only their owner may enter either. */
export function makeStateFolder(path: string): void {
  ensureFolder(path);
  for (const folder of [dirname(path), path]) chmodSync(folder, 0o700);
}

/** Creates a folder level by level: Node's own recursive way never returns where that is impossible, as under /proc. */
function ensureFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) ensureFolder(dirname(path));
  try {
    makeFolder(path, 0o700);
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!existsSync(path)) throw error;
  }
}

function unusable(path: string, error: unknown): Failure {
  const failure = fromSystemError(error, path);
  if (isFailure(failure, 'disk-full')) return failure;
  const cause = hasCode(error) ? error.cause : error;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new Failure('state-unwritable', { path, detail }, error);
}

/** Returns undefined if the text is no JSON. */
function readJson(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function foldersEndingIn(base: string, ending: string): string[] {
  return existsSync(base) ? readdirSync(base).filter((name) => name.endsWith(ending)) : [];
}

/** The file that was written last; undefined if there is none. */
function newestOf(paths: readonly string[]): string | undefined {
  let newest: { path: string; time: number } | undefined;
  for (const path of paths) {
    const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (time !== undefined && (newest === undefined || time > newest.time)) newest = { path, time };
  }
  return newest?.path;
}

function hashOfPath(root: string): string {
  return createHash('sha256').update(realpathSync(root)).digest('hex');
}
