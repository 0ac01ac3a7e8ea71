import { Failure, fromSystemError } from '../base/failure.ts';
import { accept, acceptKeys, deletionHash } from '../workspace/acceptance.ts';
import { makeFolder, syncFolder } from '../files/durable.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { readPolicyFile, writePolicyFile } from '../workspace/policyFile.ts';
import { LOGS_FOLDER, POLICY_FILE } from '../files/places.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyText, type PolicyEdit } from '../policy/policyText.ts';
import { editedText } from '../workspace/editPolicy.ts';
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
import { decisionFor } from '../maintenance/decision.ts';
import { logsArea } from '../maintenance/logsArea.ts';
import { keepIgnored, type GitCare, type GitInput } from '../git/keepIgnored.ts';

export interface SavedPolicy {
  readonly policy: Policy;
  /** The files and folders that were created or changed, relative to the workspace. */
  readonly created: readonly string[];
  readonly git: GitCare;
}

/** Makes a folder managed: creates `logs/`, the policy and the ignore rule. Existing ones stay as they are. */
export async function initialise(input: GitInput, context: AppContext): Promise<SavedPolicy> {
  return save({ ...input, edits: [] }, context);
}

/**
 * Changes values of the policy and saves it. The folder becomes managed if it is not yet. The edited keys that control
 * deletion are accepted, too.
 * @throws Failure `policy-edit-refused` if the result would not be a valid policy; `source-changing` if the file is no
 *   longer the `expected` one; then nothing is written
 */
export async function savePolicy(
  input: SaveInput & { readonly mustExist?: boolean },
  context: AppContext,
): Promise<SavedPolicy> {
  const root = requireWorkspace(input);
  if (input.mustExist === true && readPolicyFile(root) === undefined)
    throw new Failure('not-managed', { path: root });
  return save(input, context);
}

/**
 * Accepts the policy on disk for this machine, no matter who wrote it. With `shown`, the hash of a pending acceptance,
 * it accepts only the policy that the user was shown.
 * @throws Failure `source-changing` if the policy has changed since
 */
export function acceptPolicy(
  input: WorkspaceInput & { readonly shown?: string | undefined },
  context: AppContext,
): { readonly hash: string } {
  const root = requireWorkspace(input);
  const policy = requirePolicy(root);
  if (input.shown !== undefined && deletionHash(policy) !== input.shown)
    throw new Failure('source-changing', { name: POLICY_FILE });
  const hash = accept(policy, stateOf(root, policy, context));
  reportAction(context, root, { kind: 'policy-accepted', hash });
  return { hash };
}

interface SaveInput extends GitInput {
  readonly edits: readonly PolicyEdit[];
  /** The text that the policy file must still have. */
  readonly expected?: string | undefined;
}

async function save(input: SaveInput, context: AppContext): Promise<SavedPolicy> {
  const root = requireWorkspace(input);
  const { edits, fromEnvironment } = input;
  // The edits are checked before anything is created: a policy that cannot be saved leaves no trace.
  editedText(root, edits);
  const created = makeLogsFolder(root);
  await acceptWhatWas(root, context);
  return withLock(root, context, async (lock) => {
    const { policy, isNew, isChanged } = await lock.exclusive(() => writeEdits(root, input));
    if (isNew) created.push(POLICY_FILE);
    const keys = edits.map(({ key }) => key);
    if (keys.length > 0) acceptKeys(policy, keys, stateOf(root, policy, context));
    if (isNew) reportAction(context, root, { kind: 'initialised', created });
    if (isChanged && keys.length > 0) reportAction(context, root, { kind: 'policy-saved', keys });
    const git = await keepIgnored({ root, fromEnvironment }, policy, lock, context);
    if (git.added !== undefined) created.push('.gitignore');
    return { policy, created, git };
  });
}

/** Judges the existing policy before it is edited, so that it does not matter which command sees it first. */
async function acceptWhatWas(root: string, context: AppContext): Promise<void> {
  const text = readPolicyFile(root)?.text;
  const reading = text === undefined ? undefined : readPolicyText(text);
  if (reading?.kind !== 'valid') return;
  const { policy } = reading;
  const { acceptance } = await decisionFor(logsArea(root, policy), {}, context);
  if (acceptance.kind === 'accepted') accept(policy, stateOf(root, policy, context));
}

function writeEdits(
  root: string,
  { edits, expected }: SaveInput,
): { policy: Policy; isNew: boolean; isChanged: boolean } {
  const { before, text, policy } = editedText(root, edits);
  if (expected !== undefined && before !== expected)
    throw new Failure('source-changing', { name: POLICY_FILE });
  const isChanged = text !== before;
  if (isChanged) writePolicyFile(root, text);
  return { policy, isNew: before === undefined, isChanged };
}

function makeLogsFolder(root: string): string[] {
  const folder = logsFolder(root);
  if (kindOf(folder) !== 'missing') {
    requireFolder(folder);
    return [];
  }
  try {
    makeFolder(folder);
    syncFolder(root);
  } catch (error) {
    throw fromSystemError(error, folder);
  }
  return [LOGS_FOLDER];
}
