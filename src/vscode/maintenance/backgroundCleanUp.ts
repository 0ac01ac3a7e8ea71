import type { App } from '../../jobs/jobs.ts';
import { fromUnknown, toFailureMessage } from '../../base/failure.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { RunOutcome } from './maintenanceSchedule.ts';
import type { Output } from '../window/output.ts';
import { tellRunsOnce } from './tellRunsOnce.ts';

/**
 * One clean-up of session archives that nobody asked for: it waits for no other run, and says only what went wrong. What needs
 * a person (acceptance, a clock that jumped) the clean-up itself leaves alone.
 */
export function backgroundCleanUp(
  app: App,
  output: Output,
): (workspace: LogWorkspace, signal: AbortSignal) => Promise<RunOutcome> {
  const told = tellRunsOnce(output);
  return async ({ root }, signal) => {
    try {
      const input = { root, patience: 0 };
      const { failed, cancelled } = await app.run('cleanSessions', input, {
        signal,
        onReport: output.report,
      });
      told.tell(root, failed, { stopped: cancelled });
      return cancelled ? 'stopped' : 'done';
    } catch (error) {
      const failure = fromUnknown(error);
      if (failure.code === 'maintenance-busy') return 'busy';
      // A folder that left the workspace may be gone from the disk, too.
      if (failure.code === 'cancelled' || signal.aborted) return 'stopped';
      told.tell(root, [{ name: '', failure: toFailureMessage(failure) }], { stopped: false });
      return 'done';
    }
  };
}
