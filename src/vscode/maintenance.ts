import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import type { MaintenanceReport } from '../app/maintain.ts';
import { describe, describeSkip, printable, summarise } from '../app/words.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { formatNumber } from '../base/locale.ts';
import type { Progress } from '../model/maintenance.ts';
import { tellAboutGit } from './gitMessages.ts';
import { commands } from './ids.ts';
import type { LogDocuments } from './logDocuments.ts';
import type { MaintenanceRuns } from './maintenanceRuns.ts';
import type { Output } from './output.ts';
import { pickWorkspace } from './pickWorkspace.ts';
import type { CommandTarget } from './pickWorkspace.ts';
import { withoutLinks } from './plainText.ts';
import { showPlan } from './planText.ts';
import { registerCommand } from './registerCommand.ts';
import { offer } from './tell.ts';
import { mayChange } from './trust.ts';
import { isManaged } from './logWorkspace.ts';
import type { LogWorkspace } from './logWorkspace.ts';
import type { Workspaces } from './workspaces.ts';

/** *Run Maintenance Now* and *Preview Maintenance*. */
export function registerMaintenance(
  app: App,
  workspaces: Workspaces,
  documents: LogDocuments,
  runs: MaintenanceRuns,
  output: Output,
): Disposable {
  const store = new DisposableStore();
  const register = (command: string, run: (workspace: LogWorkspace) => Promise<void>): void => {
    const start = async (target: CommandTarget): Promise<void> => {
      const workspace = await pickWorkspace(target, workspaces, isManaged);
      if (workspace !== undefined) await run(workspace);
    };
    store.add(registerCommand(command, output, start));
  };

  register(commands.previewMaintenance, async (workspace) =>
    showPlan(app, documents, workspace, { accept: false }),
  );
  register(commands.runMaintenance, async (workspace) => {
    if (!mayChange()) return;
    const report = await runWithProgress(workspace, runs);
    await workspaces.refresh();
    // Its folder left the workspace meanwhile.
    if (!workspaces.all().some(({ root }) => root === workspace.root)) return;
    tellReport(report, output);
    tellAboutGit(app, workspace.root, report.git, output);
  });
  return store;
}

/** Another run is waited for; Cancel ends either. */
const PATIENCE_MS = 600_000;

async function runWithProgress(workspace: LogWorkspace, runs: MaintenanceRuns): Promise<MaintenanceReport> {
  const title = vscode.l10n.t('Putting the logs of {0} in order', workspace.folder.name);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: withoutLinks(title),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const isWaiting = runs.of(workspace.root).length > 0;
    if (isWaiting) progress.report({ message: vscode.l10n.t('waiting for the run that is under way') });
    return runs.start(workspace, {
      patience: PATIENCE_MS,
      onStart({ cancel }) {
        token.onCancellationRequested(cancel);
      },
      onProgress({ done, total, name }: Progress) {
        const numbers = [formatNumber(done + 1), formatNumber(total), printable(name)];
        progress.report({
          message: withoutLinks(vscode.l10n.t('{0} of {1}: {2}', ...numbers)),
          increment: 100 / total,
        });
      },
    });
  });
}

function tellReport(report: MaintenanceReport, output: Output): void {
  for (const { failure } of report.failed) output.error(failure);
  const showOutput = { [vscode.l10n.t('Show Output')]: output.show };
  const [failed] = report.failed;
  if (failed !== undefined) void offer('error', describe(failed.failure), showOutput);
  const notes = report.skipped.filter(({ reason }) => reason !== 'failed').slice(0, 3);
  const summary = report.cancelled ? vscode.l10n.t('Cancelled: {0}', summarise(report)) : summarise(report);
  const sentences = [summary, ...notes.map(describeSkip)].map((text) => vscode.l10n.t('{0}.', text));
  void offer(notes.length === 0 ? 'info' : 'warning', sentences.join(' '), showOutput);
}
