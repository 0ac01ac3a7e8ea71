import { Failure, fromSystemError } from '../base/failure.ts';
import { accept, acceptKeys, deletionHash } from '../workspace/acceptance.ts';
import { acceptPrivacyKeys, privacyHash } from '../workspace/privacyAcceptance.ts';
import { acceptByHand } from '../workspace/acceptByHand.ts';
import { recordAfter, recorded, usablePolicy, type Deed } from '../workspace/deeds.ts';
import { makeFolder, syncFolder } from '../files/durable.ts';
import { filesOf } from '../git/ignoreChange.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { readPolicyFile, writePolicyFile } from '../workspace/policyFile.ts';
import { LOGS_FOLDER, POLICY_FILE } from '../files/places.ts';
import { defaultPolicy, type Policy } from '../policy/policy.ts';
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
import { changesBetween, type Changes } from '../audit/record.ts';
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
 * deletion or what leaves this machine are accepted, too.
 * @throws Failure `policy-edit-refused` if the result would not be a valid policy, `source-changing` if the file is no
 *   longer the `expected` one, `audit-unavailable`; then nothing is written
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
 * @throws Failure `source-changing` if the policy has changed since, `audit-unavailable`
 */
export async function acceptPolicy(
  input: WorkspaceInput & { readonly shown?: string | undefined },
  context: AppContext,
): Promise<{ readonly hash: string }> {
  const root = requireWorkspace(input);
  const policy = requirePolicy(root);
  const part = shownPart(policy, input.shown);
  const hash = await acceptByHand(root, policy, context, part === undefined ? {} : { part });
  reportAction(context, root, { kind: 'policy-accepted', hash });
  return { hash };
}

/** Which rules have the hash of a pending acceptance. A person accepts nothing that was not shown. */
function shownPart(policy: Policy, shown: string | undefined): 'deletion' | 'privacy' | undefined {
  if (shown === undefined) return undefined;
  if (shown === deletionHash(policy)) return 'deletion';
  if (shown === privacyHash(policy)) return 'privacy';
  throw new Failure('source-changing', { name: POLICY_FILE });
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
    const keys = edits.map(({ key }) => key);
    const { policy, isNew, changes } = await lock.exclusive(() => writeEdits(root, input, context));
    if (isNew) created.push(POLICY_FILE);
    if (keys.length > 0) {
      acceptKeys(policy, keys, stateOf(root, policy, context));
      acceptPrivacyKeys(policy, keys, stateOf(root, policy, context));
    }
    if (isNew) {
      await recordAfter(context, root, { ...initialisation, changes, details: { created } });
      reportAction(context, root, { kind: 'initialised', created });
    }
    if (changes !== undefined && keys.length > 0)
      reportAction(context, root, { kind: 'policy-saved', keys, changes });
    const git = await keepIgnored({ root, fromEnvironment }, policy, lock, context);
    if (git.added !== undefined) created.push(...filesOf(git.added));
    return { policy, created, git };
  });
}

/** Judges the existing policy before it is edited, so that it does not matter which command sees it first. */
async function acceptWhatWas(root: string, context: AppContext): Promise<void> {
  const text = readPolicyFile(root)?.text;
  const reading = text === undefined ? undefined : readPolicyText(text);
  if (reading?.kind !== 'valid') return;
  const { policy } = reading;
  const { acceptance } = await decisionFor(logsArea(root, policy, context), {}, context);
  if (acceptance.kind === 'accepted') accept(policy, stateOf(root, policy, context));
}

const initialisation = { action: 'workspace_initialised', entity: POLICY_FILE } as const;

/**
 * Writes the edited policy, once its changes are recorded. Those of a new policy are recorded afterwards: until then the
 * workspace has no trail.
 * @returns `changes` undefined if the text stays
 */
async function writeEdits(
  root: string,
  { edits, expected }: SaveInput,
  context: AppContext,
): Promise<{ policy: Policy; isNew: boolean; changes: Changes | undefined }> {
  const { before, text, policy } = editedText(root, edits);
  if (expected !== undefined && before !== expected)
    throw new Failure('source-changing', { name: POLICY_FILE });
  const isNew = before === undefined;
  if (text === before) return { policy, isNew, changes: undefined };
  const changes = changesBetween(dotted(usablePolicy(root) ?? defaultPolicy), dotted(policy));
  const write = (): void => {
    writePolicyFile(root, text);
  };
  if (isNew) write();
  else await recordedChange(context, root, changes, write);
  return { policy, isNew, changes };
}

/** A hold is an action of its own. */
function recordedChange(
  context: AppContext,
  root: string,
  changes: Changes,
  write: () => void,
): Promise<void> {
  const { [HOLD]: hold, ...others } = changes;
  const deed = (action: Deed['action'], some: Changes): Deed => ({
    action,
    entity: POLICY_FILE,
    changes: some,
  });
  const changeOthers = (): Promise<void> => recorded(context, root, deed('policy_changed', others), write);
  if (hold === undefined) return changeOthers();
  const isAlone = Object.keys(others).length === 0;
  const holding = deed('hold_changed', { [HOLD]: hold });
  return recorded(context, root, holding, isAlone ? write : changeOthers);
}

const HOLD = 'retention.hold';

/** The values of a policy by their dotted keys; an age or a list is one value. */
function dotted(policy: Policy): Record<string, unknown> {
  const values: [key: string, value: unknown][] = [];
  for (const [section, content] of Object.entries(policy)) {
    if (typeof content !== 'object') values.push([section, content]);
    else for (const [key, value] of Object.entries(content)) values.push([`${section}.${key}`, value]);
  }
  return Object.fromEntries(values);
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
