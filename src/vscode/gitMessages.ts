import type { App } from '../app/jobs.ts';
import type { GitCare } from '../app/gitCare.ts';
import { describe, describeTracked, printable, untrackCommand } from '../app/words.ts';
import { formatList } from '../base/locale.ts';
import * as vscode from 'vscode';
import type { Output } from './output.ts';
import { offer, telling } from './tell.ts';

/** Says what was done about Git, with a way back. */
export function tellAboutGit(
  app: App,
  root: string,
  { added, tracked, failure }: GitCare,
  output: Output,
): void {
  if (added !== undefined) {
    const undo = (): Promise<void> =>
      app.run('undoIgnore', { root, change: added }, { onReport: output.report });
    void offer(
      'info',
      vscode.l10n.t('{0} was added to .gitignore.', formatList(added.lines.map(printable))),
      {
        [vscode.l10n.t('Undo')]: () => telling(output, undo),
      },
    );
  }
  if (failure !== undefined) {
    void offer('warning', vscode.l10n.t('The ignore rule could not be added: {0}', describe(failure)));
  }
  if (tracked.length > 0) {
    void offer('warning', describeTracked(tracked), {
      [vscode.l10n.t('Copy Command')]: () => vscode.env.clipboard.writeText(untrackCommand(tracked)),
    });
  }
}
