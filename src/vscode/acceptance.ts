import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import type { LogDocuments } from './logDocuments.ts';
import type { Output } from './output.ts';
import { showPlan } from './planText.ts';
import { offer, telling } from './tell.ts';
import type { LogWorkspace, Workspaces } from './workspaces.ts';

/**
 * Asks about a policy that became more destructive other than through this machine's form or command line. Until a person
 * applies it nothing is deleted; *Not on This Machine* leaves it at that and is not asked again for the same keys.
 */
export function registerAcceptance(
  app: App,
  workspaces: Workspaces,
  documents: LogDocuments,
  output: Output,
  memory: vscode.Memento,
): Disposable {
  const store = new DisposableStore();
  const asked = new Map<string, string>();

  function ask(workspace: LogWorkspace, question: string): void {
    const keys = question.replaceAll(',', ', ');
    const text = `The policy of ${workspace.folder.name} now deletes more than before (${keys}), and not by a change made here. Nothing is deleted until you apply it.`;
    void offer('warning', text, {
      'Review Plan': async () => {
        await telling(output, () => showPlan(app, documents, workspace, { accept: true }));
        ask(workspace, question);
      },
      Apply: () =>
        telling(output, async () => {
          await app.run('acceptPolicy', { root: workspace.root }, { onReport: output.report });
          await workspaces.refresh();
        }),
      'Not on This Machine': () => memory.update(memoryKey(workspace), question),
    });
  }

  store.add(
    workspaces.onDidChange((all) => {
      for (const workspace of all) {
        const acceptance = workspace.overview?.acceptance;
        const isPending = acceptance?.kind === 'pending' && vscode.workspace.isTrusted;
        const question = isPending ? acceptance.keys.join(',') : '';
        if (asked.get(workspace.root) === question) continue;
        asked.set(workspace.root, question);
        const isDeclined = memory.get(memoryKey(workspace)) === question;
        if (question !== '' && !isDeclined) ask(workspace, question);
      }
    }),
  );
  return store;
}

function memoryKey({ root }: LogWorkspace): string {
  return `notOnThisMachine:${root}`;
}
