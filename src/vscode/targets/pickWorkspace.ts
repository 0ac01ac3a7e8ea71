import * as vscode from 'vscode';
import type { LogNode } from '../tree/logTree.ts';
import { withoutIcons } from '../window/plainText.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** The target of a command: a row of the tree, a resource of the explorer, or nothing. */
export type CommandTarget = LogNode | vscode.Uri | undefined;

/** The workspace of a command's target. Without a target, asks among the workspaces that the command applies to. */
export async function pickWorkspace(
  target: CommandTarget,
  workspaces: Workspaces,
  applies: (workspace: LogWorkspace) => boolean = () => true,
): Promise<LogWorkspace | undefined> {
  if (target instanceof vscode.Uri) return workspaces.of(target.fsPath);
  if (target != null && 'workspace' in target) return target.workspace;
  const all = workspaces.all();
  if (all.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a folder first: Workspace Logs looks after its logs folder.'),
    );
    return undefined;
  }
  // If it applies to none, the command itself gives the reason.
  const some = all.filter(applies).length > 0 ? all.filter(applies) : all;
  if (some.length === 1) return some[0];
  const items = some.map((workspace) => ({
    label: withoutIcons(workspace.folder.name),
    description: withoutIcons(workspace.root),
    workspace,
  }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which folder?') }))?.workspace;
}
