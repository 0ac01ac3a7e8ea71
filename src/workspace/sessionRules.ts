import { loadPolicy } from './policyFile.ts';
import { requireWorkspace } from './workspace.ts';
import type { WorkspaceInput } from './workspace.ts';
import type { SessionSettings } from './sessionSettings.ts';

/** What of the policy a session log goes by; in VS Code, where no environment counts. */
export interface SessionRules {
  readonly settings: SessionSettings;
  readonly extraKeys: readonly string[];
}

/** @returns undefined where the workspace has no policy @throws Failure `workspace-not-a-folder`, and those of `loadPolicy` */
export function sessionRules(input: WorkspaceInput): SessionRules | undefined {
  const policy = loadPolicy(requireWorkspace(input));
  return policy && { settings: policy.sessions, extraKeys: policy.masking.extraKeys };
}
