import { isFailure } from '../../base/failure.ts';
import type { App } from '../../jobs/jobs.ts';
import type { GitCare } from '../../git/keepIgnored.ts';
import {
  describe,
  describeIgnoreChange,
  describeTracked,
  printable,
  untrackCommand,
} from '../../words/failures.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import * as vscode from 'vscode';
import type { Output } from '../window/output.ts';
import { offer, telling } from '../window/tell.ts';

/** Reports what was done about Git, with a button to undo it. */
export function tellAboutGit(
  app: App,
  root: string,
  { added, tracked, failure }: GitCare,
  output: Output,
): void {
  if (added !== undefined) {
    void offer('info', describeIgnoreChange(added), {
      [vscode.l10n.t('Undo')]: () => telling(output, () => undoIgnoreRule(app, root, output)),
    });
  }
  if (failure !== undefined) {
    void offer('warning', vscode.l10n.t('The ignore rule could not be added: {0}', describe(failure)));
  }
  if (tracked.length > 0) {
    void offer('warning', describeTracked(tracked), {
      [vscode.l10n.t('Untrack')]: () => telling(output, () => untrackLogs(app, root, output)),
      [vscode.l10n.t('Copy Command')]: () => vscode.env.clipboard.writeText(untrackCommand(tracked)),
    });
  }
}

/** The Git actions of a message, the palette or *Check Workspace*. Each reports what it did. */

export async function undoIgnoreRule(app: App, root: string, output: Output): Promise<void> {
  await app.run('undoIgnore', { root }, { onReport: output.report });
  void offer(
    'info',
    vscode.l10n.t(
      'The ignore rule is out of .gitignore again, and is not added on this machine any more. Check Workspace can add it again.',
    ),
  );
}

export async function untrackLogs(app: App, root: string, output: Output): Promise<void> {
  const count = await app.run('untrack', { root }, { onReport: output.report });
  const number = formatNumber(count);
  const text =
    count === 0
      ? vscode.l10n.t('Git tracks no log file.')
      : plural(count, {
          one: vscode.l10n.t('{0} log file is not tracked any more; commit that to make it last.', number),
          other: vscode.l10n.t(
            '{0} log files are not tracked any more; commit that to make it last.',
            number,
          ),
        });
  void offer('info', text);
}

/** Where others wrote the hook, the line to add is shown. */
export async function installCommitCheck(app: App, root: string, output: Output): Promise<void> {
  try {
    const { path } = await app.run('installCommitCheck', { root }, { onReport: output.report });
    void offer('info', vscode.l10n.t('The pre-commit check is installed in {0}.', printable(path)));
  } catch (error) {
    if (!isFailure(error, 'hook-foreign')) throw error;
    const { line } = error.data;
    void offer('warning', describe(error), {
      [vscode.l10n.t('Copy Line')]: () => vscode.env.clipboard.writeText(line),
    });
  }
}

export async function removeCommitCheck(app: App, root: string, output: Output): Promise<void> {
  const { path } = await app.run('removeCommitCheck', { root }, { onReport: output.report });
  const text =
    path === undefined
      ? vscode.l10n.t('There is no pre-commit check to remove.')
      : vscode.l10n.t('The pre-commit check is removed from {0}.', printable(path));
  void offer('info', text);
}
