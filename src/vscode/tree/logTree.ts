import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { fromUnknown } from '../../base/failure.ts';
import { tooltipOfArchive } from './archiveLabels.ts';
import { archiveLocks } from './archiveLocks.ts';
import { commands, VIEW } from '../window/ids.ts';
import { tooltipOf } from './fileLabels.ts';
import { logBranches } from './logBranches.ts';
import { isParent, keyOf, type LogNode, type WorkspaceNode } from './logNode.ts';
import { toTreeItem, workspaceItem } from './logTreeItem.ts';
import type { Output } from '../window/output.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import { telling } from '../window/tell.ts';
import type { Workspaces } from '../window/workspaces.ts';

export type { LogNode } from './logNode.ts';

export interface LogTree extends Disposable {
  /** The selected rows, for commands that were started by a key. */
  readonly selectedLogs: () => readonly LogNode[];
  /** To be called when the known passwords have changed: tries all archives again. */
  readonly passwordsChanged: () => void;
}

/**
 * The view *Workspace Logs*: workspace → group → family → month → file, and for session archives group → user → chat →
 * message → archive → member. The worker decides the rows. After a change on disk only the rows that look different are
 * shown again, so that a person's selection and expanded rows stay.
 * @param useRemembered makes the remembered passwords known, for the locks of archives
 */
export function registerLogTree(
  app: App,
  workspaces: Workspaces,
  output: Output,
  memory: vscode.Memento,
  useRemembered: () => Promise<unknown>,
): LogTree {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<LogNode[] | undefined>());
  const branches = logBranches(
    (root, parent, from, count) => app.run('logRows', { root, parent, from, count }),
    (error, parent) => {
      if (parent.kind === 'archive') void telling(output, () => Promise.reject(fromUnknown(error)));
      else output.error(error);
    },
  );
  const locks = archiveLocks(app, branches.archives, (nodes) => {
    changed.fire(nodes);
  });
  let roots: readonly WorkspaceNode[] = [];
  /** How each root looked when it was last shown. */
  let looks = new Map<WorkspaceNode, string>();

  const idOf = (node: LogNode): string => {
    const parent = branches.parentOf(node);
    // A file name has no slash, so `//` cannot occur in a key.
    return parent === undefined ? keyOf(node) : `${idOf(parent)}//${keyOf(node)}`;
  };

  const inTurn = batches();
  const view = vscode.window.createTreeView<LogNode>(VIEW, {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (node) => inTurn(() => Object.assign(toTreeItem(node), { id: idOf(node) })),
      resolveTreeItem(item, node) {
        if (node.kind === 'file') item.tooltip = tooltipOf(node.file, Date.now());
        if (node.kind === 'archive') item.tooltip = tooltipOfArchive(node);
        return item;
      },
      getParent: branches.parentOf,
      async getChildren(node) {
        if (node === undefined) return [...roots];
        if (!isParent(node)) return [];
        const rows = await branches.childrenOf(node);
        tryLocks(false);
        return [...rows];
      },
    },
  });
  store.add(view);
  // A click on a row with a command does not expand it, so an archive is expanded when it is selected.
  store.add(
    view.onDidChangeSelection(({ selection: [first, ...others] }) => {
      if (first?.kind !== 'archive' || others.length > 0) return;
      view.reveal(first, { select: false, focus: false, expand: true }).then(undefined, output.error);
    }),
  );

  let areArchivesShown = false;

  function tryLocks(isAnew: boolean): void {
    if (!areArchivesShown && branches.archives().length > 0) {
      areArchivesShown = true;
      useRemembered().catch(output.error);
    }
    locks.tryThem(isAnew).catch(output.error);
  }

  async function refresh(): Promise<void> {
    const before = roots;
    const all = workspaces.all().filter(isWorthARow);
    roots = all.map((workspace) => before.find((node) => node.workspace === workspace) ?? toRoot(workspace));
    for (const node of before) if (!roots.includes(node)) branches.forget(node);
    const known = looks;
    looks = new Map(roots.map((node) => [node, JSON.stringify(workspaceItem(node.workspace))]));
    const rows = await branches.refresh();
    const areSame = roots.length === before.length && roots.every((node, index) => node === before[index]);
    const lookNew = roots.filter((node) => known.get(node) !== looks.get(node));
    if (!areSame) changed.fire(undefined);
    else if (lookNew.length + rows.length > 0) changed.fire([...lookNew, ...rows]);
    tryLocks(false);
    void showOnce(view, roots, memory);
  }

  let refreshing = Promise.resolve();
  store.add(
    workspaces.onDidChange(() => {
      refreshing = refreshing.then(refresh).catch(output.error);
    }),
  );
  store.add(
    vscode.commands.registerCommand(commands.showMore, async (node?: LogNode) => {
      if (node?.kind !== 'more') return;
      const first = await branches.showMore(node);
      changed.fire([node.parent]);
      tryLocks(false);
      if (first !== undefined) await view.reveal(first, { select: false, focus: true });
    }),
  );
  return {
    selectedLogs: () => view.selection,
    passwordsChanged() {
      tryLocks(true);
    },
    dispose() {
      store.dispose();
    },
  };
}

const ROWS_AT_ONCE = 100;

/** VS Code requests a thousand rows at once: after each hundred, other work gets its turn. */
function batches(): <T>(make: () => T) => Promise<T> {
  let turn = Promise.resolve();
  let count = 0;
  return async (make) => {
    count += 1;
    if (count % ROWS_AT_ONCE === 0) turn = turn.then(() => setImmediate());
    await turn;
    return make();
  };
}

function toRoot(workspace: LogWorkspace): WorkspaceNode {
  return { kind: 'workspace', workspace };
}

/** False for an unmanaged workspace without a log or an archive: the view then shows its welcome text. */
function isWorthARow({ overview }: LogWorkspace): boolean {
  return (
    overview !== undefined &&
    (overview.managed ||
      overview.totals.files > 0 ||
      overview.sessions.files > 0 ||
      overview.failure !== undefined)
  );
}

const SHOWN = 'viewShown';

/**
 * VS Code starts views in the explorer collapsed. This expands ours the first time that a workspace has something to
 * show.
 */
async function showOnce(
  view: vscode.TreeView<LogNode>,
  [first]: readonly WorkspaceNode[],
  memory: vscode.Memento,
): Promise<void> {
  if (first === undefined || memory.get(SHOWN) === true) return;
  try {
    await view.reveal(first, { select: false, focus: false, expand: true });
    await memory.update(SHOWN, true);
  } catch {
    // The rows changed at that moment; the next look tries again.
  }
}
