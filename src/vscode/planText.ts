import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import type { Preview } from '../app/maintain.ts';
import { describeSkip, describeStep, summarise } from '../app/words.ts';
import { formatNumber } from '../base/locale.ts';
import type { LogDocuments } from './logDocuments.ts';
import type { LogWorkspace } from './logWorkspace.ts';

/** Shows what maintenance would do; `accept` shows it as if the policy were accepted here. */
export async function showPlan(
  app: App,
  documents: LogDocuments,
  { root, folder }: LogWorkspace,
  { accept }: { readonly accept: boolean },
): Promise<void> {
  const preview = await app.run('previewMaintenance', { root, accept });
  const title = accept
    ? vscode.l10n.t('Plan for {0}', folder.name)
    : vscode.l10n.t('Maintenance Preview of {0}', folder.name);
  const opening = accept
    ? vscode.l10n.t(
        'What maintenance would do to the logs of {0} if the policy were applied on this machine. Nothing was changed.',
        folder.name,
      )
    : vscode.l10n.t('What maintenance would do to the logs of {0} now. Nothing was changed.', folder.name);
  await documents.showText(`${folder.uri.path}/${title}`, formatPlan(opening, preview));
}

function formatPlan(opening: string, preview: Preview): string {
  const { steps, skipped } = preview;
  const deleted = steps.filter(({ kind }) => kind === 'delete');
  const others = steps.filter(({ kind }) => kind !== 'delete');
  const summary = others.some(({ kind }) => kind === 'zip')
    ? vscode.l10n.t('{0} (sizes of new archives are estimates)', summarise(preview))
    : summarise(preview);
  const lines = [
    opening,
    '',
    summary,
    ...section(vscode.l10n.t('Would be deleted:'), deleted.map(describeStep)),
    ...section(vscode.l10n.t('Would be put in order:'), others.map(describeStep)),
    ...section(vscode.l10n.t('Left alone:'), skipped.map(describeSkip)),
  ];
  return `${lines.join('\n')}\n`;
}

/** A heading with numbered lines; nothing at all where there is none. */
function section(heading: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return ['', heading, ...items.map((text, index) => `${formatNumber(index + 1).padStart(4)}. ${text}`)];
}
