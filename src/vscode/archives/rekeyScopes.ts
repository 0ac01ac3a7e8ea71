import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import type { RekeyScope } from '../../sessions/rekeySessions.ts';
import { rowParentOf, type BelowNode, type WorkspaceNode } from '../tree/logNode.ts';
import { placeOf, isManaged, type ArchivePlace } from '../window/logWorkspace.ts';
import { targetsOf } from '../targets/logTargets.ts';
import type { LogNode, LogTree } from '../tree/logTree.ts';
import { pickWorkspace } from '../targets/pickWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

export type Item = LogNode | vscode.Uri;

interface Sources {
  readonly app: App;
  readonly workspaces: Workspaces;
  readonly tree: Pick<LogTree, 'selectedLogs'>;
}

/**
 * The chosen archives of each workspace: from rows of the view or files of the explorer, and from the palette all
 * archives of a workspace. @returns an empty list where the person cancels
 * @throws Failure as `targetsOf`
 */
export async function rekeyScopes(
  clicked: Item | undefined,
  selected: readonly Item[] | undefined,
  sources: Sources,
): Promise<readonly RekeyScope[]> {
  if (clicked == null) {
    const workspace = await pickWorkspace(undefined, sources.workspaces, isManaged);
    return workspace === undefined ? [] : [{ root: workspace.root }];
  }
  const items = selected ?? [clicked];
  const parents = items.filter(isAboveArchives);
  const places = [
    ...(await placesOf(
      items.filter((item) => !isAboveArchives(item)),
      sources,
    )),
    ...(await Promise.all(parents.map((node) => archivesOfMessage(node, sources.app)))).flat(),
  ];
  const roots = new Set([
    ...parents.map(({ workspace }) => workspace.root),
    ...places.map(({ root }) => root),
  ]);
  return [...roots].map((root) => {
    const its = parents.filter(({ workspace }) => workspace.root === root);
    const isWhole = its.some((node) => node.kind === 'workspace' || node.row.kind === 'group');
    if (isWhole) return { root };
    const folders = its.flatMap((node) =>
      node.kind !== 'workspace' && node.row.kind === 'folder' ? [node.row.path] : [],
    );
    return { root, folders, files: places.filter((place) => place.root === root) };
  });
}

function isAboveArchives(item: Item): item is WorkspaceNode | BelowNode {
  if (item instanceof vscode.Uri || !('row' in item)) return 'kind' in item && item.kind === 'workspace';
  const { row } = item;
  return (
    row.kind === 'folder' || row.kind === 'message' || (row.kind === 'group' && row.group === 'sessions')
  );
}

async function placesOf(items: readonly Item[], sources: Sources): Promise<readonly ArchivePlace[]> {
  const [first] = items;
  if (first === undefined) return [];
  const question = { title: vscode.l10n.t('Change Password of Archives'), inside: true };
  return (await targetsOf([first, items], sources, question)).map(placeOf);
}

/** More archives than one message has in practice. */
const MOST = 10_000;

async function archivesOfMessage(node: WorkspaceNode | BelowNode, app: App): Promise<ArchivePlace[]> {
  if (node.kind !== 'message') return [];
  const { workspace } = node;
  const { root } = workspace;
  const { rows } = await app.run('logRows', { root, parent: rowParentOf(node), from: 0, count: MOST });
  return rows.flatMap((row) => (row.kind === 'archive' ? [placeOf({ workspace, file: row.file })] : []));
}
