import * as vscode from 'vscode';
import { formatNumber } from '../../base/locale.ts';

/** More logs than these are opened only when a person says so again. */
const MOST = 10;

/** Whether so many editors are wanted. */
export async function mayOpen(count: number): Promise<boolean> {
  if (count <= MOST) return true;
  const open = vscode.l10n.t('Open All');
  const message = vscode.l10n.t('Open {0} logs, each in an editor of its own?', formatNumber(count));
  return (await vscode.window.showInformationMessage(message, { modal: true }, open)) === open;
}
