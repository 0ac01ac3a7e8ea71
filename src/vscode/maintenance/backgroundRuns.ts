import type { App } from '../../jobs/jobs.ts';
import { fromUnknown, toFailureMessage } from '../../base/failure.ts';
import { tellAboutGit } from '../checks/gitMessages.ts';
import type { MaintenanceRuns } from './maintenanceRuns.ts';
import { outcomeOf, type RunOutcome } from './maintenanceSchedule.ts';
import type { Output } from '../window/output.ts';
import { tellRunsOnce } from './tellRunsOnce.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/**
 * Makes one background run of maintenance. It does not wait for another run, and shows only messages that a person must
 * see. The run itself skips everything that needs a person (acceptance, hold, a clock that jumped).
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
      // The work that is due after this run decides about the next run.
      await workspaces.refresh();
      const notIgnored = git.failure === undefined ? [] : [{ name: '.gitignore', failure: git.failure }];
      told.tell(root, [...failed, ...notIgnored], { stopped: cancelled });
      const { added, tracked } = git;
      const news = { tracked: told.of(root).tracked(tracked), ...(added !== undefined && { added }) };
      tellAboutGit(app, root, news, output);
      return cancelled ? 'stopped' : 'done';
    } catch (error) {
      const failure = fromUnknown(error);
      const outcome = outcomeOf(failure.code);
      if (outcome !== undefined) return outcome;
      told.tell(root, [{ name: '', failure: toFailureMessage(failure) }], { stopped: false });
      return 'done';
    }
  };
}

/**
 * Makes one background clean-up of session archives. It does not wait for another run, and shows only failures. The
 * clean-up itself skips everything that needs a person (acceptance, a clock that jumped).
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
      const outcome = outcomeOf(failure.code);
      if (outcome !== undefined) return outcome;
      // A folder that was removed from the workspace may be gone from the disk, too.
      if (signal.aborted) return 'stopped';
      told.tell(root, [{ name: '', failure: toFailureMessage(failure) }], { stopped: false });
      return 'done';
    }
  };
}
