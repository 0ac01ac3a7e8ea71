import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

const PATIENCE_MS = 60_000;

/** Only VS Code keeps the decrypted text of an editor, so it is gone when VS Code drops the document. */
describe('a document of ours', () => {
  it('is let go of by VS Code with its last editor', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const { path } = folder.uri;
    const query = new URLSearchParams({ root: path, name: 'api.log' }).toString();
    const uri = vscode.Uri.from({ scheme: 'workspace-logs', path: `${path}/logs/api.log`, query });
    await vscode.commands.executeCommand('vscode.open', uri);
    await until(() => documents().length === 1, 'it is not open');
    assert.match(documents()[0]?.getText() ?? '', /invoices/);
    await vscode.commands.executeCommand('vscode.open', uri, vscode.ViewColumn.Beside);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    assert.equal(documents().length, 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until(() => documents().length === 0, 'it is still held');
  });
});

function documents(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'workspace-logs');
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const begin = Date.now();
  while (!holds()) {
    assert.ok(Date.now() - begin < PATIENCE_MS, what);
    await delay(50);
  }
}
