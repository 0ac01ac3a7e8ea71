import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExportFormat } from '../../audit/exportFormats.ts';
import type { ShownFilter } from '../../audit/page/pageData.ts';
import { formatBytes, formatNumber, plural } from '../../base/locale.ts';
import type { App } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import { withCancel } from '../window/progress.ts';
import { offer } from '../window/tell.ts';
import { isLocal } from '../window/trust.ts';

/** Asks for a format and a place, and saves the records that fit a filter there, with a manifest beside them. */
export async function exportTrail(
  app: App,
  { root, folder }: LogWorkspace,
  filter: ShownFilter,
): Promise<void> {
  const title = isLocal()
    ? vscode.l10n.t('Export the Audit Trail of {0}', folder.name)
    : vscode.l10n.t('Export the Audit Trail of {0} on the Server', folder.name);
  const items = formats();
  const format = (await vscode.window.showQuickPick(items, { title }))?.format;
  if (format === undefined) return;
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(homedir(), `audit-${folder.name}.${extensions[format]}`)),
    title,
    saveLabel: vscode.l10n.t('Export'),
  });
  if (uri?.scheme !== 'file') return;
  const target = uri.fsPath;
  const manifest = `${target}.manifest.json`;
  const [replaces, replacesManifest] = await app.run('filesAt', { paths: [target, manifest] });
  const controller = new AbortController();
  const { records, bytes } = await withCancel(title, controller, (tell) =>
    app.run(
      'saveExport',
      { root, format, filter, target, manifest, replaces, replacesManifest },
      {
        signal: controller.signal,
        onReport(report) {
          if (report.kind === 'progress')
            tell(
              vscode.l10n.t(
                '{0} of {1} records read',
                formatNumber(report.progress.done),
                formatNumber(report.progress.total),
              ),
            );
        },
      },
    ),
  );
  const name = printable(basename(target));
  const text = plural(records, {
    one: vscode.l10n.t(
      '{0} record was exported to {1} ({2}).',
      formatNumber(records),
      name,
      formatBytes(bytes),
    ),
    other: vscode.l10n.t(
      '{0} records were exported to {1} ({2}).',
      formatNumber(records),
      name,
      formatBytes(bytes),
    ),
  });
  const show = (path: string) => (): unknown =>
    vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
  const reveal = isLocal()
    ? {
        [vscode.l10n.t('Reveal')]: () =>
          vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(dirname(target))),
      }
    : {};
  void offer('info', text, { [vscode.l10n.t('Open Manifest')]: show(manifest), ...reveal });
}

const extensions: Readonly<Record<ExportFormat, string>> = {
  json: 'json',
  jsonl: 'jsonl',
  csv: 'csv',
  syslog: 'log',
};

function formats(): (vscode.QuickPickItem & { readonly format: ExportFormat })[] {
  return [
    { format: 'jsonl', label: vscode.l10n.t('JSON Lines'), description: vscode.l10n.t('the stored lines') },
    { format: 'json', label: vscode.l10n.t('JSON'), description: vscode.l10n.t('one array') },
    { format: 'csv', label: vscode.l10n.t('CSV'), description: vscode.l10n.t('for spreadsheets') },
    { format: 'syslog', label: vscode.l10n.t('Syslog'), description: vscode.l10n.t('RFC 5424') },
  ];
}
