import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import { fromUnknown } from '../../base/failure.ts';
import { formatBytes, formatNumber, locale } from '../../base/locale.ts';
import type { LogRowFile } from '../../view/rows.ts';
import type { LogTarget, LogWorkspace } from '../window/logWorkspace.ts';
import { pickWorkspace } from './pickWorkspace.ts';
import { withoutIcons } from '../window/plainText.ts';
import { offer } from '../window/tell.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** How a command from the palette asks for its logs. */
export interface LogQuestion {
  readonly title: string;
  /** Whether several logs may be chosen. */
  readonly many?: boolean;
  /**
   * The command is for the content of archives: it also accepts the rows of an archive's files, and the palette asks
   * for an archive.
   */
  readonly inside?: boolean;
  /** Which workspaces the command is for. */
  readonly applies?: (workspace: LogWorkspace) => boolean;
}

/** How many rows are shown at a time; more would make the list slow. */
const SHOWN = 1000;
const SETTLE_MS = 150;

interface Item extends vscode.QuickPickItem {
  readonly file: LogRowFile;
}

/**
 * Asks for the workspace folder, if there are several, and for its logs. @returns an empty list where the person
 * cancels
 */
export async function pickLogs(
  app: App,
  workspaces: Workspaces,
  question: LogQuestion,
): Promise<readonly LogTarget[]> {
  const { applies = () => true } = question;
  const workspace = await pickWorkspace(
    undefined,
    workspaces,
    (candidate) => candidate.overview?.hasLogs === true && applies(candidate),
  );
  if (workspace === undefined) return [];
  const { total } = await app.run('logFiles', { root: workspace.root, from: 0, count: 0 });
  if (total === 0) {
    void offer(
      'info',
      vscode.l10n.t('{0} has no logs: its logs folder is empty or missing.', workspace.folder.name),
    );
    return [];
  }
  const files = await askForLogs(app, workspace, question, total);
  return files.map((file) => ({ workspace, file }));
}

async function askForLogs(
  app: App,
  { root }: LogWorkspace,
  { title, many = false }: LogQuestion,
  total: number,
): Promise<readonly LogRowFile[]> {
  const pick = vscode.window.createQuickPick<Item>();
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;
  pick.title = title;
  pick.canSelectMany = many;
  pick.matchOnDescription = true;
  pick.placeholder =
    total > SHOWN
      ? vscode.l10n.t(
          'The newest {0} of {1} logs. Type a name to find any other.',
          formatNumber(SHOWN),
          formatNumber(total),
        )
      : vscode.l10n.t('Type a name, or choose');

  async function find(text: string): Promise<void> {
    const turn = (asked += 1);
    pick.busy = true;
    const { files } = await app.run('searchLogs', { root, text, count: SHOWN });
    if (turn !== asked) return;
    const chosen = pick.selectedItems;
    const names = new Set(chosen.map(({ file }) => file.name));
    pick.items = [...chosen, ...toItems(files.filter(({ name }) => !names.has(name)))];
    pick.selectedItems = chosen;
    pick.busy = false;
  }

  return new Promise((resolve, reject) => {
    const look = (text: string): void => {
      void find(text).catch((error: unknown) => {
        reject(fromUnknown(error));
        pick.hide();
      });
    };
    pick.onDidChangeValue((text) => {
      clearTimeout(timer);
      // If all logs are shown, VS Code itself filters them.
      if (total > SHOWN) timer = setTimeout(look, SETTLE_MS, text);
    });
    pick.onDidAccept(() => {
      const chosen = chosenOf(pick);
      // Nothing is checked or highlighted yet, so the list stays open.
      if (chosen.length === 0) return;
      resolve(chosen.map(({ file }) => file));
      pick.hide();
    });
    pick.onDidHide(() => {
      clearTimeout(timer);
      asked += 1;
      resolve([]);
      pick.dispose();
    });
    pick.show();
    look('');
  });
}

/** The checked rows, else the highlighted one, else the only row that the typed text can mean. */
function chosenOf({ selectedItems, activeItems, items, value }: vscode.QuickPick<Item>): readonly Item[] {
  if (selectedItems.length > 0) return selectedItems;
  if (activeItems.length > 0) return activeItems;
  const found = items.filter(({ file }) => printable(file.name).toLowerCase().includes(value.toLowerCase()));
  const named = found.filter(({ file }) => printable(file.name) === value);
  return named.length > 0 ? named : found.length === 1 ? found : [];
}

function toItems(files: readonly LogRowFile[]): Item[] {
  const time = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' });
  return files.map((file) => ({
    label: withoutIcons(printable(file.name)),
    description: [formatBytes(file.bytes), time.format(file.last ?? file.modified)].join(' · '),
    file,
  }));
}
