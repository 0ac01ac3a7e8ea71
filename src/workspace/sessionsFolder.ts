import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure, isFailure } from '../base/failure.ts';
import { pathBelow } from '../base/pathBelow.ts';
import { kindOf } from '../files/list.ts';
import { loadPolicy, plainly } from './policyFile.ts';
import type { EnvironmentSettings } from '../policy/environment.ts';
import { requireWorkspace, type WorkspaceInput } from './workspace.ts';
import type { Policy } from '../policy/policy.ts';

/** The folder of the session archives. */
export interface SessionsPlace {
  /** Absolute. The folder may not exist yet. */
  readonly path: string;
  /** True for the workspace, or a folder around it: then other files may lie in it, too. */
  readonly isShared: boolean;
  /** Shows an absolute path: relative to the workspace with `/` between the parts, or absolute if it lies outside. */
  readonly shown: (path: string) => string;
}

/**
 * The folder of the session archives of the workspace at `root`. The policy's folder must be reached without links, so
 * that it lies in the workspace. The environment's folder may be anywhere, but must not be a link itself.
 * @throws Failure `session-skipped`: `no-directory` if no folder is named, or if something else is there;
 *   `outside-workspace`; `git-folder`
 */
export function sessionsPlace(
  root: string,
  settings: SessionSettings,
  fromEnvironment: EnvironmentSettings = {},
): SessionsPlace {
  const path =
    fromEnvironment.dir === undefined
      ? policyPlace(root, settings.dir)
      : environmentPlace(root, fromEnvironment.dir);
  const parts = shownFrom(root, path).toLowerCase().split(/[/\\]/);
  if (parts.includes('.git')) throw skipped('git-folder', path);
  return { path, isShared: pathBelow(path, root) !== undefined, shown: (each) => shownFrom(root, each) };
}

/** The place of a folder that the policy names or named; undefined if no archive may be written or deleted there. */
export function placeIfUsable(root: string, settings: SessionSettings): SessionsPlace | undefined {
  try {
    return sessionsPlace(root, settings);
  } catch (error) {
    if (isFailure(error, 'session-skipped')) return undefined;
    throw error;
  }
}

function policyPlace(root: string, dir: string): string {
  let path = root;
  for (const part of plainly(dir).split('/')) {
    path = join(path, part);
    const what = kindOf(path);
    if (what === 'missing') break;
    if (what === 'link' && leadsOut(root, path)) throw skipped('outside-workspace', path);
    if (what !== 'folder') throw skipped('no-directory', path);
  }
  return join(root, plainly(dir));
}

function environmentPlace(root: string, dir: string): string {
  if (dir === '') throw skipped('no-directory', '');
  const path = resolve(root, dir);
  const what = kindOf(path);
  if (what !== 'missing' && what !== 'folder') throw skipped('no-directory', path);
  return path;
}

function leadsOut(root: string, link: string): boolean {
  try {
    return pathBelow(realpathSync.native(root), realpathSync.native(link)) === undefined;
  } catch {
    // The link leads nowhere.
    return false;
  }
}

/** Shows an absolute path, see `SessionsPlace`. */
export function shownFrom(root: string, path: string): string {
  return pathBelow(root, path) ?? path;
}

function skipped(reason: 'no-directory' | 'outside-workspace' | 'git-folder', detail: string): Failure {
  return new Failure('session-skipped', { reason, detail });
}

/** The part of the policy that applies to a session log in VS Code, where no environment counts. */
interface SessionRules {
  readonly settings: SessionSettings;
  readonly extraKeys: readonly string[];
}

/**
 * @returns undefined if the workspace has no policy @throws Failure `workspace-not-a-folder`, and those of `loadPolicy`
 */
export function sessionRules(input: WorkspaceInput): SessionRules | undefined {
  const policy = loadPolicy(requireWorkspace(input));
  return policy && { settings: policy.sessions, extraKeys: policy.masking.extraKeys };
}

export type SessionSettings = Policy['sessions'];

/** The settings of session archives: the policy's, overridden by the environment's. */
export function sessionSettings(policy: Policy, fromEnvironment: EnvironmentSettings = {}): SessionSettings {
  return { ...policy.sessions, ...fromEnvironment };
}
