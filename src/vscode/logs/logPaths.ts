import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import { pathOf, placeOf, uriOf } from '../window/logTarget.ts';
import type { LogTarget } from '../window/logTarget.ts';
import { mayOpen } from '../window/mayOpen.ts';
import { offer } from '../window/tell.ts';
import { isLocal } from '../window/whereItRuns.ts';

/** Opens the files themselves, as VS Code opens any. */
export async function openRaw(targets: readonly LogTarget[], app: App): Promise<void> {
  if (!(await mayOpen(targets.length))) return;
  for (const target of targets) {
    // VS Code would follow a link.
    await requireFile(target, app);
    await vscode.commands.executeCommand('vscode.open', uriOf(target), { preview: targets.length === 1 });
  }
}

/** One path a line. */
export async function copyPaths(targets: readonly LogTarget[]): Promise<void> {
  if (targets.length > 0) await vscode.env.clipboard.writeText(targets.map(pathOf).join('\n'));
}

/** Shows a log in the explorer, and says so where that hides what Git ignores. */
export async function reveal(targets: readonly LogTarget[], app: App): Promise<void> {
  const [target] = targets;
  if (target === undefined) return;
  await requireFile(target, app);
  const uri = uriOf(target);
  await vscode.commands.executeCommand('revealInExplorer', uri);
  const setting = 'explorer.excludeGitIgnore';
  if (vscode.workspace.getConfiguration(undefined, uri).get(setting) !== true) return;
  void offer(
    'info',
    vscode.l10n.t(
      'The explorer hides what Git ignores, so {0} may not be shown there ({1}).',
      printable(target.file.name),
      setting,
    ),
    {
      [vscode.l10n.t('Open Setting')]: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', setting),
      ...(isLocal() && {
        [vscode.l10n.t('Reveal Outside of VS Code')]: () =>
          vscode.commands.executeCommand('revealFileInOS', uri),
      }),
    },
  );
}

async function requireFile(target: LogTarget, app: App): Promise<void> {
  const { root, name, folder } = placeOf(target);
  await app.run('requireLogs', { root, names: [name], folder });
}
