import { join } from 'node:path';
import * as vscode from 'vscode';
import { describe, describeIssue } from '../../words/failures.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { FailureMessage, PolicyIssue } from '../../base/failure.ts';
import { POLICY_FILE } from '../../files/places.ts';
import { offer } from '../window/tell.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** Marks each problem in a policy file at its line, and says once that nothing is changed until it is fixed. */
export function registerPolicyProblems(workspaces: Workspaces): Disposable {
  const store = new DisposableStore();
  const problems = store.add(vscode.languages.createDiagnosticCollection('workspaceLogs'));
  /** The last message about each workspace. */
  const said = new Map<string, string>();

  store.add(
    workspaces.onDidChange((all) => {
      problems.clear();
      for (const workspace of all) {
        const failure = policyFailure(workspace);
        const uri = vscode.Uri.joinPath(workspace.folder.uri, POLICY_FILE);
        if (failure?.code === 'policy-damaged') problems.set(uri, issuesOf(failure).map(toDiagnostic));
        const text = failure === undefined ? '' : describe(failure);
        if (said.get(workspace.root) === text) continue;
        said.set(workspace.root, text);
        if (text !== '') {
          void offer('warning', text, {
            [vscode.l10n.t('Open Policy')]: () => vscode.commands.executeCommand('vscode.open', uri),
          });
        }
      }
    }),
  );
  return store;
}

function policyFailure({ root, overview }: LogWorkspace): FailureMessage | undefined {
  const failure = overview?.failure;
  if (failure === undefined || !('path' in failure.data)) return undefined;
  return failure.data.path === join(root, POLICY_FILE) ? failure : undefined;
}

function issuesOf(failure: FailureMessage): readonly PolicyIssue[] {
  return 'issues' in failure.data ? failure.data.issues : [];
}

function toDiagnostic({ field, line, rule }: PolicyIssue): vscode.Diagnostic {
  const at = Math.max(0, line - 1);
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(at, 0, at, 1000),
    describeIssue({ field, line: 0, rule }),
    vscode.DiagnosticSeverity.Error,
  );
  diagnostic.source = 'Workspace Logs';
  return diagnostic;
}
