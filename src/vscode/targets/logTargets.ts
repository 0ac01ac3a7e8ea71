import { basename, dirname, join, posix, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { Failure } from '../../base/failure.ts';
import { LOGS_FOLDER } from '../../files/places.ts';
import type { LogTarget, LogWorkspace } from '../window/logWorkspace.ts';
import type { LogNode, LogTree } from '../tree/logTree.ts';
import { pickArchive } from './pickArchive.ts';
import { pickLogs, type LogQuestion } from './pickLog.ts';
import type { Workspaces } from '../window/workspaces.ts';

/**
 * The arguments that VS Code passes to a command: the clicked row or resource and, if several are selected, all of
 * them. For a key of the view it is the focused row (`args` in package.json), and from the palette nothing.
 */
export type LogCommandInput = readonly [clicked?: Item | KeyArguments, selected?: readonly Item[]];

type Item = LogNode | vscode.Uri;

/**
 * The `args` of package.json, in cases where VS Code did not replace them by the focused row. They are internal to VS
 * Code.
 */
interface KeyArguments {
  readonly $treeViewId: string;
}

interface Sources {
  readonly app: App;
  readonly workspaces: Workspaces;
  readonly tree: Pick<LogTree, 'selectedLogs'>;
}

/**
 * The logs that a command was started on. Asks the person where the arguments name none. @returns an empty list where
 * the person cancels
 * @throws Failure `not-a-log-name`, `file-missing`, `not-a-regular-file` for a resource that is no log
 */
export async function targetsOf(
  [clicked, selected]: LogCommandInput,
  sources: Sources,
  question: LogQuestion,
): Promise<readonly LogTarget[]> {
  const { app, workspaces, tree } = sources;
  const items = clicked == null ? [] : (selected ?? itemsOf(clicked, tree.selectedLogs()));
  if (items.length === 0)
    return question.inside === true
      ? pickArchive(app, workspaces, question.title)
      : pickLogs(app, workspaces, question);
  const uris = items.filter((item) => item instanceof vscode.Uri);
  const members = question.inside === true ? membersOf(items) : [];
  const targets = [...filesOf(items), ...members, ...(await resourcesOf(uris, sources))];
  if (targets.length === 0)
    void vscode.window.showInformationMessage(
      vscode.l10n.t('This row is not a log. Select one or more logs first.'),
    );
  return targets;
}

/** A clicked row that is selected stands for all selected rows, as in the explorer. */
function itemsOf(clicked: Item | KeyArguments, selected: readonly LogNode[]): readonly Item[] {
  if ('$treeViewId' in clicked) return selected;
  return !(clicked instanceof vscode.Uri) && selected.includes(clicked) ? selected : [clicked];
}

/** The current data of the rows: a row gets new data when its file changes. */
function filesOf(items: readonly Item[]): LogTarget[] {
  return items.flatMap((item) =>
    !(item instanceof vscode.Uri) && (item.kind === 'file' || item.kind === 'archive')
      ? [{ workspace: item.workspace, file: item.file }]
      : [],
  );
}

function membersOf(items: readonly Item[]): LogTarget[] {
  return items.flatMap((item) =>
    !(item instanceof vscode.Uri) && item.kind === 'member'
      ? [{ workspace: item.workspace, file: item.archive, member: item.member.name }]
      : [],
  );
}

async function resourcesOf(uris: readonly vscode.Uri[], { app, workspaces }: Sources): Promise<LogTarget[]> {
  const byFolder = Map.groupBy(uris, ({ fsPath }) => dirname(fsPath));
  const targets = [...byFolder].map(async ([path, some]) => {
    const { workspace, folder } = folderOf(path, workspaces);
    const names = some.map(({ fsPath }) => basename(fsPath));
    const files = await app.run('requireLogs', { root: workspace.root, names, folder });
    return files.map((file) => ({ workspace, file }));
  });
  return (await Promise.all(targets)).flat();
}

/** The workspace of a folder. The worker checks whether logs are in it. */
function folderOf(
  path: string,
  workspaces: Workspaces,
): { readonly workspace: LogWorkspace; readonly folder: string | undefined } {
  const logs = workspaces.all().find(({ root }) => join(root, LOGS_FOLDER) === path);
  if (logs !== undefined) return { workspace: logs, folder: undefined };
  const workspace = workspaces.of(path);
  if (workspace === undefined) throw new Failure('not-a-log-name', { name: path });
  return { workspace, folder: relative(workspace.root, path).split(sep).join(posix.sep) };
}
