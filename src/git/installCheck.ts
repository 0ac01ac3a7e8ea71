import { installCommitCheck as install, locateHook, removeCommitCheck as remove } from './commitCheck.ts';
import {
  managedFolders,
  reportAction,
  requirePolicy,
  requireWorkspace,
  withLock,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';

/**
 * Puts the pre-commit check into the repository's hook, or brings it up to date.
 * @returns the hook
 * @throws Failure `no-repository`, `git-refused`, `logs-missing` …; `hook-foreign` if others wrote the hook, with the
 *   line for the user to add
 */
export async function installCommitCheck(
  input: WorkspaceInput,
  context: AppContext,
): Promise<{ readonly path: string }> {
  const root = requireWorkspace(input);
  const place = await locateHook(root, managedFolders(requirePolicy(root)), context.environment);
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
  input: WorkspaceInput,
  context: AppContext,
): Promise<{ readonly path?: string }> {
  const root = requireWorkspace(input);
  const place = await locateHook(root, managedFolders(requirePolicy(root)), context.environment);
  const path = await withLock(root, context, (lock) => lock.exclusive(() => remove(place)));
  if (path === undefined) return {};
  reportAction(context, root, { kind: 'commit-check-removed', path });
  return { path };
}
