import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Disposable } from './base/disposable.ts';
import type { AppJobs } from './app/jobs.ts';
import type { AppReport } from './app/actionEvent.ts';
import { workerRunner } from './base/job.ts';
import { useLocale } from './base/locale.ts';
import { registerAcceptance } from './vscode/acceptance.ts';
import { askPassword } from './vscode/askPassword.ts';
import { backgroundCleanUp } from './vscode/backgroundCleanUp.ts';
import { registerBackgroundMaintenance } from './vscode/backgroundMaintenance.ts';
import { backgroundRun } from './vscode/backgroundRun.ts';
import { registerChangePasswords } from './vscode/changePasswords.ts';
import { registerCheckWorkspace } from './vscode/checkWorkspace.ts';
import { registerConfigure } from './vscode/configure.ts';
import { registerDecryptTo } from './vscode/decryptTo.ts';
import { registerFindSession } from './vscode/findSession.ts';
import { registerGitCommands } from './vscode/gitCommands.ts';
import { registerHold } from './vscode/hold.ts';
import { registerHowToRecord } from './vscode/howToRecord.ts';
import { commands } from './vscode/ids.ts';
import { registerLogActions } from './vscode/logActions.ts';
import { registerLogDocuments } from './vscode/logDocuments.ts';
import { registerLogTree } from './vscode/logTree.ts';
import { registerMaintenance } from './vscode/maintenance.ts';
import { trackMaintenance } from './vscode/maintenanceRuns.ts';
import { registerMaintenanceStatus } from './vscode/maintenanceStatus.ts';
import { registerOpenArchive } from './vscode/openArchive.ts';
import { registerOpenLog } from './vscode/openLog.ts';
import { createOutput } from './vscode/output.ts';
import { registerPasswordCommands } from './vscode/passwordCommands.ts';
import { createPasswordRing } from './vscode/passwordRing.ts';
import { passwordsOf } from './vscode/passwords.ts';
import { createRecorderApi } from './vscode/recorderApi.ts';
import type { ExtensionApi } from './vscode/recorderApi.ts';
import { registerPolicyProblems } from './vscode/policyProblems.ts';
import { createSessionApi } from './vscode/sessionApi.ts';
import { watchWorkspaces } from './vscode/workspaces.ts';

let end: (() => Promise<void>) | undefined;

/** Starts the extension. All work on files happens in a worker thread, started when first needed. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  useLocale(vscode.env.language);
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  const keep = <T extends Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  const app = workerRunner<AppJobs, AppReport>(worker);
  const output = keep(createOutput());
  const workspaces = keep(watchWorkspaces(app, output));
  const ring = keep(createPasswordRing(app, context.secrets, output));
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
    close().finally(() => {
      app.dispose();
    });
  return { version: 1, recorder, openSession };
}

/** Writes the session logs that were completed. The worker is ended only then: what `keep` keeps goes before that. */
export async function deactivate(): Promise<void> {
  await end?.();
}
