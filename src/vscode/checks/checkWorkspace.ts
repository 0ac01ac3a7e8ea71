import * as vscode from 'vscode';
import type { Finding, FixId } from '../../setup/findings.ts';
import { checkTitle, describeFinding, describeFix } from '../../words/findings.ts';
import type { App } from '../../jobs/jobs.ts';
import type { Disposable } from '../../base/disposable.ts';
import { formatNumber } from '../../base/locale.ts';
import { installCommitCheck, untrackLogs } from './gitMessages.ts';
import { commands } from '../window/ids.ts';
import type { Output } from '../window/output.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { withoutIcons } from '../window/plainText.ts';
import { registerCommand, offer, telling } from '../window/tell.ts';
import { slowly } from '../window/progress.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

interface Item extends vscode.QuickPickItem {
  readonly finding?: Finding;
}

/** *Check Workspace*: shows the findings of `doctor` in a list. Choosing a finding fixes it where the extension can. */
export function registerCheckWorkspace(app: App, workspaces: Workspaces, output: Output): Disposable {
  async function check(workspace: LogWorkspace, isShown: boolean): Promise<void> {
    const { root, folder } = workspace;
    const title = vscode.l10n.t('Checking the logs of {0}', folder.name);
    const findings = await slowly(title, (signal) => app.run('checkWorkspace', { root }, { signal }));
    if (!isShown && findings.every(({ ok }) => ok)) {
      const count = formatNumber(findings.length);
      void offer('info', vscode.l10n.t('All {0} checks of the logs of {1} are fine.', count, folder.name), {
        [vscode.l10n.t('Show')]: () => telling(output, () => check(workspace, true)),
      });
      return;
    }
    const chosen = await vscode.window.showQuickPick(itemsOf(findings), {
      title: vscode.l10n.t('Check of the logs of {0}', folder.name),
      placeHolder: vscode.l10n.t('Choose what to mend, or to read in full'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    const finding = chosen?.finding;
    if (finding === undefined) return;
    if (finding.facts.state === 'unusable' && vscode.workspace.isTrusted) {
      await vscode.commands.executeCommand(commands.openPolicy, folder.uri);
    } else if (!canFix(finding)) tellInFull(finding);
    else {
      await telling(output, () => fix(workspace, finding));
      await check(workspace, false);
    }
  }

  async function fix({ root, folder }: LogWorkspace, finding: Finding): Promise<void> {
    switch (finding.fix) {
      case 'policy':
        await vscode.commands.executeCommand(commands.initialize, folder.uri);
        break;
      case 'ignored':
        await app.run('fixFinding', { root, check: finding.fix }, { onReport: output.report });
        break;
      case 'untracked':
        await untrackLogs(app, root, output);
        break;
      case 'leftovers':
        if (await isAgreed(finding.fix, vscode.l10n.t('Run Maintenance')))
          await vscode.commands.executeCommand(commands.runMaintenance, folder.uri);
        break;
      case 'commit-check':
        if (await isAgreed(finding.fix, vscode.l10n.t('Install')))
          await installCommitCheck(app, root, output);
        break;
      case undefined:
    }
  }

  return registerCommand(commands.checkWorkspace, output, async (target: CommandTarget) => {
    const workspace = await pickWorkspace(target, workspaces);
    if (workspace !== undefined) await check(workspace, false);
  });
}

/** Findings first. */
function itemsOf(findings: readonly Finding[]): Item[] {
  const parts = [
    [vscode.l10n.t('To mend'), findings.filter(({ ok }) => !ok)],
    [vscode.l10n.t('Fine'), findings.filter(({ ok }) => ok)],
  ] as const;
  return parts.flatMap(([label, some]): Item[] =>
    some.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...some.map(itemOf)],
  );
}

function itemOf(finding: Finding): Item {
  const { detail, remedy } = describeFinding(finding);
  const icon = finding.ok ? '$(pass)' : '$(warning)';
  const next = canFix(finding) ? `$(wrench) ${describeFix(finding.fix)}` : remedy;
  return {
    label: `${icon} ${checkTitle(finding.check)}`,
    description: withoutIcons(detail),
    ...(next !== '' && { detail: canFix(finding) ? next : withoutIcons(next) }),
    finding,
  };
}

/** Whether the extension can fix the finding. In Restricted Mode it changes nothing. */
function canFix(finding: Finding): finding is Finding & { readonly fix: FixId } {
  return finding.fix !== undefined && vscode.workspace.isTrusted;
}

/** Shows a finding in a message, because the list cuts long lines. */
function tellInFull(finding: Finding): void {
  const { detail, remedy } = describeFinding(finding);
  const text = [detail, remedy].filter(Boolean).join(' ');
  void offer(finding.ok ? 'info' : 'warning', text, {
    [vscode.l10n.t('Copy')]: () => vscode.env.clipboard.writeText(text),
  });
}

async function isAgreed(fix: FixId, button: string): Promise<boolean> {
  const question = vscode.l10n.t('Mend this now?');
  const detail = describeFix(fix);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}
