import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { deleteLogs } from './deleteLog.ts';
import { downloadLogs } from './saveCopies.ts';
import { commands, VIEW } from '../window/ids.ts';
import { type LogCommandInput, targetsOf } from '../targets/logTargets.ts';
import { pathOf, placeOf, uriOf, isManaged, type LogTarget } from '../window/logWorkspace.ts';
import type { LogTree } from '../tree/logTree.ts';
import type { Output } from '../window/output.ts';
import type { Passwords } from '../passwords/passwords.ts';
import type { LogQuestion } from '../targets/pickLog.ts';
import type { CommandTarget } from '../targets/pickWorkspace.ts';
import { registerCommand, offer } from '../window/tell.ts';
import { rotateNow } from './rotateNow.ts';
import { mayChange, mayOpen, isLocal } from '../window/trust.ts';
import type { Workspaces } from '../window/workspaces.ts';
import { printable } from '../../words/failures.ts';

/** Registers the commands for logs, for the view, the explorer's menu and the palette. */
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
    const press = pressedAgain(command);
    const start = async (...input: LogCommandInput): Promise<void> => {
      if (!isAllowed() || (await press(input))) return;
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

/** The `args` of the keys in package.json. */
const FOCUSED_ROW = { $treeViewId: VIEW, $focusedTreeItem: true };
const WAIT_MS = 50;
const MOST_WAITS = 20;

/**
 * While VS Code reloads the rows, it knows none of them for a moment, and a key then comes without the focused row.
 * Asking for a log would be wrong then. So the command is run again through VS Code, which passes the row.
 * @returns true where it was run again; then there is nothing more to do
 */
function pressedAgain(command: string): (input: LogCommandInput) => Promise<boolean> {
  let waits = 0;
  return async (input) => {
    const isMissing = input.length > 0 && input[0] == null;
    if (!isMissing || waits === MOST_WAITS) {
      waits = 0;
      return false;
    }
    waits += 1;
    await delay(WAIT_MS);
    await vscode.commands.executeCommand('runCommands', { commands: [{ command, args: FOCUSED_ROW }] });
    return true;
  };
}

/** Opens the files themselves in VS Code. */
async function openRaw(targets: readonly LogTarget[], app: App): Promise<void> {
  if (!(await mayOpen(targets.length))) return;
  for (const target of targets) {
    const { root, name, folder } = placeOf(target);
    // The worker refuses a link, which VS Code would follow, and records who opens the file.
    await app.run('openRaw', { root, name, folder });
    await vscode.commands.executeCommand('vscode.open', uriOf(target), { preview: targets.length === 1 });
  }
}

/** One path a line. */
async function copyPaths(targets: readonly LogTarget[]): Promise<void> {
  if (targets.length > 0) await vscode.env.clipboard.writeText(targets.map(pathOf).join('\n'));
}

/** Reveals a log in the explorer. Shows a message where the explorer may hide files that Git ignores. */
async function reveal(targets: readonly LogTarget[], app: App): Promise<void> {
  const [target] = targets;
  if (target === undefined) return;
  await requireFile(target, app);
  const uri = uriOf(target);
  await vscode.commands.executeCommand('revealInExplorer', uri);
  const setting = 'explorer.excludeGitIgnore';
  if (vscode.workspace.getConfiguration(undefined, uri).get(setting) !== true) return;
  void offer(
    'info',
    vscode.l10n.t(
      'The explorer hides what Git ignores, so {0} may not be shown there ({1}).',
      printable(target.file.name),
      setting,
    ),
    {
      [vscode.l10n.t('Open Setting')]: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', setting),
      ...(isLocal() && {
        [vscode.l10n.t('Reveal Outside of VS Code')]: () =>
          vscode.commands.executeCommand('revealFileInOS', uri),
      }),
    },
  );
}

async function requireFile(target: LogTarget, app: App): Promise<void> {
  const { root, name, folder } = placeOf(target);
  await app.run('requireLogs', { root, names: [name], folder });
}
