import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Failure, fromSystemError, toFailureMessage, type FailureMessage } from '../base/failure.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { IGNORE_FILE } from '../files/places.ts';
import type { IgnoreChange } from './ignoreChange.ts';
import { addIgnoreRule, ignoreState, undoIgnoreRule } from './ignoreRule.ts';
import type { StateFolder } from '../workspace/stateFolder.ts';
import { trackedFiles, untrackFiles } from './trackedLogs.ts';
import type { EnvironmentSettings } from '../policy/environment.ts';
import type { Policy } from '../policy/policy.ts';
import { kindOf } from '../files/list.ts';
import { recorded, type Deed } from '../workspace/deeds.ts';
import { managedFolders } from '../workspace/managedFolders.ts';
import { loadPolicy } from '../workspace/policyFile.ts';
import { sessionSettings } from '../workspace/sessionsFolder.ts';
import { repositoryRoot } from './git.ts';
import {
  logsFolder,
  reportAction,
  requirePolicy,
  requireWorkspace,
  stateOf,
  withLock,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';

/** The state of a workspace in Git after its ignore rule was checked. */
export interface GitCare {
  readonly added?: IgnoreChange;
  /** Log files that Git tracks in spite of the rule. */
  readonly tracked: readonly string[];
  /** Why the rule could not be added. */
  readonly failure?: FailureMessage;
}

/** A workspace in Git. */
export interface GitInput extends WorkspaceInput {
  /** What the environment sets over the policy; absent in VS Code. */
  readonly fromEnvironment?: EnvironmentSettings | undefined;
}

/** Whoever adds a rule holds this. */
type Lock = Pick<FolderLock, 'exclusive'>;

/**
 * Adds the ignore rule if it is missing and was not undone on this machine. If the rule cannot be added, the caller's
 * work still goes on.
 */
export async function keepIgnored(
  { root, fromEnvironment }: GitInput,
  policy: Policy,
  lock: Lock,
  context: AppContext,
): Promise<GitCare> {
  const folders = await managedFolders(root, policy, fromEnvironment, context);
  const state = await ignoreState(root, folders, context.environment);
  if (state.kind === 'no-repository') return { tracked: [] };
  const told = await trackedFiles(root, folders, context.environment);
  const tracked = told.kind === 'told' ? told.value : [];
  if (state.kind === 'covered' || isIgnoreDeclined(stateOf(root, policy, context))) return { tracked };
  try {
    return { tracked, added: await addRule(root, policy, state.lines, lock, context) };
  } catch (error) {
    return { tracked, failure: toFailureMessage(fromSystemError(error, root)) };
  }
}

/** The workspaces that this process has made sure of, each with what decides about its folders. */
const sure = new Set<string>();

/**
 * Makes sure, once in a process, that the ignore rule is there before something is written into a workspace. It looks
 * again where there is no repository yet, since one may appear, and where other folders are written to.
 * @returns why the rule could not be added; undefined where all is well, or where it was looked at before
 */
export async function ensureIgnored(
  input: GitInput,
  context: AppContext,
): Promise<FailureMessage | undefined> {
  try {
    const root = requireWorkspace(input);
    const policy = loadPolicy(root);
    const { environment } = context;
    if (policy === undefined || repositoryRoot(realpathSync(root), environment) === undefined)
      return undefined;
    const { fromEnvironment } = input;
    const { enabled, dir } = sessionSettings(policy, fromEnvironment);
    const key = JSON.stringify([root, policy.sessions, enabled, dir]);
    if (sure.has(key)) return undefined;
    sure.add(key);
    const keep = (lock: Lock): Promise<GitCare> =>
      keepIgnored({ root, fromEnvironment }, policy, lock, context);
    // `logs/` is not created only for the lock: two processes that add the same line at once leave it there once.
    const hasLogs = kindOf(logsFolder(root)) !== 'missing';
    const { failure } = hasLogs ? await withLock(root, context, keep) : await keep(unlocked);
    return failure;
  } catch (error) {
    return toFailureMessage(fromSystemError(error, input.root));
  }
}

const unlocked: Lock = {
  exclusive: async (work) => work(),
};

async function addRule(
  root: string,
  policy: Policy,
  lines: readonly string[],
  lock: Lock,
  context: AppContext,
): Promise<IgnoreChange> {
  const state = stateOf(root, policy, context);
  const added = await lock.exclusive(() =>
    recorded(context, root, changeOfRule([], lines), () =>
      addIgnoreRule(root, lines, (change) => {
        // A line that is added again has another place now, so its old change is dropped.
        const others = recordOf(state).changes.filter(
          (old) => !old.lines.some((line) => lines.includes(line)),
        );
        state.write(STATE_NAME, { declined: false, changes: [...others, change] });
      }),
    ),
  );
  reportAction(context, root, { kind: 'ignore-rule-added', lines: added.lines });
  return added;
}

function changeOfRule(before: readonly string[], after: readonly string[]): Deed {
  return {
    action: 'ignore_rule_changed',
    entity: IGNORE_FILE,
    changes: { lines: { old: before, new: after } },
  };
}

/**
 * Removes all lines that were added to `.gitignore` from here, and stores that the rule is not wanted on this machine.
 * @throws Failure `ignore-rule-gone` if none of the lines exists any more
 */
export async function undoIgnore(input: WorkspaceInput, context: AppContext): Promise<void> {
  const root = requireWorkspace(input);
  const state = stateOf(root, requirePolicy(root), context);
  const { changes } = recordOf(state);
  const lines = changes.flatMap((change) => change.lines);
  await withLock(root, context, (lock) =>
    lock.exclusive(() =>
      recorded(context, root, changeOfRule(lines, []), () => {
        const undone = undoIgnoreRule(root, changes, () => {
          // Forget the added lines only after they are removed.
          state.write(STATE_NAME, { declined: true, changes });
        });
        if (!undone) throw new Failure('ignore-rule-gone', { path: join(root, IGNORE_FILE) });
      }),
    ),
  );
  state.write(STATE_NAME, { declined: true, changes: [] });
  reportAction(context, root, { kind: 'ignore-rule-undone', lines });
}

/** Adds the ignore rule if it is missing, even if it was undone on this machine. */
export async function restoreIgnore(input: GitInput, context: AppContext): Promise<void> {
  const root = requireWorkspace(input);
  const policy = requirePolicy(root);
  const folders = await managedFolders(root, policy, input.fromEnvironment, context);
  const state = await ignoreState(root, folders, context.environment);
  if (state.kind !== 'uncovered') return;
  await withLock(root, context, (lock) => addRule(root, policy, state.lines, lock, context));
}

/** If there are more files than this, the report of the action names the folders. */
const TOLD_ONE_BY_ONE = 100;

/**
 * Removes the log files from Git's index; they stay on disk.
 * @returns how many there were
 * @throws Failure `no-repository`, `git-refused`
 */
export async function untrack(input: GitInput, context: AppContext): Promise<number> {
  const root = requireWorkspace(input);
  const folders = await managedFolders(root, requirePolicy(root), input.fromEnvironment, context);
  const told = await trackedFiles(root, folders, context.environment);
  if (told.kind === 'no-repository') throw new Failure('no-repository', { path: root });
  const files = told.kind === 'told' ? told.value : [];
  if (told.kind === 'told' && files.length === 0) return 0;
  // If Git could not list the files, it fails here, too, and says why.
  await untrackFiles(root, folders, context.environment);
  const paths = files.length > TOLD_ONE_BY_ONE ? folders : files;
  reportAction(context, root, { kind: 'untracked', paths });
  return files.length;
}

const STATE_NAME = 'ignore-rule';

/** The stored state of the rule: whether it was undone on this machine, and the lines that were added from here. */
const recordSchema = z.object({
  declined: z.boolean().default(false),
  /** In the order in which they were made. */
  changes: z
    .array(
      z.strictObject({
        lines: z.array(z.string()),
        added: z.string(),
        isNew: z.boolean(),
        after: z.string(),
        folders: z.array(z.string()).optional(),
      }),
    )
    .default([]),
});

function recordOf(state: StateFolder): z.infer<typeof recordSchema> {
  const stored = recordSchema.safeParse(state.read(STATE_NAME));
  return stored.success ? stored.data : { declined: false, changes: [] };
}

/** Whether the rule was undone on this machine. */
export function isIgnoreDeclined(state: StateFolder): boolean {
  return recordOf(state).declined;
}
