import * as vscode from 'vscode';
import type { LogNode } from './logTree.ts';
import type { LogWorkspace, Workspaces } from './workspaces.ts';

/** What a command can be started on: a row of the tree, a resource of the explorer, or nothing. */
export type CommandTarget = LogNode | vscode.Uri | undefined;

/** The workspace that a command is meant for; asks when there are several and nothing tells. */
export async function pickWorkspace(
  target: CommandTarget,
  workspaces: Workspaces,
): Promise<LogWorkspace | undefined> {
  if (target instanceof vscode.Uri) return workspaces.of(target.fsPath);
  if (target !== undefined && 'workspace' in target) return target.workspace;
  const all = workspaces.all();
  if (all.length === 0) {
    void vscode.window.showInformationMessage(
      'Open a folder first: Workspace Logs looks after its logs folder.',
    );
    return undefined;
  }
  if (all.length === 1) return all[0];
  const items = all.map((workspace) => ({
    label: workspace.folder.name,
    description: workspace.root,
    workspace,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Which folder?' }))?.workspace;
}
