import * as vscode from 'vscode';
import { formatNumber } from '../../base/locale.ts';

/**
 * Whether the extension may change anything. Menus hide such commands; this check also covers commands that are started
 * in other ways.
 */
export function mayChange(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window.showWarningMessage(
    vscode.l10n.t(
      'This workspace is in Restricted Mode, so nothing is changed. Trust it to configure and maintain its logs.',
    ),
  );
  return false;
}

/** More logs than this are opened only after a person confirms it. */
const MOST = 10;

/** Asks a person whether to open this many editors. */
export async function mayOpen(count: number): Promise<boolean> {
  if (count <= MOST) return true;
  const open = vscode.l10n.t('Open All');
  const message = vscode.l10n.t('Open {0} logs, each in an editor of its own?', formatNumber(count));
  return (await vscode.window.showInformationMessage(message, { modal: true }, open)) === open;
}

/** Whether the workspace is on the person's own computer. Otherwise saved files are on a server. */
export function isLocal(): boolean {
  return vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}
