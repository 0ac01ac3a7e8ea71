import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import { formatList, formatNumber, plural } from '../../base/locale.ts';
import { compressionOf, plainNameOf, type LogFile } from '../../files/logFile.ts';
import type { LogTarget } from '../window/logWorkspace.ts';
import { withoutIcons } from '../window/plainText.ts';
import { offer } from '../window/tell.ts';

/** A log and the path of its copy. */
export interface Copy extends LogTarget {
  readonly path: string;
  readonly replaces: LogFile | undefined;
}

/** The key under which the last chosen folder is remembered. */
const LAST_FOLDER = 'downloadFolder';

/** Asks whether to unzip compressed logs. @returns undefined where the person cancels */
export async function askForm(targets: readonly LogTarget[]): Promise<boolean | undefined> {
  const files = targets.map(({ file }) => file);
  // *Decrypt To…* saves the files of a session archive.
  if (files.some(({ folder }) => folder !== undefined)) return false;
  const compressed = files.filter(({ parts }) => compressionOf(parts) !== '');
  const [first] = compressed;
  if (first === undefined) return false;
  const isOne = files.length === 1;
  const items = [
    {
      label: vscode.l10n.t('As It Is'),
      description: isOne
        ? withoutIcons(printable(first.name))
        : vscode.l10n.t('compressed logs stay compressed'),
      unzipped: false,
    },
    {
      label: vscode.l10n.t('Unzipped'),
      description: isOne
        ? withoutIcons(printable(plainNameOf(first)))
        : vscode.l10n.t('compressed logs become plain text'),
      unzipped: true,
    },
  ];
  const title = vscode.l10n.t('Download Log');
  return (await vscode.window.showQuickPick(items, { title }))?.unzipped;
}

/**
 * Asks where to save the copies, and whether to replace existing files. @returns an empty list where the person cancels
 */
export async function askPlace(
  targets: readonly LogTarget[],
  names: readonly string[],
  title: string,
  app: App,
  memory: vscode.Memento,
): Promise<Copy[]> {
  const folder = memory.get(LAST_FOLDER, homedir());
  const [target] = targets;
  const [name] = names;
  if (target === undefined || name === undefined) return [];
  if (targets.length === 1) {
    const uri = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.file(join(folder, name)),
      title,
      saveLabel: vscode.l10n.t('Save Copy'),
    });
    if (!isOnDisk(uri)) return [];
    await memory.update(LAST_FOLDER, dirname(uri.fsPath));
    const [replaces] = await app.run('filesAt', { paths: [uri.fsPath] });
    return [{ ...target, path: uri.fsPath, replaces }];
  }
  const [uri] =
    (await vscode.window.showOpenDialog({
      defaultUri: vscode.Uri.file(folder),
      canSelectFiles: false,
      canSelectFolders: true,
      title,
      openLabel: vscode.l10n.t('Save Copies Here'),
    })) ?? [];
  if (!isOnDisk(uri)) return [];
  await memory.update(LAST_FOLDER, uri.fsPath);
  const paths = names.map((each) => join(uri.fsPath, each));
  const there = await app.run('filesAt', { paths });
  const copies = targets.map((each, index) => ({
    ...each,
    path: paths[index] ?? '',
    replaces: there[index],
  }));
  return askReplacing(copies);
}

/** Refuses a place that is not on the disk of the machine that holds the logs; the dialog offers such places, too. */
function isOnDisk(uri: vscode.Uri | undefined): uri is vscode.Uri {
  if (uri === undefined || uri.scheme === 'file') return uri !== undefined;
  void offer(
    'warning',
    vscode.l10n.t('Copies are saved on the machine that holds the logs: choose a folder there.'),
  );
  return false;
}

async function askReplacing(copies: Copy[]): Promise<Copy[]> {
  const replacing = copies.filter(({ replaces }) => replaces !== undefined);
  if (replacing.length === 0) return copies;
  const names = replacing.map(({ path }) => printable(basename(path)));
  const replace = vscode.l10n.t('Replace');
  const skip = vscode.l10n.t('Keep Them');
  const answer = await vscode.window.showWarningMessage(
    plural(names.length, {
      one: vscode.l10n.t('There is a file of this name already. Replace it?'),
      other: vscode.l10n.t(
        'There are {0} files of these names already. Replace them?',
        formatNumber(names.length),
      ),
    }),
    { modal: true, detail: formatList(names) },
    replace,
    skip,
  );
  if (answer === replace) return copies;
  return answer === skip ? copies.filter(({ replaces }) => replaces === undefined) : [];
}
