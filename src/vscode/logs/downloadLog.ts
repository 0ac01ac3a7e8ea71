import * as vscode from 'vscode';
import { printable } from '../../words/failures.ts';
import { formatNumber } from '../../base/locale.ts';
import { copyNames } from '../../files/copyNames.ts';
import { askForm, askPlace } from './askForCopies.ts';
import type { LogTarget } from '../window/logTarget.ts';
import { saveCopies } from './saveCopies.ts';
import type { CopySources } from './saveCopies.ts';
import { isLocal } from '../window/whereItRuns.ts';

/** Saves copies of logs where the person says, as they are or unzipped. */
export async function downloadLogs(
  targets: readonly LogTarget[],
  sources: CopySources,
  memory: vscode.Memento,
): Promise<void> {
  const unzipped = await askForm(targets);
  if (unzipped === undefined) return;
  const names = copyNames(
    targets.map(({ file }) => file),
    { unzipped },
  );
  const copies = await askPlace(targets, names, titleOf(targets), sources.app, memory);
  await saveCopies(copies, unzipped, sources);
}

function titleOf(targets: readonly LogTarget[]): string {
  const [first] = targets;
  if (targets.length === 1 && first !== undefined) {
    const name = printable(first.file.name);
    return isLocal()
      ? vscode.l10n.t('Save a Copy of {0}', name)
      : vscode.l10n.t('Save a Copy of {0} on the Server', name);
  }
  const count = formatNumber(targets.length);
  return isLocal()
    ? vscode.l10n.t('Folder for Copies of {0} Logs', count)
    : vscode.l10n.t('Folder for Copies of {0} Logs on the Server', count);
}
