import { toFailureMessage } from '../base/failure.ts';
import type { FailureMessage, PolicyIssue } from '../base/failure.ts';
import { hasSqlite } from '../files/folderLock.ts';
import { kindOf } from '../files/list.ts';
import { loadPolicy, readPolicyFile } from '../files/policyFile.ts';
import { derivedWorkspaceId } from '../files/stateFolder.ts';
import { defaultPolicy } from '../model/policy.ts';
import type { Policy } from '../model/policy.ts';
import { checkPolicyEdits, newPolicyText } from '../model/policyText.ts';
import type { PolicyEdit } from '../model/policyText.ts';
import { logsFolder, requirePolicy, requireWorkspace } from './context.ts';
import type { WorkspaceInput } from './context.ts';

/** The whole policy in force, with every default filled in. @throws Failure `not-managed`, `policy-damaged` … */
export function readPolicy(input: WorkspaceInput): Policy {
  const root = requireWorkspace(input);
  return withId(root, requirePolicy(root));
}

function withId(root: string, policy: Policy): Policy {
  return { ...policy, workspaceId: policy.workspaceId ?? derivedWorkspaceId(root) };
}

/** How a workspace stands, for a door that shows it. Never fails on a damaged policy: it says what is wrong. */
export interface PolicyState {
  readonly hasLogs: boolean;
  readonly managed: boolean;
  /** The policy in force; the defaults where there is none or it cannot be used. */
  readonly policy: Policy;
  readonly failure?: FailureMessage;
  /** False where this runtime lacks SQLite, so that nothing can be changed. */
  readonly canChange: boolean;
}

export function describePolicy(input: WorkspaceInput): PolicyState {
  const root = requireWorkspace(input);
  const hasLogs = kindOf(logsFolder(root)) !== 'missing';
  const canChange = hasSqlite();
  try {
    const policy = loadPolicy(root);
    return {
      hasLogs,
      managed: policy !== undefined,
      policy: withId(root, policy ?? defaultPolicy),
      canChange,
    };
  } catch (error) {
    return { hasLogs, managed: true, policy: defaultPolicy, failure: toFailureMessage(error), canChange };
  }
}

/** What would be wrong with a policy after some edits, by dotted key; the limits of integers stand in the rule. */
export function checkPolicy(
  input: WorkspaceInput & { readonly edits: readonly PolicyEdit[] },
): readonly PolicyIssue[] {
  const text = readPolicyFile(requireWorkspace(input))?.text ?? newPolicyText('new');
  return checkPolicyEdits(text, input.edits);
}
