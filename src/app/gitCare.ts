import { Failure, fromSystemError, toFailureMessage } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { addIgnoreRule, ignoreState, trackedFiles, undoIgnoreRule } from '../files/ignoreRule.ts';
import type { IgnoreChange } from '../files/ignoreRule.ts';
import type { StateFolder } from '../files/stateFolder.ts';
import type { Policy } from '../model/policy.ts';
import {
  managedFolders,
  reportAction,
  requirePolicy,
  requireWorkspace,
  stateOf,
  withLock,
} from './context.ts';
import type { AppContext, WorkspaceInput } from './context.ts';

/** How the workspace stands with Git after its ignore rule was looked after. */
export interface GitCare {
  readonly added?: IgnoreChange;
  /** Log files that Git tracks all the same. */
  readonly tracked: readonly string[];
  /** Why the rule could not be added. */
  readonly failure?: FailureMessage;
}

const DECLINED = 'ignore-rule';

/** Adds the ignore rule where it is missing and nobody undid it here. A rule that cannot be added fails nothing else. */
export async function keepIgnored(
  root: string,
  policy: Policy,
  lock: FolderLock,
  context: AppContext,
): Promise<GitCare> {
  const folders = managedFolders(policy);
  const state = await ignoreState(root, folders);
  if (state.kind === 'no-repository') return { tracked: [] };
  const tracked = await trackedFiles(root, folders);
  if (state.kind === 'covered' || wasDeclined(stateOf(root, policy))) return { tracked };
  try {
    const added = await lock.exclusive(() => addIgnoreRule(root, state.lines));
    reportAction(context, root, { kind: 'ignore-rule-added', lines: added.lines });
    return { tracked, added };
  } catch (error) {
    return { tracked, failure: toFailureMessage(fromSystemError(error, root)) };
  }
}

function wasDeclined(state: StateFolder): boolean {
  return state.read(DECLINED) !== undefined;
}

/** Takes the rule back and remembers that it is not wanted on this machine. @throws Failure `source-changing` */
export async function undoIgnore(
  input: WorkspaceInput & { readonly change: IgnoreChange },
  context: AppContext,
): Promise<void> {
  const root = requireWorkspace(input);
  const policy = requirePolicy(root);
  await withLock(root, context, async (lock) => {
    const undone = await lock.exclusive(() => undoIgnoreRule(input.change));
    if (!undone) throw new Failure('source-changing', { name: '.gitignore' });
  });
  stateOf(root, policy).write(DECLINED, { declined: true });
  reportAction(context, root, { kind: 'ignore-rule-undone', lines: input.change.lines });
}
