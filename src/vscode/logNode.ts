import type { LogRow, LogRowFile, RowParent } from '../model/logRows.ts';
import type { LogWorkspace } from './logWorkspace.ts';

/**
 * A row of the *Workspace Logs* view. There is one object for each row as long as the row is there; when something
 * changes, the object is given the new data, so that commands started from an older row see it.
 */
export type LogNode = WorkspaceNode | PendingNode | BelowNode | FileNode | MoreNode;

export interface WorkspaceNode {
  readonly kind: 'workspace';
  readonly workspace: LogWorkspace;
}

/** Says that the policy waits to be accepted, and for which of its keys. */
export interface PendingNode {
  readonly kind: 'pending';
  readonly workspace: LogWorkspace;
  readonly keys: readonly string[];
}

/** A group, a family or a month. */
export interface BelowNode {
  readonly kind: 'group' | 'family' | 'month';
  readonly workspace: LogWorkspace;
  readonly row: Exclude<LogRow, { kind: 'file' }>;
}

export interface FileNode {
  readonly kind: 'file';
  readonly workspace: LogWorkspace;
  readonly file: LogRowFile;
}

/** *Show more*: `rest` rows of the parent are not shown yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly workspace: LogWorkspace;
  readonly parent: ParentNode;
  readonly rest: number;
}

export type ParentNode = WorkspaceNode | BelowNode;

export function isParent(node: LogNode): node is ParentNode {
  return node.kind !== 'pending' && node.kind !== 'file' && node.kind !== 'more';
}

/** What the worker calls the parent of rows. */
export function rowParentOf(node: ParentNode): RowParent {
  if (node.kind === 'workspace') return { kind: 'workspace' };
  const { row } = node;
  if (row.kind === 'group') return { kind: row.kind, group: row.group };
  return row.kind === 'family'
    ? { kind: row.kind, family: row.family }
    : { kind: row.kind, month: row.month };
}

/** What tells a row from its neighbours. */
export function keyOf(node: LogNode): string {
  switch (node.kind) {
    case 'workspace':
      return node.workspace.root;
    case 'pending':
    case 'more':
      return node.kind;
    case 'file':
      return `file:${node.file.name}`;
    default:
      return keyOfBelow(node.row);
  }
}

function keyOfBelow(row: BelowNode['row']): string {
  if (row.kind === 'group') return `group:${row.group}`;
  return row.kind === 'family' ? `family:${row.family}` : `month:${row.month.month}`;
}
