import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { ActionEvent, AppReport } from '../../workspace/workspace.ts';
import { describe, describeStep, printable } from '../../words/failures.ts';
import { toFailureMessage } from '../../base/failure.ts';
import { formatBytes, formatList, formatNumber, plural } from '../../base/locale.ts';

/** The output channel: actions and failures of each workspace, never the content of a log. */
export interface Output extends Disposable {
  readonly report: (report: AppReport) => void;
  readonly error: (error: unknown) => void;
  readonly show: () => void;
}

export function createOutput(): Output {
  const channel = vscode.window.createOutputChannel('Workspace Logs', { log: true });
  return {
    report(report) {
      if (report.kind === 'action') channel.info(describeAction(report.event));
    },
    error(error) {
      channel.error(describe(toFailureMessage(error)));
    },
    show() {
      channel.show(true);
    },
    dispose() {
      channel.dispose();
    },
  };
}

function describeAction({ root, action }: ActionEvent): string {
  const place = printable(root);
  switch (action.kind) {
    case 'initialised':
      return vscode.l10n.t('{0}: initialised ({1})', place, formatList(action.created));
    case 'policy-saved':
      return vscode.l10n.t('{0}: policy saved ({1})', place, names(action.keys));
    case 'policy-accepted':
      return vscode.l10n.t('{0}: policy accepted on this machine ({1})', place, action.hash.slice(0, 8));
    case 'ignore-rule-added':
      return vscode.l10n.t('{0}: added to .gitignore: {1}', place, names(action.lines));
    case 'ignore-rule-undone':
      return vscode.l10n.t('{0}: taken out of .gitignore again: {1}', place, names(action.lines));
    case 'trashed':
      return vscode.l10n.t(
        '{0}: moved to the trash: {1} ({2})',
        place,
        printable(action.name),
        formatBytes(action.bytes),
      );
    case 'copied':
      return vscode.l10n.t('{0}: {1} copied to {2}', place, printable(action.name), printable(action.target));
    case 'rekeyed':
      return plural(action.archives, {
        one: vscode.l10n.t('{0}: 1 archive has a new password', place),
        other: vscode.l10n.t('{0}: {1} archives have a new password', place, formatNumber(action.archives)),
      });
    case 'untracked':
      return vscode.l10n.t('{0}: no longer tracked by Git: {1}', place, names(action.paths));
    case 'commit-check-installed':
      return vscode.l10n.t('{0}: pre-commit check installed in {1}', place, printable(action.path));
    case 'commit-check-removed':
      return vscode.l10n.t('{0}: pre-commit check taken out of {1}', place, printable(action.path));
    default:
      return vscode.l10n.t('{0}: {1}', place, describeStep(action.step));
  }
}

function names(some: readonly string[]): string {
  return formatList(some.map(printable));
}
