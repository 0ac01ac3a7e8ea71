import { isFailure } from '../base/failure.ts';
import { accept } from '../workspace/acceptance.ts';
import { readLastRun, writeLastRun } from '../workspace/clockCheck.ts';
import { stateOf, type Surroundings } from '../workspace/workspace.ts';
import type { FailedStep } from './carryOut.ts';
import type { Area, ToRemember } from './decision.ts';

/**
 * Saves the acceptance and the time of the run. This fails on a full disk, and just then expiry must not wait. So if an
 * earlier run is saved, the failure is only returned. The next run is then checked against that earlier run, which is
 * only stricter.
 */
export function rememberRun(
  { root, policy }: Pick<Area<unknown>, 'root' | 'policy'>,
  { acceptance, nextRun }: ToRemember,
  surroundings: Surroundings,
): FailedStep[] {
  const state = stateOf(root, policy, surroundings);
  const hadRun = readLastRun(state) !== undefined;
  try {
    if (acceptance.kind === 'accepted') accept(policy, state);
    if (nextRun !== undefined) writeLastRun(state, nextRun);
    return [];
  } catch (error) {
    if (!hadRun || !isFailure(error, 'disk-full')) throw error;
    return [{ name: state.path, failure: error }];
  }
}
