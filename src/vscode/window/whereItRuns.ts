import * as vscode from 'vscode';

/** Whether the workspace is on the computer that the person sits at: else what is saved lands on a server. */
export function isLocal(): boolean {
  return vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}
