import { isFailure } from '../base/failure.ts';
import { stateOf, requirePolicy, requireWorkspace } from '../workspace/workspace.ts';
import type { Forwarding } from './forward.ts';
import { readLines } from './logReader.ts';
import type { TargetStatus } from './targetStatus.ts';
import { readTargetState, type Cursors } from './targetState.ts';

/** @throws Failure those of the policy, the logs and the trail */
export async function statusOf(forwarding: Forwarding): Promise<TargetStatus> {
  const { target, environment } = forwarding;
  const root = requireWorkspace(forwarding);
  const policy = requirePolicy(root);
  const state = readTargetState(stateOf(root, policy, { environment }), target.name);
  let waiting = 0;
  for (const kind of target.kinds)
    if (policy.forwarding[kind])
      waiting += await waitingOf({ ...forwarding, root }, kind, state?.cursors ?? {});
  return {
    target: target.name,
    sent: state?.sent ?? 0,
    waiting,
    missed: state?.missed ?? 0,
    rejected: state?.rejected ?? 0,
    lastError: state?.lastError ?? null,
  };
}

async function waitingOf(
  { root, trail, signal }: Forwarding,
  kind: keyof Cursors,
  cursors: Cursors,
): Promise<number> {
  if (kind === 'audit') {
    const { records } = await trail.run('stateOfTrail', { root }, { signal });
    return Math.max(0, records - (cursors.audit?.seq ?? 0));
  }
  let lines = 0;
  const count = (): Promise<void> => {
    lines += 1;
    return Promise.resolve();
  };
  const family = kind === 'usage' ? 'usage' : 'api';
  try {
    await readLines({ root, family, from: cursors[kind], signal }, count, () => undefined);
  } catch (error) {
    if (!isFailure(error, 'logs-missing')) throw error;
  }
  return lines;
}
