import { pathInWorkspace, type LogFile } from '../../files/logFile.ts';
import type { ArchiveMember, LockState } from '../../sessions/archiveMember.ts';
import type { BelowRow, LogRowFile, RowParent } from '../../view/rows.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';

/**
 * A row of the *Workspace Logs* view. There is one object for each row as long as the row is there; when something
 * changes, the object is given the new data, so that commands started from an older row see it.
 */
export type LogNode =
  WorkspaceNode | PendingNode | BelowNode | ArchiveNode | MemberNode | FileNode | StoreNode | MoreNode;

export interface WorkspaceNode {
  readonly kind: 'workspace';
  readonly workspace: LogWorkspace;
}

/** Shows that the policy waits for acceptance, and which of its keys need it. */
export interface PendingNode {
  readonly kind: 'pending';
  readonly workspace: LogWorkspace;
  readonly keys: readonly string[];
}

/** A group, a family, a month; a folder of session archives, or a message that has several. */
export interface BelowNode {
  readonly kind: BelowRow['kind'];
  readonly workspace: LogWorkspace;
  readonly row: BelowRow;
}

/** A session archive; its members are below it. */
export interface ArchiveNode {
  readonly kind: 'archive';
  readonly workspace: LogWorkspace;
  readonly file: LogRowFile;
  readonly lock: LockState;
  /** Id of the message row above it, if there is one. */
  readonly message: string | undefined;
}

/** A file inside an archive. */
export interface MemberNode {
  readonly kind: 'member';
  readonly workspace: LogWorkspace;
  readonly archive: LogFile;
  readonly member: ArchiveMember;
}

export interface FileNode {
  readonly kind: 'file';
  readonly workspace: LogWorkspace;
  readonly file: LogRowFile;
}

/** A file of the audit trail's store. No command works on it. */
export interface StoreNode {
  readonly kind: 'store';
  readonly workspace: LogWorkspace;
  readonly name: string;
  readonly bytes: number;
}

/** *Show more*: `rest` rows of the parent are not shown yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly workspace: LogWorkspace;
  readonly parent: ParentNode;
  readonly rest: number;
}

export type ParentNode = WorkspaceNode | BelowNode | ArchiveNode;

const leaves: ReadonlySet<LogNode['kind']> = new Set(['pending', 'member', 'file', 'store', 'more']);

export function isParent(node: LogNode): node is ParentNode {
  return !leaves.has(node.kind);
}

/** The parent in the form that the worker takes. */
export function rowParentOf(node: ParentNode): RowParent {
  if (node.kind === 'workspace') return { kind: 'workspace' };
  if (node.kind === 'archive') return { kind: 'archive', path: pathInWorkspace(node.file) };
  const { row } = node;
  switch (row.kind) {
    case 'group':
      return { kind: row.kind, group: row.group };
    case 'family':
      return { kind: row.kind, family: row.family };
    case 'month':
      return { kind: row.kind, month: row.month };
    case 'folder':
      return { kind: row.kind, path: row.path };
    case 'message':
      return { kind: row.kind, message: row.message };
  }
}

/** A key that is unique among the rows of one parent. */
export function keyOf(node: LogNode): string {
  switch (node.kind) {
    case 'workspace':
      return node.workspace.root;
    case 'pending':
    case 'more':
      return node.kind;
    case 'file':
    case 'archive':
      return `${node.kind}:${node.file.name}`;
    case 'member':
      return `member:${node.member.name}`;
    case 'store':
      return `store:${node.name}`;
    default:
      return keyOfBelow(node.row);
  }
}

function keyOfBelow(row: BelowNode['row']): string {
  switch (row.kind) {
    case 'group':
      return `group:${row.group}`;
    case 'family':
      return `family:${row.family}`;
    case 'month':
      return `month:${row.month.month}`;
    case 'folder':
      return `folder:${row.name}`;
    case 'message':
      return `message:${row.message.message}`;
  }
}
