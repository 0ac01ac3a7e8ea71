import * as vscode from 'vscode';
import { formatBytes } from '../../base/locale.ts';
import type { LockState } from '../../sessions/archiveMember.ts';
import type { BelowRow, LogGroup, LogRowFile } from '../../view/rows.ts';
import { commands } from '../window/ids.ts';
import { labelsOfArchive, labelsOfMember } from './archiveLabels.ts';
import { labelsOf } from './fileLabels.ts';
import type {
  ArchiveNode,
  BelowNode,
  FileNode,
  LogNode,
  MemberNode,
  MoreNode,
  ParentNode,
  PendingNode,
  StoreNode,
} from './logNode.ts';
import {
  labelOfMore,
  labelsOfBelow,
  labelsOfPending,
  labelsOfWorkspace,
  moreOf,
  type Labels,
  type MoreOf,
} from './rowLabels.ts';
import { isManaged, type LogWorkspace } from '../window/logWorkspace.ts';

const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;

/** How a row looks and what it offers. The menus in package.json depend on its `contextValue`. */
export function toTreeItem(node: LogNode): vscode.TreeItem {
  switch (node.kind) {
    case 'workspace':
      return workspaceItem(node.workspace);
    case 'pending':
      return pendingItem(node);
    case 'file':
      return fileItem(node);
    case 'archive':
      return archiveItem(node);
    case 'member':
      return memberItem(node);
    case 'store':
      return storeItem(node);
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

const groupIcons: Readonly<Record<LogGroup, string>> = {
  api: 'output',
  audit: 'shield',
  other: 'files',
  sessions: 'archive',
};

function iconOfBelow(row: BelowRow): string {
  switch (row.kind) {
    case 'group':
      return groupIcons[row.group];
    case 'family':
      return 'output';
    case 'month':
      return 'calendar';
    case 'folder':
      return row.level === 1 ? 'account' : row.level === 2 ? 'comment-discussion' : 'folder';
    case 'message':
      return 'comment';
  }
}

function belowItem({ kind, row }: BelowNode): vscode.TreeItem {
  const isOpenAtFirst = row.kind === 'group' && row.group === 'api';
  const item = itemOf(labelsOfBelow(row), isOpenAtFirst ? Expanded : Collapsed);
  item.iconPath = new vscode.ThemeIcon(iconOfBelow(row));
  item.contextValue = row.kind === 'group' ? `group ${row.group}` : kind;
  return item;
}

function itemOf(labels: Labels, folding: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const { label, description, tooltip } = labels;
  const item = new vscode.TreeItem(label, folding);
  item.description = description;
  item.tooltip = tooltip;
  // Without this label a screen reader reads the tooltip.
  item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') };
  return item;
}

/** Caches rows by the data of their files: when one file of a thousand changes, VS Code asks for all rows again. */
const fileItems = new WeakMap<LogRowFile, vscode.TreeItem>();

function fileItem(node: FileNode): vscode.TreeItem {
  const item = fileItems.get(node.file) ?? newFileItem(node);
  fileItems.set(node.file, item);
  const policy = isManaged(node.workspace) ? 'managed' : 'unmanaged';
  item.contextValue = `file ${policy} ${node.file.parts.kind}`;
  return item;
}

/** The tooltip is made only when the pointer rests on the row. */
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

const lockIcons: Readonly<Record<LockState, string>> = {
  unknown: 'lock',
  locked: 'lock',
  open: 'unlock',
  none: 'file-zip',
};

/** The tooltip is made only when the pointer rests on the row. */
function archiveItem(node: ArchiveNode): vscode.TreeItem {
  const { label, description, spoken } = labelsOfArchive(node, Date.now());
  const item = new vscode.TreeItem(label, Collapsed);
  item.description = description;
  item.accessibilityInformation = { label: spoken };
  item.iconPath = new vscode.ThemeIcon(lockIcons[node.lock]);
  item.contextValue = `archive ${isManaged(node.workspace) ? 'managed' : 'unmanaged'} ${node.lock}`;
  item.command = { command: commands.openArchive, title: vscode.l10n.t('Open Archive'), arguments: [node] };
  return item;
}

function memberItem(node: MemberNode): vscode.TreeItem {
  const item = itemOf(labelsOfMember(node.member), None);
  item.iconPath = new vscode.ThemeIcon(node.member.name.endsWith('.json') ? 'json' : 'output');
  item.contextValue = 'member';
  item.command = { command: commands.openArchive, title: vscode.l10n.t('Open Archive'), arguments: [node] };
  return item;
}

function storeItem({ name, bytes }: StoreNode): vscode.TreeItem {
  const size = formatBytes(bytes);
  const tooltip = [name, size, vscode.l10n.t('The audit trail. It is no log, and is not opened.')].join('\n');
  const item = itemOf({ label: name, description: size, tooltip }, None);
  item.iconPath = new vscode.ThemeIcon('database');
  item.contextValue = 'store';
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const { parent, rest } = node;
  const item = new vscode.TreeItem(labelOfMore(rest, whatIsBelow(parent)), None);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = { command: commands.showMore, title: vscode.l10n.t('Show More'), arguments: [node] };
  return item;
}

function whatIsBelow(parent: ParentNode): MoreOf {
  if (parent.kind === 'workspace' || parent.kind === 'archive') return 'files';
  return moreOf(parent.row);
}
