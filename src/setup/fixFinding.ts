import { initialise } from './changePolicy.ts';
import { installCommitCheck } from '../git/installCheck.ts';
import type { AppContext, WorkspaceInput } from '../workspace/workspace.ts';
import type { FixId } from './findings.ts';
import { restoreIgnore, untrack } from '../git/keepIgnored.ts';
import { runMaintenance } from '../maintenance/maintain.ts';

/** Another run of maintenance is waited for. */
const PATIENCE_MS = 60_000;

const work: Readonly<Record<FixId, (input: WorkspaceInput, context: AppContext) => Promise<unknown>>> = {
  policy: initialise,
  ignored: restoreIgnore,
  untracked: untrack,
  leftovers: (input, context) => runMaintenance({ ...input, patience: PATIENCE_MS }, context),
  'commit-check': installCommitCheck,
};

/** Puts right what `checkWorkspace` found. What is right already stays as it is. @throws Failure of what is done */
export async function fixFinding(
  input: WorkspaceInput & { readonly check: FixId },
  context: AppContext,
): Promise<void> {
  await work[input.check](input, context);
}
