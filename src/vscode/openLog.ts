import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { formatBytes } from '../base/locale.ts';
import { isFailure } from '../base/failure.ts';
import { commands, contextKeys, SCHEME } from './ids.ts';
import { labelsOf } from './labels.ts';
import { toLogUri } from './logDocuments.ts';
import type { LogNode } from './logTree.ts';
import { parseLogUri } from './logUri.ts';
import type { LogAddress } from './logUri.ts';
import type { Output } from './output.ts';
import { telling } from './tell.ts';
import type { LogWorkspace, Workspaces } from './workspaces.ts';

/** *Open Log…*, from the tree or by a pick, and the way through the parts of a large one. */
export function registerOpenLog(app: App, workspaces: Workspaces, output: Output): Disposable {
  const store = new DisposableStore();

  async function open(workspace: LogWorkspace, name: string): Promise<void> {
    const rootPath = workspace.folder.uri.path;
    const address = await measure(app, workspace.root, { rootPath, name });
    if (address !== undefined) await show(address);
  }

  async function openNode(node: LogNode | undefined): Promise<void> {
    if (node?.kind === 'file') await open(node.workspace, node.file.name);
    else {
      const picked = await pickLog(workspaces);
      if (picked !== undefined) await open(picked.workspace, picked.name);
    }
  }

  async function move(
    step: (index: number, count: number) => number | undefined | Promise<number | undefined>,
  ): Promise<void> {
    const address = activeAddress();
    if (address?.part === undefined) return;
    const { index, count } = address.part;
    const target = await step(index, count);
    if (target !== undefined && target >= 0 && target < count)
      await show({ ...address, part: { index: target, count } });
  }

  const register = (command: string, run: (node?: LogNode) => Promise<void>): void => {
    store.add(vscode.commands.registerCommand(command, (node?: LogNode) => telling(output, () => run(node))));
  };
  register(commands.openLog, openNode);
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

/** Where to find the log's text: which file of a zip, and the first part of a large one. */
async function measure(app: App, root: string, address: LogAddress): Promise<LogAddress | undefined> {
  try {
    const { parts } = await app.run('measureLog', { root, name: address.name, member: address.member });
    return parts > 1 ? { ...address, part: { index: 0, count: parts } } : address;
  } catch (error) {
    if (!isFailure(error, 'member-needed') || error.data.members.length === 0) throw error;
    const member = await vscode.window.showQuickPick([...error.data.members], {
      title: 'Which file of the archive?',
    });
    return member === undefined ? undefined : measure(app, root, { ...address, member });
  }
}

async function show(address: LogAddress): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', toLogUri(address), { preview: true });
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
    label: `Part ${String(part + 1)} of ${String(count)}`,
    description: part === index ? 'shown now' : part === count - 1 ? 'the newest lines' : '',
    part,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Go to Part' }))?.part;
}

async function pickLog(
  workspaces: Workspaces,
): Promise<{ workspace: LogWorkspace; name: string } | undefined> {
  await workspaces.refresh();
  const items = workspaces.all().flatMap((workspace) =>
    (workspace.overview?.files ?? [])
      .filter(({ parts }) => parts.kind !== 'leftover')
      .map((file) => ({
        label: file.name,
        description: [workspaces.all().length > 1 ? workspace.folder.name : '', formatBytes(file.bytes)]
          .filter(Boolean)
          .join(' · '),
        detail: labelsOf(file, Date.now(), vscode.env.language).tooltip.split('\n')[1] ?? '',
        workspace,
        name: file.name,
      })),
  );
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      'There is no log to open: the logs folder is empty or missing.',
    );
    return undefined;
  }
  return vscode.window.showQuickPick(items, { title: 'Open Log', matchOnDescription: true });
}
