import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import type { MaintenanceReport } from '../app/maintain.ts';
import { describe, describeSkip, summarise } from '../app/words.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { tellAboutGit } from './gitMessages.ts';
import { commands } from './ids.ts';
import type { Output } from './output.ts';
import { pickWorkspace } from './pickWorkspace.ts';
import type { CommandTarget } from './pickWorkspace.ts';
import type { LogDocuments } from './logDocuments.ts';
import { showPlan } from './planText.ts';
import { offer, telling } from './tell.ts';
import { mayChange } from './trust.ts';
import type { LogWorkspace, Workspaces } from './workspaces.ts';

/** *Run Maintenance Now* and *Preview Maintenance*. */
export function registerMaintenance(
  app: App,
  workspaces: Workspaces,
  documents: LogDocuments,
  output: Output,
): Disposable {
  const store = new DisposableStore();
  const register = (command: string, run: (workspace: LogWorkspace) => Promise<void>): void => {
    const start = async (target: CommandTarget): Promise<void> => {
      const workspace = await pickWorkspace(target, workspaces);
      if (workspace !== undefined) await run(workspace);
    };
    store.add(
      vscode.commands.registerCommand(command, (target: CommandTarget) =>
        telling(output, () => start(target)),
      ),
    );
  };

  register(commands.previewMaintenance, async (workspace) =>
    showPlan(app, documents, workspace, { accept: false }),
  );
  register(commands.runMaintenance, async (workspace) => {
    if (!mayChange()) return;
    const report = await runWithProgress(app, workspace, output);
    await workspaces.refresh();
    tellReport(report, output);
    tellAboutGit(app, workspace.root, report.git, output);
  });
  return store;
}

/** Another run is waited for; Cancel ends either. */
const PATIENCE_MS = 600_000;

async function runWithProgress(
  app: App,
  { root, folder }: LogWorkspace,
  output: Output,
): Promise<MaintenanceReport> {
  const title = `Putting the logs of ${folder.name} in order`;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => {
      controller.abort();
    });
    return app.run(
      'runMaintenance',
      { root, patience: PATIENCE_MS },
      {
        signal: controller.signal,
        onReport(report) {
          output.report(report);
          if (report.kind !== 'progress') return;
          const { done, total, name } = report.progress;
          progress.report({
            message: `${String(done + 1)} of ${String(total)}: ${name}`,
            increment: 100 / total,
          });
        },
      },
    );
  });
}

function tellReport(report: MaintenanceReport, output: Output): void {
  for (const { failure } of report.failed) output.error(failure);
  const showOutput = { 'Show Output': output.show };
  const [failed] = report.failed;
  if (failed !== undefined) void offer('error', describe(failed.failure), showOutput);
  const shown = report.skipped.filter(({ reason }) => reason !== 'failed').slice(0, 3);
  const notes = shown.map((skip) => ` ${describeSkip(skip)}.`).join('');
  const cancelled = report.cancelled ? 'Cancelled. ' : '';
  void offer(notes === '' ? 'info' : 'warning', `${cancelled}${summarise(report)}.${notes}`, showOutput);
}
