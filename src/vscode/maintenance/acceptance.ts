import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { formatList } from '../../base/locale.ts';
import { commands } from '../window/ids.ts';
import type { LogDocuments } from '../logs/logDocuments.ts';
import type { Output } from '../window/output.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { showPlan } from './planText.ts';
import { registerCommand, offer, telling } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/**
 * Asks about a policy that became more destructive other than through this machine's form or command line. Until a
 * person applies it nothing is deleted. *Not on This Machine* keeps it that way, and this version of the policy is not
 * asked about again. The three answers are also commands, and are on the row that stays in the view.
 */
export function registerAcceptance(
  app: App,
  workspaces: Workspaces,
  documents: LogDocuments,
  output: Output,
  memory: vscode.Memento,
): Disposable {
  const store = new DisposableStore();
  /** The hash of the policy that was last asked about, by root. */
  const asked = new Map<string, string>();

  async function review(question: Question): Promise<void> {
    await showPlan(app, documents, question.workspace, { accept: true });
  }

  async function apply({ workspace, hash }: Question): Promise<void> {
    if (!mayChange()) return;
    const { root, folder } = workspace;
    await app.run('acceptPolicy', { root, shown: hash }, { onReport: output.report });
    await workspaces.refresh();
    void offer('info', vscode.l10n.t('The policy of {0} now holds on this machine.', folder.name));
  }

  /**
   * Asks first when the command was started from the row or the palette: the person has read no question yet, and
   * maintenance follows within seconds.
   */
  async function applyWhenSure(question: Question): Promise<void> {
    if (!mayChange()) return;
    const [sure, look] = [vscode.l10n.t('Apply'), vscode.l10n.t('Review Plan')];
    const text = vscode.l10n.t('Apply the policy of {0} on this machine?', question.workspace.folder.name);
    const detail = vscode.l10n.t(
      'It deletes more than before ({0}). Maintenance follows and deletes what it says.',
      formatList(question.keys),
    );
    const chosen = await vscode.window.showWarningMessage(text, { modal: true, detail }, sure, look);
    if (chosen === sure) await apply(question);
    if (chosen === look) await review(question);
  }

  async function decline({ workspace, hash }: Question): Promise<void> {
    if (!mayChange()) return;
    await memory.update(memoryKey(workspace), hash);
    const { name } = workspace.folder;
    void offer(
      'info',
      vscode.l10n.t(
        'Nothing is deleted from the logs of {0} on this machine. To apply the policy later, use its row in the view.',
        name,
      ),
    );
  }

  function ask(question: Question): void {
    const text = vscode.l10n.t(
      'The policy of {0} now deletes more than before ({1}), and not by a change made here. Nothing is deleted until you apply it.',
      question.workspace.folder.name,
      formatList(question.keys),
    );
    const on = (act: (question: Question) => Promise<void>) => () =>
      telling(output, () => answer(question.workspace, () => act(question)));
    void offer('warning', text, {
      [vscode.l10n.t('Review Plan')]: async () => {
        await on(review)();
        ask(question);
      },
      [vscode.l10n.t('Apply')]: on(apply),
      [vscode.l10n.t('Not on This Machine')]: on(decline),
    });
  }

  async function start(target: CommandTarget, act: (question: Question) => Promise<void>): Promise<void> {
    const workspace = await pickWorkspace(target, workspaces, (one) => questionOf(one) !== undefined);
    if (workspace !== undefined) await answer(workspace, act);
  }

  /** Runs the answer if the question is still open: its message stays on the screen when it was answered elsewhere. */
  async function answer(workspace: LogWorkspace, act: (question: Question) => Promise<void>): Promise<void> {
    const question = questionOf(workspace);
    if (question !== undefined) await act(question);
    else {
      const { name } = workspace.folder;
      void offer('info', vscode.l10n.t('No policy of {0} waits to be applied on this machine.', name));
    }
  }

  for (const [command, act] of [
    [commands.reviewPlan, review],
    [commands.applyPolicy, applyWhenSure],
    [commands.declinePolicy, decline],
  ] as const) {
    store.add(registerCommand(command, output, (target: CommandTarget) => start(target, act)));
  }

  store.add(
    workspaces.onDidChange((all) => {
      const questions = all.flatMap((workspace) => questionOf(workspace) ?? []);
      for (const { root } of all)
        if (!questions.some(({ workspace }) => workspace.root === root)) asked.delete(root);
      for (const question of questions) {
        const { workspace, hash } = question;
        if (!vscode.workspace.isTrusted || asked.get(workspace.root) === hash) continue;
        asked.set(workspace.root, hash);
        if (memory.get(memoryKey(workspace)) !== hash) ask(question);
      }
    }),
  );
  return store;
}

/** A policy that waits for acceptance: the keys by which it deletes more, and the hash of its deletion rules. */
interface Question {
  readonly workspace: LogWorkspace;
  readonly keys: readonly string[];
  readonly hash: string;
}

function questionOf(workspace: LogWorkspace): Question | undefined {
  const acceptance = workspace.overview?.acceptance;
  return acceptance?.kind === 'pending' ? { workspace, ...acceptance } : undefined;
}

function memoryKey({ root }: LogWorkspace): string {
  return `notOnThisMachine:${root}`;
}
