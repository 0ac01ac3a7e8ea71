import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { formatBytes } from '../../base/locale.ts';
import {
  formatFileName,
  MANAGED_FAMILIES,
  parseManagedName,
  type ManagedFamily,
} from '../../files/fileName.ts';
import type { Output } from '../window/output.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { offer } from '../window/tell.ts';
import { isManaged, type LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** Rotates an active log of any size. */
export async function rotateNow(
  target: CommandTarget,
  app: App,
  workspaces: Workspaces,
  output: Output,
): Promise<void> {
  const workspace = await pickWorkspace(target, workspaces, isManaged);
  if (workspace === undefined) return;
  const family = familyOf(target) ?? (await pickFamily(workspace, app));
  if (family === undefined) return;
  const { root } = workspace;
  const { name, to, bytes } = await app.run('rotateNow', { root, family }, { onReport: output.report });
  await workspaces.refresh();
  void offer(
    'info',
    vscode.l10n.t('{0} is {1} now ({2}). Recording goes on in a new {0}.', name, to, formatBytes(bytes)),
  );
}

/** The family whose active log, or whose group, was clicked. */
function familyOf(target: CommandTarget): ManagedFamily | undefined {
  if (target === undefined) return undefined;
  if (target instanceof vscode.Uri) return activeFamilyOf(basename(target.fsPath));
  if (target.kind === 'file') return activeFamilyOf(target.file.name);
  if (target.kind !== 'group' || target.row.kind !== 'group') return undefined;
  const { group } = target.row;
  return MANAGED_FAMILIES.find((family) => family === group);
}

function activeFamilyOf(name: string): ManagedFamily | undefined {
  const parts = parseManagedName(name);
  return parts?.kind === 'active' ? parts.family : undefined;
}

/** Asks only where there are several active logs. */
async function pickFamily({ root }: LogWorkspace, app: App): Promise<ManagedFamily | undefined> {
  const names = MANAGED_FAMILIES.map((family) => formatFileName({ kind: 'active', family }));
  const files = await app.run('findLogs', { root, names });
  const items = files.flatMap(({ name, parts, bytes }) =>
    parts.kind === 'active' && bytes > 0
      ? [{ label: name, description: formatBytes(bytes), family: parts.family }]
      : [],
  );
  // If there is no active log, the worker reports that for the first family.
  if (items.length <= 1) return items[0]?.family ?? MANAGED_FAMILIES[0];
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Rotate Now') }))?.family;
}
