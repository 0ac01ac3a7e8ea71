import {
  commitCheckState,
  hookWithCheck,
  installCommitCheck as install,
  locateHook,
  removeCommitCheck as remove,
  type HookPlace,
} from './commitCheck.ts';
import {
  reportAction,
  requirePolicy,
  requireWorkspace,
  stateOf,
  withLock,
  type AppContext,
} from '../workspace/workspace.ts';
import { recorded, type Deed } from '../workspace/deeds.ts';
import type { StateFolder } from '../workspace/stateFolder.ts';
import { pathBelow } from '../base/pathBelow.ts';
import { managedFolders } from '../workspace/managedFolders.ts';
import type { GitInput } from './keepIgnored.ts';

const STATE_NAME = 'commit-check';

/** Whether the check was installed on this machine and not removed since. */
export function wasInstalled(state: StateFolder): boolean {
  const stored = state.read(STATE_NAME);
  return typeof stored === 'object' && stored !== null && 'installed' in stored && stored.installed === true;
}

function stateFor(root: string, context: AppContext): StateFolder {
  return stateOf(root, requirePolicy(root), context);
}

/**
 * Puts the pre-commit check into the repository's hook, or brings it up to date.
 * @returns the hook
 * @throws Failure `no-repository`, `git-refused`, `logs-missing` …; `hook-foreign` if others wrote the hook, with the
 *   line for the user to add
 */
export async function installCommitCheck(
  input: GitInput,
  context: AppContext,
): Promise<{ readonly path: string }> {
  const root = requireWorkspace(input);
  const place = await placeOf(root, input, context);
  const path = place.used;
  const state = stateFor(root, context);
  const changed = await withLock(root, context, (lock) =>
    lock.exclusive(async () => {
      const isMissing = commitCheckState(place).state !== 'installed';
      if (isMissing) await recorded(context, root, changeOf(root, path, true), () => install(place));
      if (!wasInstalled(state)) state.write(STATE_NAME, { installed: true });
      return isMissing;
    }),
  );
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
  const state = stateFor(root, context);
  const path = await withLock(root, context, (lock) =>
    lock.exclusive(async () => {
      const hook = hookWithCheck(place);
      const removed =
        hook === undefined
          ? undefined
          : await recorded(context, root, changeOf(root, hook, false), () => remove(place));
      // A check that is gone already is no longer missed, either.
      if (wasInstalled(state)) state.write(STATE_NAME, { installed: false });
      return removed;
    }),
  );
  if (path === undefined) return {};
  reportAction(context, root, { kind: 'commit-check-removed', path });
  return { path };
}

function changeOf(root: string, hook: string, installed: boolean): Deed {
  return {
    action: 'commit_check_changed',
    entity: pathBelow(root, hook) ?? hook,
    changes: { installed: { old: !installed, new: installed } },
  };
}

async function placeOf(root: string, { fromEnvironment }: GitInput, context: AppContext): Promise<HookPlace> {
  const folders = await managedFolders(root, requirePolicy(root), fromEnvironment, context);
  return locateHook(root, folders, context.environment);
}
