import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure, fromSystemError, hasCode, isFailure } from '../base/failure.ts';
import { replaceFile } from './durable.ts';

/**
 * The folder for what one person's programs remember of one workspace, outside the workspace: what was accepted, when
 * maintenance ran last, later keys.
 */
export interface StateFolder {
  readonly path: string;
  /** The value kept under `name`; undefined when there is none, or it cannot be read as JSON. */
  read(name: string): unknown;
  /** @throws Failure `state-unwritable` */
  write(name: string, value: unknown): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The base of all state folders, by the conventions of the system. */
export function stateBase(
  environment: Environment = process.env,
  platform: string = process.platform,
): string {
  const name = 'workspace-logs';
  const xdg = environment.XDG_STATE_HOME;
  if (xdg?.startsWith('/') === true) return join(xdg, name);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', name);
  const local = environment.LOCALAPPDATA;
  if (platform === 'win32' && local !== undefined && local !== '') return join(local, name);
  return join(homedir(), '.local', 'state', name);
}

/** The workspace's name where its policy gives none: 12 hex digits of its real path. */
export function derivedWorkspaceId(root: string): string {
  return hashOfPath(root).slice(0, 12);
}

export function openStateFolder(root: string, workspaceId: string, base = stateBase()): StateFolder {
  const ending = `-${hashOfPath(root).slice(0, 8)}`;
  const path = join(base, workspaceId + ending);
  return {
    path,
    read(name) {
      const own = readJson(join(path, `${name}.json`));
      if (own !== undefined) return own;
      // A policy from elsewhere may have changed the id: what was remembered of this very path still holds.
      for (const folder of foldersEndingIn(base, ending)) {
        const value = readJson(join(base, folder, `${name}.json`));
        if (value !== undefined) return value;
      }
      return undefined;
    },
    write(name, value) {
      try {
        mkdirSync(path, { recursive: true, mode: 0o700 });
        chmodSync(base, 0o700);
        replaceFile(join(path, `${name}.json`), `${JSON.stringify(value)}\n`, 0o600);
      } catch (error) {
        const cause = hasCode(error) ? error.cause : error;
        const detail = cause instanceof Error ? cause.message : String(cause);
        throw new Failure('state-unwritable', { path, detail }, error);
      }
    },
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || isFailure(fromSystemError(error, path), 'file-missing'))
      return undefined;
    throw fromSystemError(error, path);
  }
}

/** Newest first. */
function foldersEndingIn(base: string, ending: string): string[] {
  if (!existsSync(base)) return [];
  const modified = (name: string): number =>
    statSync(join(base, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const names = readdirSync(base).filter((name) => name.endsWith(ending));
  return names.sort((a, b) => modified(b) - modified(a));
}

function hashOfPath(root: string): string {
  return createHash('sha256').update(realpathSync(root)).digest('hex');
}
