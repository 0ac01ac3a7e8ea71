import type { LogRow, LogRowsPage, RowParent } from '../../view/rows.ts';
import { rowParentOf, type ArchiveNode, type LogNode, type MoreNode, type ParentNode } from './logNode.ts';
import { reconcileRows } from './reconcileRows.ts';

/** How many rows are requested and shown at a time. */
export const PAGE_ROWS = 1000;

/** Asks the worker for a page of rows. */
export type AskRows = (root: string, parent: RowParent, from: number, count: number) => Promise<LogRowsPage>;

/** The rows that were shown so far, by parent. */
export interface LogBranches {
  /** The rows below a row, requested once. A failure is reported to `onError`, and the list is empty. */
  readonly childrenOf: (parent: ParentNode) => Promise<readonly LogNode[]>;
  readonly parentOf: (node: LogNode) => ParentNode | undefined;
  /** Adds a page to the rows of a parent. @returns the first of the new ones */
  readonly showMore: (node: MoreNode) => Promise<LogNode | undefined>;
  /** Requests all shown rows again. @returns the rows to show again; a parent stands for all rows below it */
  readonly refresh: () => Promise<LogNode[]>;
  /** All archives among the shown rows. */
  readonly archives: () => ArchiveNode[];
  /** Forgets the rows below a row that is gone. */
  readonly forget: (parent: LogNode) => void;
}

interface Branch {
  readonly parent: ParentNode;
  /** How many rows are wanted. */
  wanted: number;
  rows: readonly LogNode[];
  /** For an archive: the file from which its rows were read. */
  source?: string;
  /** Settles when the last update is done; updates run one after the other. */
  updated: Promise<unknown>;
}

/** @param onError is called with the reason when the rows below a parent cannot be read */
export function logBranches(
  ask: AskRows,
  onError: (error: unknown, parent: ParentNode) => void,
): LogBranches {
  const branches = new Map<LogNode, Branch>();
  const parents = new WeakMap<LogNode, ParentNode>();

  async function update(branch: Branch): Promise<LogNode[]> {
    const { parent } = branch;
    // An archive is opened only once, not after each change in the workspace.
    const source = parent.kind === 'archive' ? JSON.stringify([parent.file, branch.wanted]) : undefined;
    if (source !== undefined && source === branch.source) return [];
    const now = await rowsNow(branch);
    if (branches.get(parent) !== branch) return [];
    const { rows, areSame, changed, gone } = reconcileRows(branch.rows, now);
    for (const node of gone) forget(node);
    for (const node of rows) parents.set(node, parent);
    branch.rows = rows;
    if (source !== undefined) branch.source = source;
    return areSame ? [...changed] : [parent];
  }

  function inTurn(branch: Branch): Promise<LogNode[]> {
    const updated = branch.updated
      .then(() => update(branch))
      .catch((error: unknown) => {
        onError(error, branch.parent);
        // An archive that cannot be opened is retried when a person expands it again, not after each change.
        if (branch.parent.kind === 'archive') branches.delete(branch.parent);
        return [];
      });
    branch.updated = updated;
    return updated;
  }

  async function rowsNow({ parent, wanted }: Branch): Promise<LogNode[]> {
    const { workspace } = parent;
    const nodes: LogNode[] = [];
    const acceptance = workspace.overview?.acceptance;
    if (parent.kind === 'workspace' && acceptance?.kind === 'pending')
      nodes.push({ kind: 'pending', workspace, keys: acceptance.keys });
    let total = Number.POSITIVE_INFINITY;
    // Requested page by page: one large answer would block the editor.
    for (let from = 0; from < Math.min(wanted, total); from += PAGE_ROWS) {
      const page = await ask(workspace.root, rowParentOf(parent), from, PAGE_ROWS);
      total = page.total;
      nodes.push(...page.rows.map((row) => toNode(parent, row)));
    }
    if (total > wanted) nodes.push({ kind: 'more', workspace, parent, rest: total - wanted });
    return nodes;
  }

  function forget(node: LogNode): void {
    const branch = branches.get(node);
    branches.delete(node);
    for (const child of branch?.rows ?? []) forget(child);
  }

  return {
    async childrenOf(parent) {
      let branch = branches.get(parent);
      if (branch === undefined) {
        branch = { parent, wanted: PAGE_ROWS, rows: [], updated: Promise.resolve() };
        branches.set(parent, branch);
        void inTurn(branch);
      }
      await branch.updated;
      return branch.rows;
    },
    parentOf: (node) => parents.get(node),
    async showMore({ parent }) {
      const branch = branches.get(parent);
      if (branch === undefined) return undefined;
      const shown = branch.rows.length - 1;
      branch.wanted += PAGE_ROWS;
      await inTurn(branch);
      return branch.rows[shown];
    },
    async refresh() {
      const changed: LogNode[] = [];
      for (const branch of [...branches.values()]) changed.push(...(await inTurn(branch)));
      return changed;
    },
    archives: () =>
      [...branches.values()].flatMap(({ rows }) => rows.filter((node) => node.kind === 'archive')),
    forget,
  };
}

function toNode({ workspace }: ParentNode, row: LogRow): LogNode {
  switch (row.kind) {
    case 'file':
    case 'member':
    case 'store':
      return { ...row, workspace };
    case 'archive':
      return { ...row, workspace, message: row.message };
    default:
      return { kind: row.kind, workspace, row };
  }
}
