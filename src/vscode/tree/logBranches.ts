import type { LogRow, LogRowsPage, RowParent } from '../../view/rows.ts';
import { rowParentOf, type ArchiveNode, type LogNode, type MoreNode, type ParentNode } from './logNode.ts';
import { reconcileRows } from './reconcileRows.ts';

/** Rows are asked for and shown so many at a time. */
export const PAGE_ROWS = 1000;

/** Asks the worker for a page of rows. */
export type AskRows = (root: string, parent: RowParent, from: number, count: number) => Promise<LogRowsPage>;

/** The rows that were shown so far, each below its parent. */
export interface LogBranches {
  /** The rows below a row, asked for the first time. A failure is told, and there are none. */
  readonly childrenOf: (parent: ParentNode) => Promise<readonly LogNode[]>;
  readonly parentOf: (node: LogNode) => ParentNode | undefined;
  /** Adds a page to the rows of a parent. @returns the first of the new ones */
  readonly showMore: (node: MoreNode) => Promise<LogNode | undefined>;
  /** Asks again for all rows that were shown. @returns those to be shown anew, a parent for all that is below it */
  readonly refresh: () => Promise<LogNode[]>;
  /** All archives among the rows. */
  readonly archives: () => ArchiveNode[];
  /** Forgets what is below a row that is no more. */
  readonly forget: (parent: LogNode) => void;
}

interface Branch {
  readonly parent: ParentNode;
  /** How many rows are wanted. */
  wanted: number;
  rows: readonly LogNode[];
  /** Of an archive: the file that its rows were read from. */
  source?: string;
  /** Settles when the last update is done: they follow one another. */
  updated: Promise<unknown>;
}

/** @param onError is told why the rows below a parent could not be had */
export function logBranches(
  ask: AskRows,
  onError: (error: unknown, parent: ParentNode) => void,
): LogBranches {
  const branches = new Map<LogNode, Branch>();
  const parents = new WeakMap<LogNode, ParentNode>();

  async function update(branch: Branch): Promise<LogNode[]> {
    const { parent } = branch;
    // An archive is opened once, not after each change of anything.
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
        // What cannot be opened is tried again when somebody unfolds it again, not after each change of anything.
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
    // Page by page: a large message would hold up the editor.
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
      return { ...row, workspace };
    case 'archive':
      return { ...row, workspace, message: row.message };
    default:
      return { kind: row.kind, workspace, row };
  }
}
