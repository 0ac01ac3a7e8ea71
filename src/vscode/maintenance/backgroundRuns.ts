import type { App } from '../../jobs/jobs.ts';
import { fromUnknown, toFailureMessage } from '../../base/failure.ts';
import { tellAboutGit } from '../checks/gitMessages.ts';
import type { MaintenanceRuns } from './maintenanceRuns.ts';
import type { RunOutcome } from './maintenanceSchedule.ts';
import type { Output } from '../window/output.ts';
import { tellRunsOnce } from './tellRunsOnce.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/**
 * One run that nobody asked for: it waits for no other one, and says only what a person must know. What needs one
 * (acceptance, hold, a clock that jumped) the run itself leaves alone.
 */
export function backgroundRun(
  app: App,
  workspaces: Workspaces,
  runs: MaintenanceRuns,
  output: Output,
): (workspace: LogWorkspace) => Promise<RunOutcome> {
  const told = tellRunsOnce(output);

  return async (workspace) => {
    const { root } = workspace;
    if (runs.of(root).length > 0) return 'busy';
    try {
      const { failed, cancelled, git } = await runs.start(workspace, { patience: 0 });
      // What is due after the run decides about the next one.
      await workspaces.refresh();
      const notIgnored = git.failure === undefined ? [] : [{ name: '.gitignore', failure: git.failure }];
      told.tell(root, [...failed, ...notIgnored], { stopped: cancelled });
      const { added, tracked } = git;
      const news = { tracked: told.of(root).tracked(tracked), ...(added !== undefined && { added }) };
      tellAboutGit(app, root, news, output);
      return cancelled ? 'stopped' : 'done';
    } catch (error) {
      const failure = fromUnknown(error);
      if (failure.code === 'maintenance-busy') return 'busy';
      if (failure.code === 'cancelled') return 'stopped';
      told.tell(root, [{ name: '', failure: toFailureMessage(failure) }], { stopped: false });
      return 'done';
    }
  };
}

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
