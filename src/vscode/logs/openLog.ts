import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { formatNumber } from '../../base/locale.ts';
import { commands, contextKeys, SCHEME } from '../window/ids.ts';
import { targetsOf, type LogCommandInput } from '../targets/logTargets.ts';
import type { LogTarget } from '../window/logWorkspace.ts';
import type { LogTree } from '../tree/logTree.ts';
import { parseLogUri, type LogAddress } from './logUri.ts';
import { mayOpen } from '../window/trust.ts';
import type { Output } from '../window/output.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { pickMember } from '../targets/pickArchive.ts';
import { registerCommand, telling } from '../window/tell.ts';
import { addressOf, show } from './showLog.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** *Open Log…*, and the commands that move between the parts of a large log. */
export function registerOpenLog(
  app: App,
  workspaces: Workspaces,
  tree: LogTree,
  passwords: Passwords,
  output: Output,
): Disposable {
  const store = new DisposableStore();

  async function openAll(input: LogCommandInput): Promise<void> {
    const targets = await targetsOf(input, { app, workspaces, tree }, { title: vscode.l10n.t('Open Log') });
    if (!(await mayOpen(targets.length))) return;
    const preview = targets.length === 1;
    for (const target of targets) await telling(output, () => open(target, preview));
  }

  async function open(target: LogTarget, preview: boolean): Promise<void> {
    const address = await pickMember((member) => addressOf(target, member, { app, passwords }));
    await show(address, { preview });
  }

  async function move(
    step: (index: number, count: number) => number | undefined | Promise<number | undefined>,
  ): Promise<void> {
    const address = activeAddress();
    if (address?.part === undefined) return;
    const { index, count } = address.part;
    const target = await step(index, count);
    if (target === undefined || target < 0 || target >= count) return;
    await requirePassword(address);
    await show({ ...address, part: { index: target, count } }, { preview: true });
  }

  /** Asks for the password again if it was forgotten after the current part was read. */
  async function requirePassword({ rootPath, name, folder, member }: LogAddress): Promise<void> {
    const root = workspaces.all().find((workspace) => workspace.folder.uri.path === rootPath)?.root;
    if (root === undefined || member === undefined) return;
    const place = { root, name, ...(folder !== undefined && { folder }) };
    await passwords.withPassword(place, () => app.run('measureLog', { ...place, member }));
  }

  const register = (command: string, run: (...input: LogCommandInput) => Promise<void>): void => {
    store.add(registerCommand(command, output, run));
  };
  register(commands.openLog, (...input) => openAll(input));
  register(commands.previousPart, () => move((index) => index - 1));
  register(commands.nextPart, () => move((index) => index + 1));
  register(commands.goToPart, () => move(pickPart));

  const tellParts = (): void => {
    void vscode.commands.executeCommand(
      'setContext',
      contextKeys.hasParts,
      activeAddress()?.part !== undefined,
    );
  };
  store.add(vscode.window.onDidChangeActiveTextEditor(tellParts));
  tellParts();
  return store;
}

/** The log in the active tab; `activeTextEditor` is not set for very large documents. */
function activeAddress(): LogAddress | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText && input.uri.scheme === SCHEME
    ? parseLogUri(input.uri.query)
    : undefined;
}

async function pickPart(index: number, count: number): Promise<number | undefined> {
  const items = Array.from({ length: count }, (_, part) => ({
    label: vscode.l10n.t('Part {0} of {1}', formatNumber(part + 1), formatNumber(count)),
    description:
      part === index
        ? vscode.l10n.t('shown now')
        : part === count - 1
          ? vscode.l10n.t('the newest lines')
          : '',
    part,
  }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Go to Part') }))?.part;
}
