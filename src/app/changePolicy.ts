import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, fromSystemError } from '../base/failure.ts';
import type { PolicyIssue } from '../base/failure.ts';
import { accept, acceptKeys, deletionHash } from '../files/acceptance.ts';
import { syncFolder } from '../files/durable.ts';
import { kindOf, requireFolder } from '../files/list.ts';
import { policyOf, readPolicyFile, writePolicyFile } from '../files/policyFile.ts';
import { LOGS_FOLDER, POLICY_FILE } from '../model/places.ts';
import { POLICY_VERSION } from '../model/policy.ts';
import type { Policy } from '../model/policy.ts';
import { editPolicyText, newPolicyText, readPolicyText } from '../model/policyText.ts';
import type { PolicyEdit, PolicyReading } from '../model/policyText.ts';
import { logsFolder, reportAction, requirePolicy, requireWorkspace, stateOf, withLock } from './context.ts';
import type { AppContext, WorkspaceInput } from './context.ts';
import { decide } from './decide.ts';
import { keepIgnored } from './gitCare.ts';
import type { GitCare } from './gitCare.ts';

export interface SavedPolicy {
  readonly policy: Policy;
  /** What was made or changed, relative to the workspace. */
  readonly created: readonly string[];
  readonly git: GitCare;
}

/** Makes a folder managed: `logs/`, the policy, the ignore rule. What is there already stays as it is. */
export async function initialise(input: WorkspaceInput, context: AppContext): Promise<SavedPolicy> {
  return save(requireWorkspace(input), [], context);
}

/**
 * Changes values of the policy and saves it, making the folder managed where it is not yet. What the edits delete by is
 * accepted with them.
 * @throws Failure `policy-edit-refused` when the result would be no policy; nothing is written then
 */
export async function savePolicy(
  input: WorkspaceInput & { readonly edits: readonly PolicyEdit[]; readonly mustExist?: boolean },
  context: AppContext,
): Promise<SavedPolicy> {
  const root = requireWorkspace(input);
  if (input.mustExist === true && readPolicyFile(root) === undefined)
    throw new Failure('not-managed', { path: root });
  return save(root, input.edits, context);
}

/**
 * Accepts the policy on disk on this machine, whoever wrote it; with `shown`, the hash of a pending acceptance, only the
 * one that a person was shown.
 * @throws Failure `source-changing` when it is another one by now
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

async function save(root: string, edits: readonly PolicyEdit[], context: AppContext): Promise<SavedPolicy> {
  // Told before anything is made: a policy that cannot be saved leaves no trace.
  editedText(root, edits);
  const created = makeLogsFolder(root);
  await acceptWhatWas(root, context);
  return withLock(root, context, async (lock) => {
    const { policy, isNew, isChanged } = await lock.exclusive(() => writeEdits(root, edits));
    if (isNew) created.push(POLICY_FILE);
    const keys = edits.map(({ key }) => key);
    if (keys.length > 0) acceptKeys(policy, keys, stateOf(root, policy, context));
    if (isNew) reportAction(context, root, { kind: 'initialised', created });
    if (isChanged && keys.length > 0) reportAction(context, root, { kind: 'policy-saved', keys });
    const git = await keepIgnored(root, policy, lock, context);
    if (git.added !== undefined) created.push('.gitignore');
    return { policy, created, git };
  });
}

/** Judges the policy that is there before it is edited: which verb sees it first must not matter. */
async function acceptWhatWas(root: string, context: AppContext): Promise<void> {
  const text = readPolicyFile(root)?.text;
  const reading = text === undefined ? undefined : readPolicyText(text);
  if (reading?.kind !== 'valid') return;
  const { policy } = reading;
  const { acceptance } = await decide({ root, policy }, context);
  if (acceptance.kind === 'accepted') accept(policy, stateOf(root, policy, context));
}

function writeEdits(
  root: string,
  edits: readonly PolicyEdit[],
): { policy: Policy; isNew: boolean; isChanged: boolean } {
  const { before, text, policy } = editedText(root, edits);
  const isChanged = text !== before;
  if (isChanged) writePolicyFile(root, text);
  return { policy, isNew: before === undefined, isChanged };
}

/**
 * The policy's text before and after some edits. Edits may mend wrong values, not wrong syntax, and never the file of a
 * newer version.
 * @throws Failure `policy-edit-refused` when a sound policy would be none; `policy-damaged`, `policy-newer` of the file
 */
export function editedText(
  root: string,
  edits: readonly PolicyEdit[],
): { before: string | undefined; text: string; policy: Policy } {
  const path = join(root, POLICY_FILE);
  const before = readPolicyFile(root)?.text;
  const base = before ?? newPolicyText(newWorkspaceId());
  const reading = readPolicyText(base);
  const isBroken = reading.kind === 'damaged' && reading.issues.some(({ rule }) => rule.kind === 'syntax');
  if (isBroken || reading.kind === 'newer') policyOf({ path, text: base });
  const text = editPolicyText(base, edits);
  const edited = readPolicyText(text);
  if (edited.kind === 'valid') return { before, text, policy: edited.policy };
  if (reading.kind === 'valid') throw new Failure('policy-edit-refused', { issues: refusals(edited) });
  throw new Failure('policy-damaged', { path, issues: reading.kind === 'damaged' ? reading.issues : [] });
}

/** What is wrong with edits; the lines are those of a text that nobody will see. */
function refusals(edited: Exclude<PolicyReading, { kind: 'valid' }>): PolicyIssue[] {
  if (edited.kind === 'damaged') return edited.issues.map((issue) => ({ ...issue, line: 0 }));
  return [{ field: 'version', line: 0, rule: { kind: 'choice', choices: [String(POLICY_VERSION)] } }];
}

/** 12 characters of 64 kinds. */
function newWorkspaceId(): string {
  return randomBytes(9).toString('base64url');
}

function makeLogsFolder(root: string): string[] {
  const folder = logsFolder(root);
  if (kindOf(folder) !== 'missing') {
    requireFolder(folder);
    return [];
  }
  try {
    mkdirSync(folder);
    syncFolder(root);
  } catch (error) {
    throw fromSystemError(error, folder);
  }
  return [LOGS_FOLDER];
}
