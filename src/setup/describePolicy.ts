import { toFailureMessage, type FailureMessage, type PolicyIssue } from '../base/failure.ts';
import { hasSqlite } from '../files/folderLock.ts';
import { kindOf } from '../files/list.ts';
import { loadPolicy, readPolicyFile } from '../workspace/policyFile.ts';
import { derivedWorkspaceId } from '../workspace/stateFolder.ts';
import { defaultPolicy, type Policy } from '../policy/policy.ts';
import { checkPolicyEdits, integerLimits, newPolicyText, type PolicyEdit } from '../policy/policyText.ts';
import { logsFolder, requirePolicy, requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';

/** The whole policy in force, with every default filled in. @throws Failure `not-managed`, `policy-damaged` … */
export function readPolicy(input: WorkspaceInput): Policy {
  const root = requireWorkspace(input);
  return withId(root, requirePolicy(root));
}

/** A policy whose file names no id has the one that the folder's path gives. */
export function withId(root: string, policy: Policy): Policy {
  return { ...policy, workspaceId: policy.workspaceId ?? derivedWorkspaceId(root) };
}

/** The smallest and the largest value of each number of the form, in the policy's units. */
export type FormLimits = Readonly<
  Record<'maxFileMB' | 'maxFolderMB' | 'days' | 'months' | 'keepPlain' | 'maxBodyBytes', Range>
>;

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The state of a workspace, for a door that shows it. If the policy is damaged, the state says what is wrong. */
export interface PolicyState {
  readonly hasLogs: boolean;
  readonly managed: boolean;
  /** The policy in force; the defaults if there is none or it cannot be used. */
  readonly policy: Policy;
  readonly defaults: Policy;
  readonly failure?: FailureMessage;
  readonly limits: FormLimits;
  /** False if this runtime lacks SQLite. Then nothing can be changed. */
  readonly canChange: boolean;
}

export function describePolicy(input: WorkspaceInput): PolicyState {
  const root = requireWorkspace(input);
  const hasLogs = kindOf(logsFolder(root)) !== 'missing';
  const shared = { hasLogs, canChange: hasSqlite(), defaults: defaultPolicy, limits };
  try {
    const policy = loadPolicy(root);
    return { ...shared, managed: policy !== undefined, policy: withId(root, policy ?? defaultPolicy) };
  } catch (error) {
    return { ...shared, managed: true, policy: defaultPolicy, failure: toFailureMessage(error) };
  }
}

const limits: FormLimits = {
  maxFileMB: rangeOf('rotation.maxFileMB'),
  maxFolderMB: rangeOf('retention.maxFolderMB'),
  days: rangeOf('retention.maxAge.days'),
  months: rangeOf('retention.maxAge.months'),
  keepPlain: rangeOf('rotation.keepPlain'),
  maxBodyBytes: rangeOf('recording.maxBodyBytes'),
};

function rangeOf(key: string): Range {
  return integerLimits(key.split('.')) ?? { min: 0, max: Number.MAX_SAFE_INTEGER };
}

/** The issues that a policy would have after some edits, by dotted key. The rules contain the limits of integers. */
export function checkPolicy(
  input: WorkspaceInput & { readonly edits: readonly PolicyEdit[] },
): readonly PolicyIssue[] {
  const text = readPolicyFile(requireWorkspace(input))?.text ?? newPolicyText('new');
  return checkPolicyEdits(text, input.edits);
}
