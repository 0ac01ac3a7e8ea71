import * as vscode from 'vscode';
import type { LogGroup, LogRowFile } from '../model/logRows.ts';
import { commands } from './ids.ts';
import { labelsOf } from './labels.ts';
import type { BelowNode, FileNode, LogNode, MoreNode, PendingNode } from './logNode.ts';
import { labelOfMore, labelsOfBelow, labelsOfPending, labelsOfWorkspace } from './rowLabels.ts';
import type { Labels } from './rowLabels.ts';
import { isManaged } from './logWorkspace.ts';
import type { LogWorkspace } from './logWorkspace.ts';

const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;

/** How a row looks and what it offers; the menus of package.json go by its `contextValue`. */
export function toTreeItem(node: LogNode): vscode.TreeItem {
  switch (node.kind) {
    case 'workspace':
      return workspaceItem(node.workspace);
    case 'pending':
      return pendingItem(node);
    case 'file':
      return fileItem(node);
    case 'more':
      return moreItem(node);
    default:
      return belowItem(node);
  }
}

export function workspaceItem({ folder, overview }: LogWorkspace): vscode.TreeItem {
  const item = itemOf(labelsOfWorkspace(folder.name, folder.uri.fsPath, overview), Expanded);
  item.iconPath = new vscode.ThemeIcon(overview?.failure === undefined ? 'root-folder' : 'warning');
  const policy = overview?.managed === true ? `managed ${overview.held ? 'held' : 'unheld'}` : 'unmanaged';
  item.contextValue = `workspace ${policy}`;
  return item;
}

function pendingItem(node: PendingNode): vscode.TreeItem {
  const item = itemOf(labelsOfPending(node.keys), None);
  item.iconPath = new vscode.ThemeIcon('warning');
  item.contextValue = 'pending';
  item.command = { command: commands.reviewPlan, title: vscode.l10n.t('Review Plan'), arguments: [node] };
  return item;
}

const groupIcons: Readonly<Record<LogGroup, string>> = { api: 'output', audit: 'shield', other: 'files' };

function belowItem({ kind, row }: BelowNode): vscode.TreeItem {
  const isOpenAtFirst = row.kind === 'group' && row.group === 'api';
  const item = itemOf(labelsOfBelow(row), isOpenAtFirst ? Expanded : Collapsed);
  const icon = row.kind === 'group' ? groupIcons[row.group] : row.kind === 'month' ? 'calendar' : 'output';
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = row.kind === 'group' ? `group ${row.group}` : kind;
  return item;
}

function itemOf(labels: Labels, folding: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const { label, description, tooltip } = labels;
  const item = new vscode.TreeItem(label, folding);
  item.description = description;
  item.tooltip = tooltip;
  // Without it the tooltip is read out.
  item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') };
  return item;
}

/** Rows by their files' data: when one of a thousand changes, VS Code asks for all of them. */
const fileItems = new WeakMap<LogRowFile, vscode.TreeItem>();

function fileItem(node: FileNode): vscode.TreeItem {
  const item = fileItems.get(node.file) ?? newFileItem(node);
  fileItems.set(node.file, item);
  const policy = isManaged(node.workspace) ? 'managed' : 'unmanaged';
  item.contextValue = `file ${policy} ${node.file.parts.kind}`;
  return item;
}

/** The tooltip follows when somebody points at the row. */
function newFileItem(node: FileNode): vscode.TreeItem {
  const { file } = node;
  const { label, description, spoken } = labelsOf(file, Date.now());
  const item = new vscode.TreeItem(label, None);
  item.description = description;
  item.accessibilityInformation = { label: spoken };
  item.iconPath = new vscode.ThemeIcon(iconOf(node));
  if (file.parts.kind !== 'leftover') {
    item.command = { command: commands.openLog, title: vscode.l10n.t('Open Log'), arguments: [node] };
  }
  return item;
}

function iconOf({ file: { parts } }: FileNode): string {
  if (parts.kind === 'active') return 'pulse';
  if (parts.kind === 'leftover') return 'trash';
  return parts.kind === 'archive' || (parts.kind === 'foreign' && parts.compression !== '')
    ? 'file-zip'
    : 'file';
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const { parent, rest } = node;
  const isOfLogs = parent.kind === 'group' && parent.row.kind === 'group' && parent.row.group === 'other';
  const item = new vscode.TreeItem(labelOfMore(rest, isOfLogs), None);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = { command: commands.showMore, title: vscode.l10n.t('Show More'), arguments: [node] };
  return item;
}
