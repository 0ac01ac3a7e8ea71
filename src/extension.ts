import * as vscode from 'vscode';
import type { Disposable } from './base/disposable.ts';
import type { AppJobs } from './app/jobs.ts';
import type { AppReport } from './app/actionEvent.ts';
import { workerRunner } from './base/job.ts';
import { registerAcceptance } from './vscode/acceptance.ts';
import { registerConfigure } from './vscode/configure.ts';
import { commands } from './vscode/ids.ts';
import { registerLogDocuments } from './vscode/logDocuments.ts';
import { registerLogTree } from './vscode/logTree.ts';
import { registerMaintenance } from './vscode/maintenance.ts';
import { registerOpenLog } from './vscode/openLog.ts';
import { createOutput } from './vscode/output.ts';
import { createRecorderApi } from './vscode/recorderApi.ts';
import type { ExtensionApi } from './vscode/recorderApi.ts';
import { registerPolicyProblems } from './vscode/policyProblems.ts';
import { watchWorkspaces } from './vscode/workspaces.ts';

/** Starts the extension. All work on files happens in a worker thread, started when first needed. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const keep = <T extends Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  const app = keep(workerRunner<AppJobs, AppReport>(worker));
  const output = keep(createOutput());
  const workspaces = keep(watchWorkspaces(app, output));
  const documents = keep(registerLogDocuments(app, workspaces));
  keep(registerLogTree(workspaces, context.workspaceState));
  keep(registerOpenLog(app, workspaces, output));
  keep(registerConfigure(app, workspaces, output, context.extensionUri));
  keep(registerMaintenance(app, workspaces, documents, output));
  keep(registerPolicyProblems(workspaces));
  keep(registerAcceptance(app, workspaces, documents, output, context.workspaceState));
  keep(vscode.commands.registerCommand(commands.refresh, workspaces.refresh));
  keep(vscode.commands.registerCommand(commands.showOutput, output.show));
  return keep(createRecorderApi(context.extensionUri, output));
}
