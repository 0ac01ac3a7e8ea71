import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Disposable } from './base/disposable.ts';
import type { TrailReport } from './audit/outputs/outputs.ts';
import type { TrailJobs } from './audit/trail.ts';
import type { AppJobs } from './jobs/jobs.ts';
import type { AppReport } from './workspace/workspace.ts';
import { workerRunner, type Door } from './base/job.ts';
import { useLocale } from './base/locale.ts';
import { registerAcceptance } from './vscode/maintenance/acceptance.ts';
import { registerAudit } from './vscode/audit/audit.ts';
import { askPassword } from './vscode/passwords/askPassword.ts';
import { backgroundCleanUp, backgroundRun } from './vscode/maintenance/backgroundRuns.ts';
import { registerBackgroundMaintenance } from './vscode/maintenance/backgroundMaintenance.ts';
import { registerChangePasswords } from './vscode/archives/changePasswords.ts';
import { registerCheckWorkspace } from './vscode/checks/checkWorkspace.ts';
import { registerConfigure } from './vscode/configure/configure.ts';
import { registerDecryptTo } from './vscode/archives/decryptTo.ts';
import { registerFindSession } from './vscode/archives/findSession.ts';
import { registerGitCommands } from './vscode/checks/gitCommands.ts';
import { registerHold } from './vscode/maintenance/hold.ts';
import { registerHowToRecord } from './vscode/api/howToRecord.ts';
import { commands } from './vscode/window/ids.ts';
import { registerLogActions } from './vscode/logs/logActions.ts';
import { registerLogDocuments } from './vscode/logs/logDocuments.ts';
import { registerLogTree } from './vscode/tree/logTree.ts';
import { registerMaintenance } from './vscode/maintenance/maintenance.ts';
import { trackMaintenance } from './vscode/maintenance/maintenanceRuns.ts';
import { registerMaintenanceStatus } from './vscode/maintenance/maintenanceStatus.ts';
import { registerOpenArchive } from './vscode/archives/openArchive.ts';
import { registerOpenLog } from './vscode/logs/openLog.ts';
import { createOutput } from './vscode/window/output.ts';
import { registerPasswordCommands } from './vscode/passwords/passwordCommands.ts';
import { createPasswordRing } from './vscode/passwords/passwordRing.ts';
import { passwordsOf } from './vscode/passwords/passwords.ts';
import { createRecorderApi, type ExtensionApi } from './vscode/api/recorderApi.ts';
import { registerPolicyProblems } from './vscode/configure/policyProblems.ts';
import { createSessionApi } from './vscode/api/sessionApi.ts';
import { watchWorkspaces } from './vscode/window/workspaces.ts';

let end: (() => Promise<void>) | undefined;

/** Starts the extension. A worker thread, which is started when it is first needed, does all work on files. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  useLocale(vscode.env.language);
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  const keep = <T extends Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  const door = (): Door | undefined => (vscode.workspace.isTrusted ? 'vscode' : undefined);
  const app = workerRunner<AppJobs, AppReport>(worker, undefined, door);
  const trailWorker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'audit.js').fsPath;
  const trail = workerRunner<TrailJobs, TrailReport>(trailWorker, undefined, door);
  const output = keep(createOutput());
  const workspaces = keep(watchWorkspaces(app, output));
  const roots = (): string[] => workspaces.all().map(({ root }) => root);
  const ring = keep(createPasswordRing(app, context.secrets, output, roots));
  const passwords = passwordsOf({
    handOver: ring.handOver,
    ask: (archive) => askPassword(archive, ring),
  });
  const documents = keep(registerLogDocuments(app, workspaces, passwords, ring.onDidChange));
  const tree = keep(registerLogTree(app, workspaces, output, context.workspaceState, ring.handOver));
  keep(ring.onDidChange(tree.passwordsChanged));
  keep(registerOpenLog(app, workspaces, tree, passwords, output));
  keep(registerOpenArchive(app, workspaces, tree, passwords, output));
  keep(registerLogActions(app, workspaces, tree, passwords, output, context.workspaceState));
  keep(registerDecryptTo({ app, passwords, output }, workspaces, tree, context.workspaceState));
  keep(registerPasswordCommands(ring, output));
  keep(registerChangePasswords({ app, ring, output }, workspaces, tree));
  keep(registerFindSession({ app, ring, passwords, output }, workspaces));
  keep(registerConfigure(app, workspaces, output, context.extensionUri));
  keep(registerAudit(app, trail, workspaces, output, context.extensionUri, context.workspaceState));
  const runs = keep(trackMaintenance(app, output));
  keep(registerMaintenance(app, workspaces, documents, runs, output));
  keep(registerMaintenanceStatus(runs, output));
  const maintain = backgroundRun(app, workspaces, runs, output);
  keep(registerBackgroundMaintenance(workspaces, maintain, backgroundCleanUp(app, output)));
  keep(registerHold(app, workspaces, output));
  keep(registerPolicyProblems(workspaces));
  keep(registerGitCommands(app, workspaces, output));
  keep(registerCheckWorkspace(app, workspaces, output));
  keep(registerAcceptance(app, workspaces, documents, output, context.workspaceState));
  keep(vscode.commands.registerCommand(commands.refresh, workspaces.refresh));
  keep(vscode.commands.registerCommand(commands.showOutput, output.show));
  keep(registerHowToRecord(context.extensionUri));
  const { recorder } = keep(createRecorderApi(context.extensionUri, output));
  const { openSession, close } = createSessionApi(app, ring, output);
  end = () =>
    close()
      .then(() => app.run('closeTrails', {}))
      .finally(() => {
        app.dispose();
        trail.dispose();
      });
  return { version: 1, recorder, openSession };
}

/**
 * Writes the session logs that were completed, closes the audit trails, and then ends the worker. VS Code disposes what `keep` registered before
 * that.
 */
export async function deactivate(): Promise<void> {
  await end?.();
}
