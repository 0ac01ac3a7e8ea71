import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import { formatBytes, formatNumber, locale } from '../../base/locale.ts';
import type { LogRow, LogRowsPage, RowParent } from '../../view/rows.ts';
import type { LogTarget, LogWorkspace } from '../window/logWorkspace.ts';
import { pickWorkspace } from './pickWorkspace.ts';
import { withoutIcons } from '../window/plainText.ts';
import { archiveCount } from '../tree/rowLabels.ts';
import { offer } from '../window/tell.ts';
import type { Workspaces } from '../window/workspaces.ts';
import { Failure, isFailure } from '../../base/failure.ts';

/** How many rows are offered at a time. */
const SHOWN = 1000;

type Choice = vscode.QuickPickItem & { readonly row: LogRow | undefined };

/**
 * Asks for a session archive in the order of the view: the workspace folder, if there are several, then user, chat and
 * message. @returns an empty list where the person cancels
 */
export async function pickArchive(
  app: App,
  workspaces: Workspaces,
  title: string,
): Promise<readonly LogTarget[]> {
  const workspace = await pickWorkspace(undefined, workspaces);
  if (workspace === undefined) return [];
  let parent: RowParent = { kind: 'group', group: 'sessions' };
  for (;;) {
    const row = await pickRow(app, workspace, parent, title);
    if (row?.kind === 'archive') return [{ workspace, file: row.file }];
    if (row?.kind === 'folder') parent = { kind: 'folder', path: row.path };
    else if (row?.kind === 'message') parent = { kind: 'message', message: row.message };
    else return [];
  }
}

async function pickRow(
  app: App,
  { root, folder }: LogWorkspace,
  parent: RowParent,
  title: string,
): Promise<LogRow | undefined> {
  for (let count = SHOWN; ; count += SHOWN) {
    const page: LogRowsPage = await app.run('logRows', { root, parent, from: 0, count });
    if (page.total === 0) {
      void offer('info', vscode.l10n.t('{0} has no session archives.', folder.name));
      return undefined;
    }
    const rest = page.total - page.rows.length;
    const choices: Choice[] = page.rows.map(toChoice);
    if (rest > 0)
      choices.push({ label: vscode.l10n.t('Show More ({0})', formatNumber(rest)), row: undefined });
    const options = { title, matchOnDescription: true };
    const chosen = await vscode.window.showQuickPick(choices, options);
    if (chosen === undefined || chosen.row !== undefined) return chosen?.row;
  }
}

function toChoice(row: LogRow): Choice {
  if (row.kind === 'archive') {
    const { name, bytes, last, modified } = row.file;
    const time = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' });
    return choice(row, name, [formatBytes(bytes), time.format(last ?? modified)].join(' · '));
  }
  if (row.kind === 'folder') return choice(row, row.name, archiveCount(row.totals.files));
  if (row.kind === 'message') return choice(row, row.message.message, archiveCount(row.totals.files));
  return choice(row, '', '');
}

function choice(row: LogRow, name: string, description: string): Choice {
  return { label: withoutIcons(printable(name)), description, row };
}

/**
 * Reads a log. If it is a zip of several files, asks for one of them and reads that.
 * @throws Failure `cancelled` where the person chooses none, and those of `read`
 */
export async function pickMember<T>(read: (member?: string) => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isFailure(error, 'member-needed') || error.data.members.length === 0) throw error;
    const { name, members } = error.data;
    const items = members.map((member) => ({ label: withoutIcons(printable(member)), member }));
    const title = vscode.l10n.t('Which file of {0}?', printable(name));
    const chosen = await vscode.window.showQuickPick(items, { title });
    if (chosen === undefined) throw new Failure('cancelled', {});
    return read(chosen.member);
  }
}
