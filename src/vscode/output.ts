import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { ActionEvent, AppReport } from '../app/actionEvent.ts';
import { describe, describeStep, printable } from '../app/words.ts';
import { toFailureMessage } from '../base/failure.ts';
import { formatBytes } from '../base/locale.ts';

/** The output channel: what was done to which workspace, and what went wrong. Never a log's content. */
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
      return `${place}: initialised (${action.created.join(', ')})`;
    case 'policy-saved':
      return `${place}: policy saved (${action.keys.map(printable).join(', ')})`;
    case 'policy-accepted':
      return `${place}: policy accepted on this machine (${action.hash.slice(0, 8)})`;
    case 'ignore-rule-added':
      return `${place}: added to .gitignore: ${action.lines.map(printable).join(', ')}`;
    case 'ignore-rule-undone':
      return `${place}: taken out of .gitignore again: ${action.lines.map(printable).join(', ')}`;
    case 'trashed':
      return `${place}: moved to the trash: ${printable(action.name)} (${formatBytes(action.bytes)})`;
    case 'copied':
      return `${place}: ${printable(action.name)} copied to ${printable(action.target)}`;
    case 'untracked':
      return `${place}: no longer tracked by Git: ${action.paths.map(printable).join(', ')}`;
    case 'commit-check-installed':
      return `${place}: pre-commit check installed in ${printable(action.path)}`;
    case 'commit-check-removed':
      return `${place}: pre-commit check taken out of ${printable(action.path)}`;
    default:
      return `${place}: ${describeStep(action.step)}`;
  }
}
