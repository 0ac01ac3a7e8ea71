import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import { describe } from '../app/words.ts';
import { fromUnknown, toFailureMessage } from '../base/failure.ts';
import { formatNumber, plural } from '../base/locale.ts';
import { tellAboutGit } from './gitMessages.ts';
import type { MaintenanceRuns } from './maintenanceRuns.ts';
import type { RunOutcome } from './maintenanceSchedule.ts';
import type { Output } from './output.ts';
import { offer } from './tell.ts';
import { ToldOnce } from './toldOnce.ts';
import type { RunFailure } from './toldOnce.ts';
import type { LogWorkspace } from './logWorkspace.ts';
import type { Workspaces } from './workspaces.ts';

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
  const told = new Map<string, ToldOnce>();

  function toldOf(root: string): ToldOnce {
    const known = told.get(root) ?? new ToldOnce();
    told.set(root, known);
    return known;
  }

  function tell(root: string, failed: readonly RunFailure[], stopped: boolean): void {
    for (const { failure } of failed) output.error(failure);
    const [first, ...others] = toldOf(root).failures(failed, { stopped });
    if (first === undefined) return;
    const text = describe(first.failure);
    void offer('error', others.length === 0 ? text : withOthers(text, others.length), {
      [vscode.l10n.t('Show Output')]: output.show,
    });
  }

  return async (workspace) => {
    const { root } = workspace;
    if (runs.of(root).length > 0) return 'busy';
    try {
      const { failed, cancelled, git } = await runs.start(workspace, { patience: 0 });
      // What is due after the run decides about the next one.
      await workspaces.refresh();
      const notIgnored = git.failure === undefined ? [] : [{ name: '.gitignore', failure: git.failure }];
      tell(root, [...failed, ...notIgnored], cancelled);
      const { added, tracked } = git;
      const news = { tracked: toldOf(root).tracked(tracked), ...(added !== undefined && { added }) };
      tellAboutGit(app, root, news, output);
      return cancelled ? 'stopped' : 'done';
    } catch (error) {
      const failure = fromUnknown(error);
      if (failure.code === 'maintenance-busy') return 'busy';
      if (failure.code === 'cancelled') return 'stopped';
      tell(root, [{ name: '', failure: toFailureMessage(failure) }], false);
      return 'done';
    }
  };
}

function withOthers(text: string, count: number): string {
  const data = [text, formatNumber(count)];
  return plural(count, {
    one: vscode.l10n.t('{0} {1} more failure is in the output.', ...data),
    other: vscode.l10n.t('{0} {1} more failures are in the output.', ...data),
  });
}
