import { toFailureMessage } from '../base/failure.ts';
import type { FailureMessage, PolicyIssue } from '../base/failure.ts';
import { hasSqlite } from '../files/folderLock.ts';
import { kindOf } from '../files/list.ts';
import { loadPolicy, readPolicyFile } from '../files/policyFile.ts';
import { derivedWorkspaceId } from '../files/stateFolder.ts';
import type { FormTexts } from '../model/pageMessages.ts';
import { defaultPolicy } from '../model/policy.ts';
import type { Policy } from '../model/policy.ts';
import { checkPolicyEdits, integerLimits, newPolicyText } from '../model/policyText.ts';
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
  /** The limits of the form's numbers, in words. */
  readonly limits: FormTexts['limits'];
  /** False where this runtime lacks SQLite, so that nothing can be changed. */
  readonly canChange: boolean;
}

export function describePolicy(input: WorkspaceInput): PolicyState {
  const root = requireWorkspace(input);
  const hasLogs = kindOf(logsFolder(root)) !== 'missing';
  const shared = { hasLogs, canChange: hasSqlite(), limits };
  try {
    const policy = loadPolicy(root);
    return { ...shared, managed: policy !== undefined, policy: withId(root, policy ?? defaultPolicy) };
  } catch (error) {
    return { ...shared, managed: true, policy: defaultPolicy, failure: toFailureMessage(error) };
  }
}

const limits: FormTexts['limits'] = {
  maxFile: `${rangeOf('rotation.maxFileMB')} MB`,
  maxFolder: `${rangeOf('retention.maxFolderMB')} MB`,
  maxAge: `${rangeOf('retention.maxAge.days')} days or ${rangeOf('retention.maxAge.months')} months`,
  keepPlain: rangeOf('rotation.keepPlain'),
  maxBody: `${rangeOf('recording.maxBodyBytes')} bytes`,
};

function rangeOf(key: string): string {
  const { min = 0, max = 0 } = integerLimits(key.split('.')) ?? {};
  return `${min.toLocaleString('en-US')} to ${max.toLocaleString('en-US')}`;
}

/** What would be wrong with a policy after some edits, by dotted key; the limits of integers stand in the rule. */
export function checkPolicy(
  input: WorkspaceInput & { readonly edits: readonly PolicyEdit[] },
): readonly PolicyIssue[] {
  const text = readPolicyFile(requireWorkspace(input))?.text ?? newPolicyText('new');
  return checkPolicyEdits(text, input.edits);
}
