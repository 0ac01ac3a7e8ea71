import * as vscode from 'vscode';
import type { ShownFilter } from '../../audit/page/pageData.ts';
import type { Trail } from '../../audit/trail.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { App } from '../../jobs/jobs.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { commands } from '../window/ids.ts';
import { isManaged, type LogWorkspace } from '../window/logWorkspace.ts';
import type { Output } from '../window/output.ts';
import { offer, registerCommand } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import { closePages, type Workspaces } from '../window/workspaces.ts';
import { openAuditPanel, type AuditPanel, type AuditServices } from './auditPanel.ts';
import { exportTrail } from './exportTrail.ts';
import { createVerifications } from './verifications.ts';
import { describeVerification } from './verificationTexts.ts';

/** *Audit Trail*, *Export Audit Trail* and *Verify Audit Trail*: one page for each workspace. */
export function registerAudit(
  app: App,
  trail: Trail,
  workspaces: Workspaces,
  output: Output,
  extension: vscode.Uri,
  memory: vscode.Memento,
): Disposable {
  const store = new DisposableStore();
  const panels = new Map<string, AuditPanel>();
  const verifications = store.add(createVerifications(trail, memory));
  const services: AuditServices = {
    trail,
    workspaces,
    verifications,
    output,
    extension,
    verify,
    exportShown,
  };

  function open(workspace: LogWorkspace): AuditPanel {
    const { root } = workspace;
    const known = panels.get(root);
    if (known !== undefined) {
      known.panel.reveal();
      return known;
    }
    const opened = openAuditPanel(services, workspace);
    panels.set(root, opened);
    opened.panel.onDidDispose(() => panels.delete(root));
    return opened;
  }

  async function verify(workspace: LogWorkspace): Promise<void> {
    const { folder } = workspace;
    const checked = await verifications.run(workspace);
    const { state, first } = checked.result;
    const text = describeVerification(checked, folder.name);
    if (state === 'sound') void offer('info', text);
    else if (first === undefined) void offer('warning', text);
    else
      void offer('error', text, {
        [vscode.l10n.t('Show Record')]: () => {
          open(workspace).show(first.seq);
        },
      });
  }

  async function exportShown(workspace: LogWorkspace, filter: ShownFilter): Promise<void> {
    if (mayChange()) await exportTrail(app, workspace, filter);
  }

  const pick = (target: CommandTarget): Promise<LogWorkspace | undefined> =>
    pickWorkspace(target, workspaces, isManaged);
  store.add(
    registerCommand(commands.showAudit, output, async (target: CommandTarget) => {
      const workspace = await pick(target);
      if (workspace !== undefined) open(workspace);
    }),
  );
  store.add(
    registerCommand(commands.verifyAudit, output, async (target: CommandTarget) => {
      const workspace = await pick(target);
      if (workspace !== undefined) await verify(workspace);
    }),
  );
  store.add(
    registerCommand(commands.exportAudit, output, async (target: CommandTarget) => {
      if (!mayChange()) return;
      const inFront = [...panels].find(([, { panel }]) => panel.active);
      const workspace = inFront === undefined ? await pick(target) : workspaces.of(inFront[0]);
      if (workspace !== undefined) await exportShown(workspace, inFront?.[1].filter() ?? {});
    }),
  );
  store.add(closePages(workspaces, panels));
  return store;
}
