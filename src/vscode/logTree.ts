import * as vscode from 'vscode';
import { describe } from '../app/words.ts';
import type { OverviewFile } from '../app/listLogs.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { formatBytes } from '../base/locale.ts';
import { formatCount } from '../base/units.ts';
import { MANAGED_FAMILIES } from '../model/fileName.ts';
import { commands, VIEW } from './ids.ts';
import { labelsOf } from './labels.ts';
import type { LogWorkspace, Workspaces } from './workspaces.ts';

/** A row of the *Workspace Logs* view: workspace → family → file. */
export type LogNode =
  | { readonly kind: 'workspace'; readonly workspace: LogWorkspace }
  | {
      readonly kind: 'family';
      readonly workspace: LogWorkspace;
      readonly family: string;
      readonly files: OverviewFile[];
    }
  | { readonly kind: 'file'; readonly workspace: LogWorkspace; readonly file: OverviewFile }
  | { readonly kind: 'more'; readonly family: LogNode & { kind: 'family' }; readonly shown: number };

/** Rows are made and shown so many at a time. */
const PAGE_ROWS = 1000;

export function registerLogTree(workspaces: Workspaces, memory: vscode.Memento): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<LogNode | undefined>());
  /** How many rows of a family are shown, by the family row's id. */
  const limits = new Map<string, number>();

  const view = vscode.window.createTreeView<LogNode>(VIEW, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: toItem,
      getParent: () => undefined,
      getChildren: (node) => childrenOf(node, workspaces, limits),
    },
  });
  store.add(view);
  store.add(
    workspaces.onDidChange((all) => {
      changed.fire(undefined);
      void showOnce(view, all, memory);
    }),
  );
  store.add(
    vscode.commands.registerCommand(commands.showMore, (node?: LogNode) => {
      if (node?.kind !== 'more') return;
      limits.set(idOf(node.family), node.shown + PAGE_ROWS);
      changed.fire(undefined);
    }),
  );
  return store;
}

const SHOWN = 'viewShown';

/** VS Code starts views in the explorer folded: unfolds ours the first time that a workspace has something to show. */
async function showOnce(
  view: vscode.TreeView<LogNode>,
  all: readonly LogWorkspace[],
  memory: vscode.Memento,
): Promise<void> {
  const workspace = all.find(isWorthARow);
  if (workspace === undefined || memory.get(SHOWN) === true) return;
  await memory.update(SHOWN, true);
  await view.reveal({ kind: 'workspace', workspace }, { select: false, focus: false, expand: true });
}

function childrenOf(
  node: LogNode | undefined,
  workspaces: Workspaces,
  limits: ReadonlyMap<string, number>,
): LogNode[] {
  switch (node?.kind) {
    case undefined:
      return workspaces
        .all()
        .filter(isWorthARow)
        .map((workspace) => ({ kind: 'workspace', workspace }));
    case 'workspace':
      return families(node.workspace);
    case 'family': {
      const limit = limits.get(idOf(node)) ?? PAGE_ROWS;
      const rows = node.files
        .slice(0, limit)
        .map((file): LogNode => ({ kind: 'file', workspace: node.workspace, file }));
      return node.files.length > limit ? [...rows, { kind: 'more', family: node, shown: limit }] : rows;
    }
    default:
      return [];
  }
}

/** An unmanaged workspace without a log leaves the view to its welcome text. */
function isWorthARow({ overview }: LogWorkspace): boolean {
  return (
    overview !== undefined &&
    (overview.managed || overview.files.length > 0 || overview.failure !== undefined)
  );
}

function families(workspace: LogWorkspace): LogNode[] {
  const byFamily = new Map<string, OverviewFile[]>();
  for (const file of workspace.overview?.files ?? []) {
    const files = byFamily.get(file.parts.family);
    if (files === undefined) byFamily.set(file.parts.family, [file]);
    else files.push(file);
  }
  const managed: readonly string[] = MANAGED_FAMILIES;
  const rank = (family: string): number =>
    managed.includes(family) ? managed.indexOf(family) : managed.length;
  return [...byFamily]
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
    .map(([family, files]) => ({ kind: 'family', workspace, family, files: files.sort(newestFirst) }));
}

/** The active file, then the newest; a number counts more than a time. */
function newestFirst(a: OverviewFile, b: OverviewFile): number {
  return (
    position(a) - position(b) ||
    numberOf(b) - numberOf(a) ||
    timeOf(b) - timeOf(a) ||
    (a.name < b.name ? 1 : -1)
  );
}

function position({ parts }: OverviewFile): number {
  const order = ['active', 'rotated', 'archive', 'foreign', 'leftover'];
  return order.indexOf(parts.kind);
}

function numberOf({ parts }: OverviewFile): number {
  return parts.kind === 'rotated' ? parts.number : 0;
}

function timeOf({ last, modified }: OverviewFile): number {
  return last ?? modified;
}

function toItem(node: LogNode): vscode.TreeItem {
  const item = rowOf(node);
  item.id = idOf(node);
  item.contextValue = node.kind === 'file' ? `file-${node.file.parts.kind}` : node.kind;
  return item;
}

function rowOf(node: LogNode): vscode.TreeItem {
  const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;
  if (node.kind === 'workspace') return workspaceRow(node.workspace, Expanded);
  if (node.kind === 'family') {
    const managed: readonly string[] = MANAGED_FAMILIES;
    const item = new vscode.TreeItem(node.family, managed.includes(node.family) ? Expanded : Collapsed);
    item.description = sizeOf(node.files);
    item.iconPath = new vscode.ThemeIcon('output');
    return item;
  }
  if (node.kind === 'more') {
    const rest = node.family.files.length - node.shown;
    const item = new vscode.TreeItem(`Show more (${formatCount(rest, 'file')})`, None);
    item.command = { command: commands.showMore, title: 'Show More', arguments: [node] };
    return item;
  }
  const { label, description, tooltip } = labelsOf(node.file, Date.now(), vscode.env.language);
  const item = new vscode.TreeItem(label, None);
  item.description = description;
  item.tooltip = tooltip;
  item.iconPath = new vscode.ThemeIcon(iconOf(node.file));
  if (node.file.parts.kind !== 'leftover') {
    item.command = { command: commands.openLog, title: 'Open Log', arguments: [node] };
  }
  return item;
}

function workspaceRow(
  { folder, overview }: LogWorkspace,
  folding: vscode.TreeItemCollapsibleState,
): vscode.TreeItem {
  const item = new vscode.TreeItem(folder.name, folding);
  const failure = overview?.failure;
  item.iconPath = new vscode.ThemeIcon(failure === undefined ? 'root-folder' : 'warning');
  // The whole sentence begins with a path, which would be all that fits here.
  const trouble =
    failure?.code.startsWith('policy-') === true ? 'the policy needs mending' : 'cannot be read';
  const state = overview?.managed === true ? '' : 'no policy';
  item.description =
    failure === undefined ? [state, sizeOf(overview?.files ?? [])].filter(Boolean).join(' · ') : trouble;
  item.tooltip = failure === undefined ? folder.uri.fsPath : describe(failure);
  return item;
}

function sizeOf(files: readonly OverviewFile[]): string {
  if (files.length === 0) return 'no logs yet';
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${formatCount(files.length, 'file')} · ${formatBytes(bytes)}`;
}

function iconOf({ parts }: OverviewFile): string {
  if (parts.kind === 'active') return 'pulse';
  if (parts.kind === 'leftover') return 'trash';
  return parts.kind === 'archive' || (parts.kind === 'foreign' && parts.compression !== '')
    ? 'file-zip'
    : 'file';
}

/** Stable across refreshes, so that what a person expanded or selected stays so. */
function idOf(node: LogNode): string {
  switch (node.kind) {
    case 'workspace':
      return node.workspace.root;
    case 'family':
      return `${node.workspace.root}\n${node.family}`;
    case 'file':
      return `${node.workspace.root}\n${node.file.parts.family}\n${node.file.name}`;
    case 'more':
      return `${idOf(node.family)}\n\n`;
  }
}
