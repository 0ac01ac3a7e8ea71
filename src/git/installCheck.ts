import {
  commitCheckState,
  installCommitCheck as install,
  locateHook,
  removeCommitCheck as remove,
} from './commitCheck.ts';
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
 * Adds the pre-commit check to the repository's hook, or updates it.
 * @returns the hook, and whether Git runs it: another program's hook that is not executable stays so
 * @throws Failure `no-repository`, `git-refused`, `hook-foreign`, `logs-missing` …
 */
export async function installCommitCheck(
  input: WorkspaceInput,
  context: AppContext,
): Promise<{ readonly path: string; readonly runs: boolean }> {
  const root = requireWorkspace(input);
  const place = await locateHook(root, managedFolders(requirePolicy(root)), context.environment);
  const path = place.used;
  const changed = await withLock(root, context, (lock) => lock.exclusive(() => install(place)));
  if (changed) reportAction(context, root, { kind: 'commit-check-installed', path });
  return { path, runs: commitCheckState(place).state === 'installed' };
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
