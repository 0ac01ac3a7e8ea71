import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import type { Preview } from '../../maintenance/maintain.ts';
import type { Step } from '../../workspace/maintenance.ts';
import { describe, describeSkip, describeStep, printable, summarise } from '../../words/failures.ts';
import { fromUnknown } from '../../base/failure.ts';
import { formatNumber } from '../../base/locale.ts';
import type { LogDocuments } from '../logs/logDocuments.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';

/** Shows what maintenance would do; `accept` shows it as if the policy were accepted here. */
export async function showPlan(
  app: App,
  documents: LogDocuments,
  { root, folder, overview }: LogWorkspace,
  { accept }: { readonly accept: boolean },
): Promise<void> {
  const preview = await app.run('previewMaintenance', { root, accept });
  const cleanUp = overview?.cleanUp === undefined ? [] : await planOfSessions(app, { root, accept });
  const title = accept
    ? vscode.l10n.t('Plan for {0}', folder.name)
    : vscode.l10n.t('Maintenance Preview of {0}', folder.name);
  const opening = accept
    ? vscode.l10n.t(
        'What maintenance would do to the logs of {0} if the policy were applied on this machine. Nothing was changed.',
        folder.name,
      )
    : vscode.l10n.t('What maintenance would do to the logs of {0} now. Nothing was changed.', folder.name);
  await documents.showText(`${folder.uri.path}/${title}`, formatPlan(opening, preview, cleanUp));
}

function formatPlan(opening: string, preview: Preview, more: readonly string[]): string {
  const { steps, skipped } = preview;
  const isLoss = ({ kind }: Step): boolean => kind === 'delete' || kind === 'prune';
  const deleted = steps.filter(isLoss);
  const others = steps.filter((step) => !isLoss(step));
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
    ...more,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * The plan of a clean-up of session archives. If it fails, its text is the failure, and the rest of the plan is still
 * shown.
 */
async function planOfSessions(
  app: App,
  input: { readonly root: string; readonly accept: boolean },
): Promise<string[]> {
  try {
    const report = await app.run('cleanSessions', { ...input, dryRun: true });
    const { steps, skipped, folders, failed } = report;
    return [
      '',
      vscode.l10n.t('Session archives: {0}', summarise(report)),
      ...section(vscode.l10n.t('Session archives that would be deleted:'), steps.map(describeStep)),
      ...section(vscode.l10n.t('Empty folders that would be removed:'), folders.map(printable)),
      ...section(vscode.l10n.t('Session archives left alone:'), skipped.map(describeSkip)),
      ...failed.map(({ failure }) => describe(failure)),
    ];
  } catch (error) {
    return ['', vscode.l10n.t('Session archives: {0}', describe(fromUnknown(error)))];
  }
}

/** A heading with numbered lines; empty where there are no lines. */
function section(heading: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return ['', heading, ...items.map((text, index) => `${formatNumber(index + 1).padStart(4)}. ${text}`)];
}
