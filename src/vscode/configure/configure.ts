import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { describe } from '../../words/failures.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { Failure, type FailureMessage } from '../../base/failure.ts';
import { formatList } from '../../base/locale.ts';
import { openConfigurePanel, openPolicy } from './configurePanel.ts';
import { tellAboutGit } from '../checks/gitMessages.ts';
import { commands } from '../window/ids.ts';
import type { Output } from '../window/output.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { registerCommand, offer } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import { isManaged } from '../window/logWorkspace.ts';
import { closePages, type Workspaces } from '../window/workspaces.ts';

/**
 * *Configure Logging*: one form for each workspace, which closes when its folder is removed from the window.
 * *Initialize* creates a policy with the defaults, without asking. Also registers *Open Policy File*.
 */
export function registerConfigure(
  app: App,
  workspaces: Workspaces,
  output: Output,
  extension: vscode.Uri,
): Disposable {
  const store = new DisposableStore();
  const panels = new Map<string, vscode.WebviewPanel>();

  async function configure(target: CommandTarget): Promise<void> {
    const workspace = await pickWorkspace(target, workspaces);
    if (workspace === undefined || !mayChange()) return;
    const { root, folder } = workspace;
    // For a policy that it cannot read, the form would show the defaults, and save them.
    const state = await app.run('describePolicy', { root });
    const open = panels.get(root);
    if (open !== undefined) open.reveal();
    else if (state.failure !== undefined) tellAbout(state.failure, folder);
    else {
      const panel = openConfigurePanel({ app, workspaces, output, extension }, workspace, state);
      panels.set(root, panel);
      panel.onDidDispose(() => panels.delete(root));
    }
  }

  async function initialize(target: CommandTarget): Promise<void> {
    const workspace = await pickWorkspace(target, workspaces);
    if (workspace === undefined || !mayChange()) return;
    const { root, folder } = workspace;
    const { created, git } = await app.run('initialise', { root }, { onReport: output.report });
    await workspaces.refresh();
    const text =
      created.length === 0
        ? vscode.l10n.t('{0} has a policy already.', folder.name)
        : vscode.l10n.t('{0} now has a policy (made: {1}).', folder.name, formatList(created));
    void offer('info', text, { [vscode.l10n.t('Configure Logging')]: () => configure(folder.uri) });
    tellAboutGit(app, root, git, output);
  }

  async function openPolicyOf(target: CommandTarget): Promise<void> {
    const workspace = await pickWorkspace(target, workspaces, isManaged);
    if (workspace === undefined) return;
    if (!isManaged(workspace)) throw new Failure('not-managed', { path: workspace.root });
    await openPolicy(workspace.folder);
  }

  const register = (command: string, run: (target: CommandTarget) => Promise<void>): void => {
    store.add(registerCommand(command, output, run));
  };
  register(commands.configure, configure);
  register(commands.initialize, initialize);
  register(commands.openPolicy, openPolicyOf);
  store.add(closePages(workspaces, panels));
  return store;
}

/** Shows why there is no form. Offers to open the policy only where it is a text file. */
function tellAbout(failure: FailureMessage, folder: vscode.WorkspaceFolder): void {
  const isText = ['policy-damaged', 'policy-newer', 'policy-too-large'].includes(failure.code);
  const actions = isText ? { [vscode.l10n.t('Open Policy File')]: () => openPolicy(folder) } : {};
  void offer('error', describe(failure), actions);
}
