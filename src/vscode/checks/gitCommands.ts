import type { App } from '../../jobs/jobs.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { installCommitCheck, removeCommitCheck, undoIgnoreRule, untrackLogs } from './gitMessages.ts';
import { commands } from '../window/ids.ts';
import type { Output } from '../window/output.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { registerCommand } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import { isManaged } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** *Undo Ignore Rule*, *Untrack Logs*, *Install* and *Remove Pre-Commit Check*. */
export function registerGitCommands(app: App, workspaces: Workspaces, output: Output): Disposable {
  const store = new DisposableStore();
  for (const [command, work] of [
    [commands.undoIgnoreRule, undoIgnoreRule],
    [commands.untrackLogs, untrackLogs],
    [commands.installCommitCheck, installCommitCheck],
    [commands.removeCommitCheck, removeCommitCheck],
  ] as const) {
    const start = async (target: CommandTarget): Promise<void> => {
      const workspace = await pickWorkspace(target, workspaces, isManaged);
      if (workspace !== undefined && mayChange()) await work(app, workspace.root, output);
    };
    store.add(registerCommand(command, output, start));
  }
  return store;
}
