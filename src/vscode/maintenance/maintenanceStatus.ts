import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { formatNumber } from '../../base/locale.ts';
import { commands, contextKeys } from '../window/ids.ts';
import type { MaintenanceRuns, Run } from './maintenanceRuns.ts';
import type { Output } from '../window/output.ts';
import { withoutIcons } from '../window/plainText.ts';

/** The command of a click on the item. It is not in package.json, so the palette does not show it. */
const CHOOSE = 'workspaceLogs.maintenanceChoices';
/** The item is shown only after this time: most runs find nothing to do, and the item would flicker. */
const WORTH_TELLING_MS = 300;

/** Registers the status bar item that is shown while maintenance runs, and *Cancel Maintenance*. */
export function registerMaintenanceStatus(runs: MaintenanceRuns, output: Output): Disposable {
  const store = new DisposableStore();
  const item = store.add(
    vscode.window.createStatusBarItem('workspaceLogs.maintenance', vscode.StatusBarAlignment.Left),
  );
  item.name = vscode.l10n.t('Maintenance of Logs');
  item.command = CHOOSE;
  let timer: NodeJS.Timeout | undefined;

  function update(): void {
    const all = runs.all();
    if (all.length === 0) {
      clearTimeout(timer);
      timer = undefined;
      item.hide();
      tellRunning(false);
      return;
    }
    const { text, label } = wordsOf(all);
    item.text = text;
    item.tooltip = label;
    item.accessibilityInformation = { label, role: 'button' };
    timer ??= setTimeout(() => {
      item.show();
      tellRunning(true);
    }, WORTH_TELLING_MS);
  }

  async function choose(): Promise<void> {
    const cancels = runs.all().map((run) => ({
      label: vscode.l10n.t('Cancel Maintenance of {0}', withoutIcons(run.workspace.folder.name)),
      act: run.cancel,
    }));
    const items = [...cancels, { label: vscode.l10n.t('Show Output'), act: output.show }];
    const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Maintenance of Logs') });
    chosen?.act();
  }

  async function cancel(): Promise<void> {
    const [run, ...others] = runs.all();
    if (others.length > 0) await choose();
    else run?.cancel();
  }

  store.add(runs.onDidChange(update));
  store.add(vscode.commands.registerCommand(CHOOSE, choose));
  store.add(vscode.commands.registerCommand(commands.cancelMaintenance, cancel));
  store.add({
    dispose() {
      clearTimeout(timer);
    },
  });
  return store;
}

function tellRunning(isRunning: boolean): void {
  void vscode.commands.executeCommand('setContext', contextKeys.running, isRunning);
}

/** The text `Logs 3/12`, and the same for a screen reader. */
function wordsOf(all: readonly Run[]): { readonly text: string; readonly label: string } {
  const names = all.map(({ workspace }) => workspace.folder.name).join(', ');
  const steps = all.flatMap(({ progress }) => progress ?? []);
  const total = steps.reduce((sum, progress) => sum + progress.total, 0);
  if (total === 0) {
    return {
      text: vscode.l10n.t('{0} Logs', SPINNING),
      label: vscode.l10n.t('Maintenance runs in {0}', names),
    };
  }
  const at = steps.reduce((sum, { done }) => sum + done + 1, 0);
  const numbers = [formatNumber(at), formatNumber(total)];
  return {
    text: vscode.l10n.t('{0} Logs {1}/{2}', SPINNING, ...numbers),
    label: vscode.l10n.t('Maintenance runs in {0}: file {1} of {2}', names, ...numbers),
  };
}

const SPINNING = '$(sync~spin)';
