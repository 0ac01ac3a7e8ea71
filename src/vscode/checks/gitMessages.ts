import type { App } from '../../jobs/jobs.ts';
import type { GitCare } from '../../git/keepIgnored.ts';
import { describe, describeTracked, printable, untrackCommand } from '../../words/failures.ts';
import { formatList } from '../../base/locale.ts';
import * as vscode from 'vscode';
import { undoIgnoreRule, untrackLogs } from './gitActions.ts';
import type { Output } from '../window/output.ts';
import { offer, telling } from '../window/tell.ts';

/** Says what was done about Git, with a way back. */
export function tellAboutGit(
  app: App,
  root: string,
  { added, tracked, failure }: GitCare,
  output: Output,
): void {
  if (added !== undefined) {
    void offer(
      'info',
      vscode.l10n.t('{0} was added to .gitignore.', formatList(added.lines.map(printable))),
      {
        [vscode.l10n.t('Undo')]: () => telling(output, () => undoIgnoreRule(app, root, output)),
      },
    );
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
