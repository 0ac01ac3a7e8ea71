import * as vscode from 'vscode';
import type { AppReport } from '../../workspace/workspace.ts';
import type { App } from '../../jobs/jobs.ts';
import type { MaintenanceReport } from '../../maintenance/maintain.ts';
import { describe, describeSkip, printable, summarise } from '../../words/failures.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { toFailureMessage } from '../../base/failure.ts';
import { formatNumber } from '../../base/locale.ts';
import type { Totals } from '../../files/logFile.ts';
import type { Progress } from '../../workspace/maintenance.ts';
import { tellAboutGit } from '../checks/gitMessages.ts';
import { commands } from '../window/ids.ts';
import type { LogDocuments } from '../logs/logDocuments.ts';
import type { MaintenanceRuns } from './maintenanceRuns.ts';
import type { Output } from '../window/output.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { withoutLinks } from '../window/plainText.ts';
import { showPlan } from './planText.ts';
import { registerCommand, offer } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import { isManaged, type LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

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
    const report = await runWithProgress(app, workspace, runs, output);
    await workspaces.refresh();
    // The folder was removed from the workspace in the meantime.
    if (!workspaces.all().some(({ root }) => root === workspace.root)) return;
    tellReport(report, output);
    tellAboutGit(app, workspace.root, report.git, output);
  });
  return store;
}

/** How long to wait for another run, in ms. Cancel ends the wait and the run. */
const PATIENCE_MS = 600_000;

async function runWithProgress(
  app: App,
  workspace: LogWorkspace,
  runs: MaintenanceRuns,
  output: Output,
): Promise<MaintenanceReport> {
  const title = vscode.l10n.t('Putting the logs of {0} in order', workspace.folder.name);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: withoutLinks(title),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const isWaiting = runs.of(workspace.root).length > 0;
    if (isWaiting) progress.report({ message: vscode.l10n.t('waiting for the run that is under way') });
    const cleansUp = workspace.overview?.cleanUp !== undefined;
    const tell = ({ done, total, name }: Progress): void => {
      const numbers = [formatNumber(done + 1), formatNumber(total), printable(name)];
      progress.report({
        message: withoutLinks(vscode.l10n.t('{0} of {1}: {2}', ...numbers)),
        increment: (cleansUp ? 50 : 100) / total,
      });
    };
    const report = await runs.start(workspace, {
      patience: PATIENCE_MS,
      onStart({ cancel }) {
        token.onCancellationRequested(cancel);
      },
      onProgress: tell,
    });
    return cleansUp && !report.cancelled
      ? withCleanUp(report, await cleanUp(app, workspace.root, { token, tell, output }))
      : report;
  });
}

type CleanedUp = Pick<MaintenanceReport, 'steps' | 'skipped' | 'before' | 'after' | 'failed' | 'cancelled'>;

/** Runs the clean-up after maintenance. If it cannot start, the report of maintenance stays complete. */
async function cleanUp(
  app: App,
  root: string,
  {
    token,
    tell,
    output,
  }: { token: vscode.CancellationToken; tell: (progress: Progress) => void; output: Output },
): Promise<CleanedUp> {
  const controller = new AbortController();
  const cancelling = token.onCancellationRequested(() => {
    controller.abort();
  });
  const onReport = (report: AppReport): void => {
    output.report(report);
    if (report.kind === 'progress') tell(report.progress);
  };
  try {
    const input = { root, patience: PATIENCE_MS };
    return await app.run('cleanSessions', input, { signal: controller.signal, onReport });
  } catch (error) {
    const failure = toFailureMessage(error);
    const cancelled = failure.code === 'cancelled';
    const nothing = { files: 0, bytes: 0 };
    const failed = cancelled ? [] : [{ name: '', failure }];
    return { steps: [], skipped: [], before: nothing, after: nothing, failed, cancelled };
  } finally {
    cancelling.dispose();
  }
}

/** Merges the two reports into one. */
function withCleanUp(report: MaintenanceReport, cleaned: CleanedUp): MaintenanceReport {
  return {
    ...report,
    steps: [...report.steps, ...cleaned.steps],
    skipped: [...report.skipped, ...cleaned.skipped],
    failed: [...report.failed, ...cleaned.failed],
    before: sum(report.before, cleaned.before),
    after: sum(report.after, cleaned.after),
    cancelled: cleaned.cancelled,
  };
}

function sum(one: Totals, other: Totals): Totals {
  return { files: one.files + other.files, bytes: one.bytes + other.bytes };
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
