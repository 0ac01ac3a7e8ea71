import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { isFailure } from '../base/failure.ts';
import type { Environment } from '../base/job.ts';
import { pathBelow } from '../base/pathBelow.ts';
import { kindOf } from '../files/list.ts';
import type { EnvironmentSettings } from '../policy/environment.ts';
import type { Policy } from '../policy/policy.ts';
import { plainly, sessionsFolder } from './policyFile.ts';
import { stateOf, type Surroundings } from './workspace.ts';

/** A folder of session archives in which a program of this person wrote. */
interface UsedFolder {
  /** Relative to the workspace, with `/` between the parts. */
  readonly folder: string;
  /** How long the environment kept archives when one was written last; absent where the policy decided. */
  readonly retentionDays?: number | undefined;
}

const STATE_NAME = 'session-folders';

const stateSchema = z.array(z.strictObject({ folder: z.string(), retentionDays: z.number().optional() }));

/**
 * The folders in the workspace in which session archives were written from this machine. The policy may name none of
 * them any more. One that is gone does not count. Nothing in a file of the workspace adds to them.
 */
export function usedFolders(root: string, surroundings: Surroundings): readonly UsedFolder[] {
  return storedFolders(root, surroundings).filter(({ folder }) => isThere(root, folder));
}

function storedFolders(root: string, surroundings: Surroundings): readonly UsedFolder[] {
  try {
    const stored = stateSchema.safeParse(stateOf(root, undefined, surroundings).read(STATE_NAME));
    return stored.success ? stored.data : [];
  } catch (error) {
    // The acceptance and the check of what is writable report such a state folder.
    if (isFailure(error, 'state-unwritable')) return [];
    throw error;
  }
}

function isThere(root: string, folder: string): boolean {
  try {
    return kindOf(join(root, folder)) !== 'missing';
  } catch {
    // It cannot be reached now.
    return true;
  }
}

/**
 * Remembers the folder of an archive that was just written, and forgets those that are gone. A folder outside the
 * workspace is not remembered, since other workspaces may use it, too.
 * @param path absolute
 * @throws Failure `state-unwritable`, `disk-full`
 */
export function rememberUse(
  { root, policy }: { readonly root: string; readonly policy: Policy },
  path: string,
  { retentionDays }: EnvironmentSettings,
  surroundings: Surroundings,
): void {
  const folder = folderInside(root, path);
  if (folder === undefined) return;
  const stored = storedFolders(root, surroundings);
  const known = stored.find((each) => each.folder === folder);
  if (known !== undefined && known.retentionDays === retentionDays) return;
  const others = stored.filter((each) => each !== known && isThere(root, each.folder));
  const used: UsedFolder = { folder, ...(retentionDays !== undefined && { retentionDays }) };
  stateOf(root, policy, surroundings).write(STATE_NAME, [...others, used]);
}

/** Forgets the used folders that are gone. @throws Failure `state-unwritable`, `disk-full` */
export function forgetGone(root: string, policy: Policy, surroundings: Surroundings): void {
  const stored = storedFolders(root, surroundings);
  const there = stored.filter(({ folder }) => isThere(root, folder));
  if (there.length < stored.length) stateOf(root, policy, surroundings).write(STATE_NAME, there);
}

/**
 * The folders of session archives in the workspace, relative to it: the policy's comes first, which may not exist, then
 * those that were used and lie in none of the others.
 * @param environment absent where the used ones do not matter
 */
export function sessionFolders(
  root: string,
  environment: Environment | undefined,
): readonly [string, ...string[]] {
  const own = sessionsFolder(root);
  const used =
    environment === undefined ? [] : usedFolders(root, { environment }).map(({ folder }) => folder);
  const isInside = (folder: string): boolean =>
    [own, ...used].some((other) => folder.startsWith(`${other}/`)) || folder === own;
  return [own, ...used.filter((folder) => !isInside(folder))];
}

/**
 * A folder as it is remembered and shown: relative to the workspace, with `/` between the parts.
 * @param dir relative to the workspace, or absolute
 * @returns undefined for a folder outside the workspace, and for the workspace itself
 */
export function folderInside(root: string, dir: string): string | undefined {
  if (dir === '') return undefined;
  // A variable may name the folder by another path than the workspace, which may be opened through a link.
  const path = resolve(root, dir);
  const below = pathBelow(root, path) ?? pathBelow(realpathSync(root), path);
  const folder = below === undefined ? '' : plainly(below);
  return folder === '' ? undefined : folder;
}
