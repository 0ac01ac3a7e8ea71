import * as vscode from 'vscode';
import type { Trail } from '../../audit/trail.ts';
import type { Disposable } from '../../base/disposable.ts';
import { isManaged, type LogWorkspace } from '../window/logWorkspace.ts';
import { withCancel } from '../window/progress.ts';
import { withoutId, type Checked } from './verificationTexts.ts';

/** The verifications of the workspaces' trails, and what the last one of each found. They only run when asked for. */
export interface Verifications extends Disposable {
  readonly last: (root: string) => Checked | undefined;
  readonly isRunning: (root: string) => boolean;
  /** Verifies a trail; a second call meanwhile waits for the first. */
  readonly run: (workspace: LogWorkspace) => Promise<Checked>;
  /** With the root. */
  readonly onDidChange: vscode.Event<string>;
}

/** @param memory keeps what was found, without anything of a record */
export function createVerifications(trail: Trail, memory: vscode.Memento): Verifications {
  const changed = new vscode.EventEmitter<string>();
  const running = new Map<string, Promise<Checked>>();
  const keyOf = (root: string): string => `auditVerified:${root}`;

  async function verify(workspace: LogWorkspace): Promise<Checked> {
    const { root, folder } = workspace;
    const leavesNothing = !vscode.workspace.isTrusted || !isManaged(workspace);
    const controller = new AbortController();
    const title = vscode.l10n.t('Verifying the audit trail of {0}', folder.name);
    const result = await withCancel(title, controller, () =>
      trail.run('verifyTrail', { root, leavesNothing }, { signal: controller.signal }),
    );
    const checked = withoutId(result, Date.now());
    await memory.update(keyOf(root), checked);
    return checked;
  }

  return {
    last: (root) => memory.get<Checked>(keyOf(root)),
    isRunning: (root) => running.has(root),
    run(workspace) {
      const { root } = workspace;
      const known = running.get(root);
      if (known !== undefined) return known;
      const started = verify(workspace).finally(() => {
        running.delete(root);
        changed.fire(root);
      });
      running.set(root, started);
      changed.fire(root);
      return started;
    },
    onDidChange: changed.event,
    dispose() {
      changed.dispose();
    },
  };
}
