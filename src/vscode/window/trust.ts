import * as vscode from 'vscode';
import { formatNumber } from '../../base/locale.ts';

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

/** More logs than these are opened only when a person says so again. */
const MOST = 10;

/** Whether so many editors are wanted. */
export async function mayOpen(count: number): Promise<boolean> {
  if (count <= MOST) return true;
  const open = vscode.l10n.t('Open All');
  const message = vscode.l10n.t('Open {0} logs, each in an editor of its own?', formatNumber(count));
  return (await vscode.window.showInformationMessage(message, { modal: true }, open)) === open;
}

/** Whether the workspace is on the computer that the person sits at: else what is saved lands on a server. */
export function isLocal(): boolean {
  return vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}
