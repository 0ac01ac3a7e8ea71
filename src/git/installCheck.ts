import {
  installCommitCheck as install,
  locateHook,
  removeCommitCheck as remove,
  type HookPlace,
} from './commitCheck.ts';
import {
  reportAction,
  requirePolicy,
  requireWorkspace,
  withLock,
  type AppContext,
} from '../workspace/workspace.ts';
import { managedFolders } from '../workspace/managedFolders.ts';
import type { GitInput } from './keepIgnored.ts';

/**
 * Puts the pre-commit check into the repository's hook, or brings it up to date.
 * @returns the hook
 * @throws Failure `no-repository`, `git-refused`, `logs-missing` …; `hook-foreign` where others wrote the hook, with the
 * line to add by hand
 */
export async function installCommitCheck(
  input: GitInput,
  context: AppContext,
): Promise<{ readonly path: string }> {
  const root = requireWorkspace(input);
  const place = await placeOf(root, input, context);
  const path = place.used;
  const changed = await withLock(root, context, (lock) => lock.exclusive(() => install(place)));
  if (changed) reportAction(context, root, { kind: 'commit-check-installed', path });
  return { path };
}

/**
 * Removes the pre-commit check from the repository's hook.
 * @returns the hook that held it; absent if there was none
 * @throws Failure `no-repository`, `git-refused`
 */
export async function removeCommitCheck(
  input: GitInput,
  context: AppContext,
): Promise<{ readonly path?: string }> {
  const root = requireWorkspace(input);
  const place = await placeOf(root, input, context);
  const path = await withLock(root, context, (lock) => lock.exclusive(() => remove(place)));
  if (path === undefined) return {};
  reportAction(context, root, { kind: 'commit-check-removed', path });
  return { path };
}

async function placeOf(
  root: string,
  { fromEnvironment }: GitInput,
  { environment }: AppContext,
): Promise<HookPlace> {
  const folders = await managedFolders(root, requirePolicy(root), fromEnvironment);
  return locateHook(root, folders, environment);
}
