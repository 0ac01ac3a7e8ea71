import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { tellAboutGit } from '../checks/gitMessages.ts';
import { commands } from '../window/ids.ts';
import type { Output } from '../window/output.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { registerCommand, offer } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** *Hold Deletions* and *Release Hold*: set `retention.hold` in the policy and keep the policy's comments. */
export function registerHold(app: App, workspaces: Workspaces, output: Output): Disposable {
  const store = new DisposableStore();

  async function hold(target: CommandTarget, value: boolean): Promise<void> {
    const applies = ({ overview }: LogWorkspace): boolean =>
      overview?.managed === true && overview.held !== value;
    const workspace = await pickWorkspace(target, workspaces, applies);
    if (workspace === undefined || !mayChange()) return;
    const { root, folder } = workspace;
    const edits = [{ key: 'retention.hold', value }];
    const { git } = await app.run(
      'savePolicy',
      { root, edits, mustExist: true },
      { onReport: output.report },
    );
    await workspaces.refresh();
    const text = value
      ? vscode.l10n.t('Nothing is deleted from the logs of {0} until the hold is released.', folder.name)
      : vscode.l10n.t('The hold is released: the logs of {0} expire again as the policy says.', folder.name);
    void offer('info', text);
    tellAboutGit(app, root, git, output);
  }

  for (const [command, value] of [
    [commands.hold, true],
    [commands.releaseHold, false],
  ] as const) {
    store.add(registerCommand(command, output, (target: CommandTarget) => hold(target, value)));
  }
  return store;
}
