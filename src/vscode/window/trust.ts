import * as vscode from 'vscode';

/** Whether anything may be changed. Menus hide what changes; commands started by other means come past here. */
export function mayChange(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window.showWarningMessage(
    vscode.l10n.t(
      'This workspace is in Restricted Mode, so nothing is changed. Trust it to configure and maintain its logs.',
    ),
  );
  return false;
}
