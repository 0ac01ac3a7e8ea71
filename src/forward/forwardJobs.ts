import { storeOf } from '../audit/postgres/storeChoice.ts';
import type { TrailReport } from '../audit/outputs/outputs.ts';
import { inStore, trailJobs, type TrailJobs } from '../audit/trail.ts';
import { inlineRunner } from '../base/job.ts';
import { requireWorkspace, type AppContext, type WorkspaceInput } from '../workspace/workspace.ts';
import { forwardOn, forwardOnce, type Forwarding, type ForwardResult } from './forward.ts';
import { statusOf } from './forwardStatus.ts';
import type { TargetStatus } from './targetStatus.ts';
import { createTables } from './receiver.ts';
import { targetsOf } from './targets.ts';

export interface ForwardInput extends WorkspaceInput {
  /** The settings of the targets, as CONTRACTS and docs/forwarding.md have them. */
  readonly targets: unknown;
  /** Where the settings stand, for a failure. */
  readonly path: string;
}

type Context = Pick<AppContext, 'environment' | 'signal' | 'door'>;

/** What became of a target, in the order of the settings. */
export type TargetResult = ForwardResult & { readonly target: string };

/** Sends what waits for each target. One that hangs holds up no other. @throws Failure those of `forwardOnce` */
export async function forwardWaiting(
  input: ForwardInput,
  context: Context,
): Promise<readonly TargetResult[]> {
  return Promise.all(
    forwardings(input, context).map(async (each) => ({
      target: each.target.name,
      ...(await forwardOnce(each)),
    })),
  );
}

/** Sends what waits and what comes, until the job is cancelled. @throws Failure those of `forwardOn` */
export async function forwardNews(input: ForwardInput, context: Context): Promise<void> {
  await Promise.all(forwardings(input, context).map(forwardOn));
}

/** How far each target is. @throws Failure those of `statusOf` */
export async function forwardStatus(input: ForwardInput, context: Context): Promise<readonly TargetStatus[]> {
  return Promise.all(forwardings(input, context).map(statusOf));
}

/** What became of the table of a ClickHouse target: null, or why it could not be made. */
interface MadeTable {
  readonly target: string;
  readonly detail: string | null;
}

/** Makes the tables of the ClickHouse targets where they are missing. */
export async function createForwardTables(
  input: ForwardInput,
  context: Context,
): Promise<readonly MadeTable[]> {
  const made: MadeTable[] = [];
  for (const { target, signal } of forwardings(input, context)) {
    if (target.type !== 'clickhouse') continue;
    const answer = await createTables(target, signal);
    made.push({ target: target.name, detail: answer.kind === 'taken' ? null : answer.detail });
  }
  return made;
}

function forwardings(input: ForwardInput, context: Context): readonly Forwarding[] {
  const root = requireWorkspace(input);
  const { environment, signal } = context;
  const trail = inStore(inlineRunner<TrailJobs, TrailReport>(trailJobs, environment), storeOf(context));
  const targets = targetsOf(input.targets, input.path, environment);
  return targets.map((target) => ({ root, target, environment, trail, signal }));
}
