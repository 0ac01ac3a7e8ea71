import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { deleteLogs } from './deleteLog.ts';
import { downloadLogs } from './downloadLog.ts';
import { commands } from './ids.ts';
import { copyPaths, openRaw, reveal } from './logPaths.ts';
import { targetsOf } from './logTargets.ts';
import type { LogTarget } from './logTarget.ts';
import type { LogCommandInput } from './logTargets.ts';
import type { LogTree } from './logTree.ts';
import type { Output } from './output.ts';
import type { Passwords } from './passwords.ts';
import type { LogQuestion } from './pickLog.ts';
import type { CommandTarget } from './pickWorkspace.ts';
import { registerCommand } from './registerCommand.ts';
import { rotateNow } from './rotateNow.ts';
import { mayChange } from './trust.ts';
import { isManaged } from './logWorkspace.ts';
import type { Workspaces } from './workspaces.ts';

/** What a person does with logs, from the view, the explorer's menu and the palette. */
export function registerLogActions(
  app: App,
  workspaces: Workspaces,
  tree: LogTree,
  passwords: Passwords,
  output: Output,
  memory: vscode.Memento,
): Disposable {
  const store = new DisposableStore();
  const sources = { app, workspaces, tree };

  const register = (
    command: string,
    question: LogQuestion,
    run: (targets: readonly LogTarget[]) => Promise<void>,
    isAllowed = (): boolean => true,
  ): void => {
    const start = async (...input: LogCommandInput): Promise<void> => {
      if (!isAllowed()) return;
      const targets = await targetsOf(input, sources, question);
      if (targets.length > 0) await run(targets);
    };
    store.add(registerCommand(command, output, start));
  };

  register(commands.openRaw, { title: vscode.l10n.t('Open Raw') }, (targets) => openRaw(targets, app));
  register(commands.copyPath, { title: vscode.l10n.t('Copy Path of Log'), many: true }, copyPaths);
  register(commands.reveal, { title: vscode.l10n.t('Reveal Log in Explorer') }, (targets) =>
    reveal(targets, app),
  );
  register(
    commands.downloadLog,
    { title: vscode.l10n.t('Download Log'), many: true },
    (targets) => downloadLogs(targets, { app, passwords, output }, memory),
    mayChange,
  );
  for (const command of [commands.deleteLog, commands.deleteResource]) {
    register(
      command,
      {
        title: vscode.l10n.t('Delete Log'),
        many: true,
        applies: isManaged,
      },
      async (targets) => {
        await deleteLogs(targets, app, output);
        await workspaces.refresh();
      },
      mayChange,
    );
  }
  store.add(
    registerCommand(commands.rotateNow, output, async (target: CommandTarget) => {
      if (mayChange()) await rotateNow(target, app, workspaces, output);
    }),
  );
  return store;
}
